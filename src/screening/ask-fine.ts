import { setTimeout as delay } from "node:timers/promises";
import {
  isProblem,
  type PredictResult,
  Problem,
  type ProblemCode,
  type SecondLook,
  type SecondLookCause,
} from "../contracts/index.ts";
import type { Clock } from "../platform/index.ts";
import type { FineLane } from "./fine-lane.ts";

/** Where cases are left whose second look cannot be had at once. */
export interface SecondLookDesk {
  readonly lane: FineLane;
  /** Whether a second look must be worth what the load makes it cost. */
  readonly byLoad: boolean;
  /** How long a case may be provisional, ms. */
  readonly waitMsMax: number;
  /** When a provisional case is worth asking for again, seconds. */
  retryAfterS(): number;
  /** Whether no more cases may wait. */
  isFull(): boolean;
  /** Whether nobody could have the fine reader lately: then there is no point in waiting for it. */
  isClosed(): boolean;
}

/** Refusals that say nothing about the image: the fine reader cannot be had now, or not in the time there is. */
export const notNow: ReadonlyMap<ProblemCode, SecondLookCause> = new Map<ProblemCode, SecondLookCause>([
  ["queue-full", "unavailable"],
  ["engine-not-ready", "unavailable"],
  ["engine-lost", "unavailable"],
  ["pack-not-installed", "unavailable"],
  ["draining", "unavailable"],
  ["deadline-unmeetable", "no-time"],
  ["deadline-exceeded", "no-time"],
]);

/** Nobody is kept waiting longer for a reader that may come back. */
const patienceMsMax = 2000;
/** With less than this left after the wait there is no point in it. */
const readingMsMin = 500;

export interface Patience {
  readonly desk: SecondLookDesk;
  readonly gain: SecondLook["gain"];
  readonly deadline: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * The fine reader's answer, or why the case has to wait for it. A reader that says when it is back is asked once more,
 * where the caller's time allows.
 *
 * @throws {Problem} what `ask` fails with for the image's sake, or because the caller has gone
 */
export async function askOrLeave(
  ask: () => Promise<PredictResult>,
  { desk, gain, deadline, clock, signal }: Patience,
): Promise<PredictResult | SecondLookCause> {
  if (desk.byLoad && desk.lane.price > gain) return "load";
  const leave = desk.lane.enter();
  try {
    return await ask();
  } catch (error) {
    const cause = causeOf(error);
    // Nobody would ever ask for it.
    if (signal.aborted) throw new Problem("client-closed-request");
    const waitMs = desk.isClosed() ? undefined : waitOf(error);
    if (cause !== "unavailable" || waitMs === undefined || clock.now() + waitMs + readingMsMin > deadline) return cause;
    await delay(waitMs, undefined, { signal }).catch(() => {
      throw new Problem("client-closed-request");
    });
    return await ask().catch(causeOf);
  } finally {
    leave();
  }
}

/** Undefined when the reader does not say that it comes back. */
function waitOf(error: unknown): number | undefined {
  if (!isProblem(error) || error.retryAfterS === undefined || error.code === "draining") return undefined;
  return Math.min(patienceMsMax, 1000 * error.retryAfterS);
}

/** @throws whatever it is when it is not about the moment */
function causeOf(error: unknown): SecondLookCause {
  const cause = isProblem(error) ? notNow.get(error.code) : undefined;
  if (cause === undefined) throw error;
  return cause;
}
