import { isProblem, type LookLease, type Problem } from "../contracts/index.ts";
import type { Log } from "../platform/index.ts";
import { notNow } from "./ask-fine.ts";

/**
 * What became of a leased look: `read` by the fine reader, `settled` without it, `closed`: the fine reader cannot be
 * had now, or `again`: something else went wrong, and it is tried again later.
 */
export type Settlement = "read" | "settled" | "closed" | "again";

/** A reading is ended well before its lease is, so that nobody else begins while it runs. */
export const leaseMs = 30_000;
export const readingMsMax = 20_000;
const pauseFirstMs = 1000;
const pauseMsMax = 60_000;

interface LookSteps<Found> {
  /** @throws what passes */
  readonly find: () => Promise<Found>;
  /** @returns how the look ended; somebody else may have written before */
  readonly write: (found: Found) => Promise<"read" | "settled">;
  readonly giveBack: (isClosed: boolean) => Promise<void>;
}

/** One leased look to its end, or back to where it came from. Never rejects. */
export async function settleOrGiveBack<Found>(
  { caseId }: LookLease,
  { find, write, giveBack }: LookSteps<Found>,
  log: Log,
): Promise<Settlement> {
  try {
    return await write(await find());
  } catch (error) {
    const isClosed = isProblem(error) && (notNow.has(error.code) || isOurs(error));
    if (!isProblem(error)) log.error({ err: error, caseId }, "a look failed unexpectedly");
    // What cannot be given back is free again when its lease is over.
    await giveBack(isClosed).catch(() => undefined);
    return isClosed ? "closed" : "again";
  }
}

/** Of this process, not of the image. */
const isOurs = ({ code }: Problem): boolean =>
  code === "store-unavailable" || code === "client-closed-request" || code === "model-not-loaded";

/** For which nobody takes a look that was tried so often, ms. */
export const pauseOf = ({ attempt }: LookLease): number =>
  Math.min(pauseMsMax, pauseFirstMs * 2 ** Math.min(attempt - 1, 10));

/**
 * Why a look will never be had.
 * @param isServed whether its release is one of those that serve
 * @throws what passes
 */
export function whyNever(
  error: unknown,
  { caseId }: LookLease,
  { isServed, log }: { readonly isServed: boolean; readonly log: Log },
): "release-gone" | "failed" {
  if (!isProblem(error)) throw error;
  // An engine lets the packs of a release go soon after it was replaced.
  if (error.code === "pack-not-installed" && !isServed) return "release-gone";
  if (error.spec.retryable || error.code === "pack-not-installed" || error.code === "client-closed-request")
    throw error;
  log.warn({ caseId, code: error.code }, "the fine reader cannot look at a case");
  return "failed";
}
