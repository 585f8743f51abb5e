import { pause } from "./pause.ts";
import { isBusy, retryAfterOf } from "./problem.ts";

/** Tries of one request, the first included. */
export const triesMax = 4;
/** A server that wants a longer pause than this is not asked again: the caller is told, and decides. */
export const retryAfterMaxS = 30;
/** Pause before the second try where nobody said how long, doubled for each further one, milliseconds. */
const pauseMs = 500;

export type Fetch = (request: Request) => Promise<Response>;

/**
 * Sends a request again while it is refused as 429 or 503 or finds nobody, the same each time. What may have been
 * carried out is repeated only where that is harmless: a read, or a post with its `Idempotency-Key`.
 *
 * @param timeoutMs for all tries, their pauses and the answer's body together
 * @returns the last answer, whatever it says; rejects with what `fetch` rejects with, or with a TimeoutError
 */
export function withRetries(fetch: Fetch, timeoutMs: number): Fetch {
  return async (request) => {
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
    const harmless = request.method === "GET" || request.headers.has("idempotency-key");
    for (let tries = 1; ; tries++) {
      const mayRepeat = tries < triesMax;
      // A body can be sent once: all but the last try send a copy.
      const sent = new Request(mayRepeat ? request.clone() : request, { signal });
      let waitMs = pauseMs * 2 ** (tries - 1);
      try {
        const response = await fetch(sent);
        if (!mayRepeat || !(await mayBeRepeated(response, harmless))) return response;
        waitMs = (retryAfterOf(response) ?? waitMs / 1000) * 1000;
        await response.body?.cancel();
      } catch (error) {
        if (signal.aborted || !mayRepeat || !harmless) throw error;
      }
      await pause(waitMs, signal);
    }
  };
}

async function mayBeRepeated(response: Response, harmless: boolean): Promise<boolean> {
  // 429 is said before anything is done.
  if (!isBusy(response.status) || !(harmless || response.status === 429)) return false;
  if ((retryAfterOf(response) ?? 0) > retryAfterMaxS) return false;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  // Some refusals are 503 and will not pass by themselves, such as a pack that is not installed.
  return (body as { retryable?: unknown } | undefined)?.retryable !== false;
}
