/** How often, and how long apart, one picture is sent again; the server is asked in turns, never in step. */
export const sendsMax = 6;
const delayFirstMs = 1000;
const delayMaxMs = 30_000;
/** Clients that were refused together must not come back together: up to this share is added to every wait. */
const jitterShare = 0.5;

/** Why a picture was not read. */
export interface Failure {
  /** HTTP status; 0 when there was no answer at all. */
  readonly status: number;
  /** A code of the table of problems, or `no-answer` or `unreadable-answer`. */
  readonly code: string;
  readonly detail?: string;
  /** What the server says about the same request later; undefined when it says nothing. */
  readonly retryable?: boolean;
  /** Seconds, from Retry-After. */
  readonly retryAfterS?: number;
}

/** Whether sending the same picture again, with the same key, may help without anyone doing anything. */
export function mayRetry(failure: Failure, sends: number): boolean {
  if (sends >= sendsMax || failure.retryable === false) return false;
  return failure.status === 0 || failure.status === 429 || failure.status === 503;
}

/**
 * @param sends how often it was sent so far, at least 1
 * @param random [0, 1)
 * @returns milliseconds until the next time: never less than the server asked for
 */
export function retryDelayMs(failure: Failure, sends: number, random: number): number {
  const own = Math.min(delayMaxMs, delayFirstMs * 2 ** (sends - 1));
  const asked = Math.max(0, failure.retryAfterS ?? 0) * 1000;
  return Math.max(own, asked) * (1 + jitterShare * random);
}

/** Whether a person may send the same picture again: never where the picture itself is at fault. */
export const mayHelp = ({ status }: Failure): boolean =>
  status === 0 || status === 408 || status === 429 || status >= 500;
