import { setTimeout as delay } from "node:timers/promises";
import { type CaseRecord, isProblem, Problem } from "../../contracts/index.ts";
import { type ScreenRequest, screenCase } from "../../screening/index.ts";
import type { Serving } from "../serving.ts";

/** Beyond this the queue is not briefly full; the deadline usually ends it earlier. */
const attemptsMax = 20;

/**
 * Screens one image of a batch. The client cannot retry a single image of a stream, so a full queue is waited out
 * here, for as long as the predictor says and the deadline allows.
 *
 * @throws {Problem} as `screenCase`
 */
export async function screenPatiently(
  serving: Serving,
  request: Omit<ScreenRequest, "remainingMs">,
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal: AbortSignal },
): Promise<CaseRecord> {
  const { clock } = serving;
  const deadlineAt = clock.now() + deadlineMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await screenCase(serving, { ...request, remainingMs: deadlineAt - clock.now() }, signal);
    } catch (error) {
      if (!isProblem(error) || error.code !== "queue-full" || attempt === attemptsMax) throw error;
      const waitMs = 1000 * (error.retryAfterS ?? 1);
      if (clock.now() + waitMs >= deadlineAt) throw error;
      await delay(waitMs, undefined, { signal }).catch(() => {
        throw new Problem("client-closed-request");
      });
    }
  }
}
