/** The only place that reads time. Durations use the monotonic clock: a wall-clock step must not move a deadline. */
export interface Clock {
  /** Monotonic, ms, arbitrary origin. */
  now(): number;
  /** Wall clock, ms since 1970: for what must mean the same to another process, a file's age or the end of a link. */
  wallMs(): number;
  /** RFC 3339 in UTC with milliseconds and `Z`. */
  timestamp(): string;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wallMs: () => Date.now(),
  timestamp: () => new Date().toISOString(),
};
