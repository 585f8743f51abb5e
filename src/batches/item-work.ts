import {
  type BatchStore,
  type ItemSettlement,
  isProblem,
  type LeasedItem,
  Problem,
  type ProblemCode,
} from "../contracts/index.ts";
import { acceptImage, type IntakeLimits } from "../intake/index.ts";
import { inSpan, type Log } from "../platform/index.ts";
import { type ScreeningDeps, screenCase } from "../screening/index.ts";
import { allowedUrl, type UrlRules } from "./allowed-url.ts";
import { fetchImage } from "./exchange.ts";
import type { BucketSource } from "./read-prefix.ts";

/** An item is tried so often before it is dead; with the waits between them about two minutes. */
export const triesMax = 8;
const backOffFirstMs = 1000;
const backOffMaxMs = 60_000;
/** After what was not the item's doing. */
const releaseMs = 2000;
/** Nobody waits for an item. */
const itemMsMax = 120_000;

/**
 * Makes the case of an item, and gives it to `cases`, which rejects when somebody else holds the item by now.
 * @throws {Problem}
 */
export type ScreenItem = (item: LeasedItem, cases: ScreeningDeps["cases"], signal: AbortSignal) => Promise<unknown>;

export interface ItemWorkDeps {
  readonly store: Pick<BatchStore, "recordItem">;
  readonly screen: ScreenItem;
  readonly log: Log;
}

export interface ItemScreeningDeps extends Omit<ScreeningDeps, "cases"> {
  readonly limits: IntakeLimits;
  readonly rules: UrlRules;
  readonly bucket?: BucketSource | undefined;
}

/** Somebody else holds the item by now: what was decided is not written. */
class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/**
 * One leased item to its recorded case.
 * @returns what is to be written of an item that made no case; undefined when nothing is
 */
export async function workOn(
  deps: ItemWorkDeps,
  item: LeasedItem,
  signal: AbortSignal,
): Promise<ItemSettlement | undefined> {
  const cases: ScreeningDeps["cases"] = {
    recordCase: async (record, origin, { drift } = {}) => {
      if (!(await deps.store.recordItem(record, origin, item, drift))) throw new LeaseLost();
      return record;
    },
  };
  try {
    await deps.screen(item, cases, signal);
    return undefined;
  } catch (error) {
    if (error instanceof LeaseLost) return undefined;
    if (!isProblem(error))
      deps.log.error({ err: error, batch: item.batch, seq: item.seq }, "an item failed unexpectedly");
    return settlementOf(item, isProblem(error) ? error : new Problem("internal", { cause: error }));
  }
}

/** From where its image is to its case, on the bulk lane. */
export const screenItem =
  (deps: ItemScreeningDeps): ScreenItem =>
  async (item, cases, signal) => {
    const { programme, strategy, subject, origin } = item;
    const told = { kind: "consumer", attributes: { "fovea.batch": item.batch, "fovea.try": item.tries } } as const;
    await inSpan(deps.tracer, "batch item", told, async (trace) => {
      const image = acceptImage(await findImage(deps, item, signal), deps.limits);
      const request = { programme, image, subject, origin, trace, lane: "bulk" as const, remainingMs: itemMsMax };
      return screenCase({ ...deps, cases }, { ...request, ...(strategy && { strategy }) }, signal);
    });
  };

/** @throws {Problem} object-unknown, image-damaged, store-unavailable, and those of `fetchImage` */
async function findImage(
  { objects, bucket, rules, limits }: ItemScreeningDeps,
  { source }: LeasedItem,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (source.kind === "url") return fetchImage(allowedUrl(source.url, rules), limits.imageBytesMax, signal);
  if (source.kind === "key" && bucket === undefined) throw new Problem("prefix-unavailable");
  const found =
    source.kind === "object"
      ? await objects.getObject(source.sha256)
      : await bucket?.read(source.key, limits.imageBytesMax);
  if (found === undefined) throw new Problem("object-unknown");
  if (found === "too-large") throw new Problem("image-too-large");
  return found;
}

/** The state of this process or of the queue, which says nothing about the item. */
const notItsDoing: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  "draining",
  "client-closed-request",
  "engine-not-ready",
  "model-not-loaded",
  "queue-full",
  "deadline-unmeetable",
  "too-many-bytes-in-flight",
  "store-unavailable",
]);

export function settlementOf(item: LeasedItem, problem: Problem): ItemSettlement {
  const { batch, seq, attempt, tries } = item;
  const lease = { batch, seq, attempt };
  if (problem.code === "draining") return { ...lease, result: "release", afterMs: 0 };
  if (notItsDoing.has(problem.code)) return { ...lease, result: "release", afterMs: releaseMs };
  const { code, detail } = problem.toMessage();
  const told = { code, ...(detail !== undefined && { detail }) };
  if (!problem.spec.retryable && code !== "internal") return { ...lease, result: "failed", problem: told };
  if (tries >= triesMax) return { ...lease, result: "dead", problem: told };
  const afterMs = Math.min(backOffMaxMs, backOffFirstMs * 2 ** (tries - 1));
  return { ...lease, result: "retry", problem: told, afterMs };
}
