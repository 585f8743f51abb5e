/** The only place that reads time. Durations use the monotonic clock: a wall-clock step must not move a deadline. */
export interface Clock {
  /** Monotonic, ms, arbitrary origin. */
  now(): number;
  /** RFC 3339 in UTC with milliseconds and `Z`. */
  timestamp(): string;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  timestamp: () => new Date().toISOString(),
};
