const secondsMin = 1;
const secondsMax = 30;
/** Callers that were refused together must not come back together. */
const jitter = 0.2;

/**
 * When half of what waits now will be done.
 * @param waitMs estimated time until all of it is done
 * @returns whole seconds, 1..30
 */
export function retryAfterS(waitMs: number, random: () => number = Math.random): number {
  const half = (waitMs / 2000) * (1 + jitter * (2 * random() - 1));
  return Math.min(secondsMax, Math.max(secondsMin, Math.ceil(half)));
}
