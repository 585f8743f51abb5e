import {
  type Decision,
  type ImageQuality,
  isProblem,
  type Lane,
  type PredictResult,
  Problem,
  type Programme,
  type SecondLook,
} from "../contracts/index.ts";
import {
  combine,
  decideFirst,
  decideSecond,
  type FirstLook,
  gainOf,
  gainTable,
  grade,
  type Opinion,
  type Verdict,
  withoutSecond,
} from "../ensemble/index.ts";
import { inSpan, type Metrics } from "../platform/index.ts";
import { askOrLeave } from "./ask-fine.ts";
import { readBoth } from "./read-both.ts";
import { type CalibratedReading, readingOf } from "./reading-of.ts";
import type { ScreeningDeps, ScreenRequest } from "./screen-request.ts";

export interface Seen {
  readonly verdict: Verdict;
  /** What the verdict rests on. */
  readonly opinion: Opinion;
  readonly looks: readonly CalibratedReading[];
  readonly quality: ImageQuality;
  readonly gradability: Decision["gradability"];
  readonly outOfDomain: boolean;
  /** The second look is still to come. */
  readonly missing?: Pick<SecondLook, "cause" | "gain" | "gainFrom">;
}

export type LookDeps = Pick<ScreeningDeps, "predictor" | "metrics" | "clock" | "newCaseId" | "secondLooks" | "tracer">;

type First = Omit<Seen, "verdict" | "missing"> & { readonly seen: FirstLook & { readonly fast: number } };

/**
 * Both readers, as far as they are needed, and the verdict; nothing is written.
 * @throws {Problem} inference-failed, and those of `Predictor.predict`
 */
export async function look(
  deps: LookDeps,
  programme: Programme,
  request: Omit<ScreenRequest, "origin">,
  signal: AbortSignal,
): Promise<Seen> {
  const { manifest, fast, fine, band } = programme;
  const strategy = request.strategy ?? "cascade";
  const lane = request.lane ?? "interactive";
  const deadline = deps.clock.now() + request.remainingMs;
  const read = async (packs: readonly string[], on: Lane): Promise<PredictResult> => {
    const task = { id: deps.newCaseId(), packs, image: request.image, lane: on };
    const asked = { parent: request.trace, attributes: { "fovea.lane": on, "fovea.readers": packs.length } };
    const result = await inSpan(deps.tracer, "dispatch", asked, (trace) =>
      deps.predictor.predict({ ...task, trace, remainingMs: deadline - deps.clock.now() }, signal),
    );
    observe(deps.metrics, result, on);
    return result;
  };

  // The fast reader looks at every image, also when only the fine one is asked: the embedding is what tells an eye
  // from a shoe.
  const both = strategy === "fine" || strategy === "mean";
  const result = await (both ? readBoth((packs) => read(packs, lane), programme) : read([fast.digest], lane));
  const fastLook = readingOf(result, fast, manifest);
  const gradability = grade(result.quality, manifest.quality);
  const { opinion, outOfDomain } = fastLook;
  const seen = { strategy, fast: opinion.positive, gradability, outOfDomain };
  const first: First = { opinion, looks: [fastLook], quality: result.quality, gradability, outOfDomain, seen };
  const exit = both ? undefined : decideFirst(seen, band);
  if (exit !== undefined) return { ...first, verdict: exit };
  if (both) return withSecond(first, result, programme);

  const ask = () => read([fine.digest], lane === "bulk" ? "bulk" : "escalation");
  const desk = request.mayWait === true ? deps.secondLooks : undefined;
  if (desk === undefined || desk.isFull()) return withSecond(first, await ask().catch(refuse), programme);
  const { gain, gainFrom } = gainFor(programme, seen.fast);
  const second = await askOrLeave(ask, { desk, gain, deadline, clock: deps.clock, signal });
  return typeof second === "string"
    ? { ...first, verdict: withoutSecond(seen, "second-look-pending"), missing: { cause: second, gain, gainFrom } }
    : withSecond(first, second, programme);
}

/** What both readers make of it together. @throws {Problem} inference-failed */
export function withSecond(first: First, second: PredictResult, { manifest, fine, band }: Programme): Seen {
  const fineLook = readingOf(second, fine, manifest);
  const { strategy } = first.seen;
  const opinion = combine(strategy, { fast: first.opinion, fine: fineLook.opinion }, band.fuse, manifest);
  return {
    ...first,
    verdict: decideSecond({ ...first.seen, combined: opinion.positive }, band),
    opinion,
    looks: [...first.looks, fineLook],
  };
}

/** Its pack is installed, so that nobody holds it now is a matter of the moment. */
function refuse(error: unknown): never {
  if (!isProblem(error) || error.code !== "pack-not-installed") throw error;
  throw new Problem("engine-not-ready", { detail: "no engine holds the fine reader now", retryAfterS: 2 });
}

function gainFor({ band }: Programme, fast: number): Pick<SecondLook, "gain" | "gainFrom"> {
  const table = gainTable(band);
  return { gain: gainOf(table, fast), gainFrom: table.from };
}

export function observe(metrics: Metrics, result: PredictResult, lane: Lane): void {
  metrics.queueWait.observe({ lane }, result.queueMs / 1000);
  metrics.batchSize.observe(result.batchSize);
  metrics.inferenceItems.inc();
  // Each image of a run adds its share of it.
  metrics.inferenceBatches.inc(1 / result.batchSize);
  metrics.cacheRequests.inc({ result: result.decodeMs > 0 ? "miss" : "hit" });
  if (result.decodeMs > 0) metrics.stageDuration.observe({ stage: "decode" }, result.decodeMs / 1000);
  for (const reading of result.readings)
    metrics.stageDuration.observe({ stage: reading.reader }, reading.computeMs / 1000);
}
