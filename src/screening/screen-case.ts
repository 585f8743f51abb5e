import {
  type AcceptedImage,
  type CaseRecord,
  type CaseStore,
  type CaseSubject,
  type Decision,
  disclaimer,
  type IdempotencyClaim,
  type ImageQuality,
  isProblem,
  type Lane,
  type ObjectStore,
  type Origin,
  type Predictor,
  type PredictResult,
  Problem,
  type Programme,
  type ProgrammeCatalog,
  type Strategy,
} from "../contracts/index.ts";
import {
  combine,
  decideFirst,
  decideSecond,
  explanations,
  type FirstLook,
  grade,
  labelOf,
  type Opinion,
  type Verdict,
} from "../ensemble/index.ts";
import type { Clock, Metrics } from "../platform/index.ts";
import { readBoth } from "./read-both.ts";
import { byLabel, type CalibratedReading, readingOf } from "./reading-of.ts";

/** Everything a case needs; each is a port, so a test can hold any of them. */
export interface ScreeningDeps {
  readonly programmes: ProgrammeCatalog;
  readonly predictor: Predictor;
  readonly cases: Pick<CaseStore, "recordCase">;
  readonly objects: ObjectStore;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly newCaseId: () => string;
}

export interface ScreenRequest {
  readonly programme: string;
  readonly image: AcceptedImage;
  readonly subject: CaseSubject;
  /** Default: the programme's cascade. */
  readonly strategy?: Strategy;
  /** Default: interactive. */
  readonly lane?: Lane;
  /** Time left until the caller gives up, ms. */
  readonly remainingMs: number;
  /** Who asked: goes into the audit log. */
  readonly origin: Origin;
  /** Under which key the post may be repeated. */
  readonly claim?: IdempotencyClaim;
}

/**
 * One case from an accepted image to a recorded decision; the only function that knows the order.
 * The image is stored while the first reader looks. Nothing is answered before the record is safe.
 *
 * @returns the case that stands: under a claim that another gateway took first, the one recorded there
 * @throws {Problem} programme-unknown, pack-not-installed, store-unavailable, idempotency-key-reused, and those of `Predictor.predict`
 */
export async function screenCase(
  deps: ScreeningDeps,
  request: ScreenRequest,
  signal: AbortSignal,
): Promise<CaseRecord> {
  const programme = resolveProgramme(deps.programmes, request.programme);
  const labels = { programme: programme.manifest.id };
  deps.metrics.casesAccepted.inc(labels);
  deps.metrics.imageBytes.observe(request.image.uploadedBytes);
  try {
    const stored = deps.objects.putObject(request.image);
    // The reading may fail first; the other failure is then not the one that is reported, but never unhandled.
    stored.catch(() => undefined);
    const record = await decideCase(deps, programme, request, signal);
    await stored;
    const standing = await deps.cases.recordCase(record, request.origin, request.claim);
    deps.metrics.casesSettled.inc({ ...labels, result: "decided" });
    if (standing.id === record.id) countDecision(deps.metrics, record);
    return standing;
  } catch (error) {
    const gone = isProblem(error) && error.code === "client-closed-request";
    deps.metrics.casesSettled.inc({ ...labels, result: gone ? "cancelled" : "failed" });
    throw error;
  }
}

/**
 * The same reading and decision without a trace: for the command line, where nothing is kept unless asked for.
 * @throws {Problem} as `screenCase`, but never store-unavailable
 */
export async function decideCase(
  deps: Pick<ScreeningDeps, "predictor" | "metrics" | "clock" | "newCaseId">,
  programme: Programme,
  request: Omit<ScreenRequest, "origin" | "claim">,
  signal: AbortSignal,
): Promise<CaseRecord> {
  const { verdict, opinion, looks, quality, gradability } = await look(deps, programme, request, signal);
  const { manifest, band } = programme;
  const probabilities = byLabel(opinion, manifest);
  const label = labelOf(opinion, verdict.outcome, manifest, band.cutpoints);
  const decision: Decision = {
    outcome: verdict.outcome,
    label,
    probability: probabilities[label] as number,
    probabilities,
    positiveProbability: verdict.probability,
    stage: verdict.stage,
    escalated: verdict.escalated,
    reason: verdict.reason,
    explanation: explanations[verdict.reason],
    strategy: request.strategy ?? "cascade",
    band: {
      pack: band.pack,
      lo: band.lo,
      hi: band.hi,
      a: band.a,
      b: band.b,
      fuse: band.fuse,
      target: band.target,
      certificate: band.certificate,
    },
    gradability,
    quality,
  };
  const { image } = request;
  return {
    id: deps.newCaseId(),
    programme: manifest.id,
    status: "decided",
    decision,
    readings: looks.map((each) => each.reading),
    image: {
      sha256: image.sha256,
      mediaType: image.mediaType,
      bytes: image.bytes.byteLength,
      width: image.width,
      height: image.height,
    },
    ...request.subject,
    createdAt: deps.clock.timestamp(),
    disclaimer,
  };
}

/**
 * @throws {Problem} programme-unknown, pack-not-installed
 */
export function resolveProgramme(catalog: ProgrammeCatalog, id: string): Programme {
  const programme = catalog.programmes.get(id);
  if (programme === undefined) throw new Problem("programme-unknown", { detail: "see GET /v1/programmes" });
  if ("missing" in programme) throw new Problem("pack-not-installed", { detail: programme.missing });
  return programme;
}

interface Seen {
  readonly verdict: Verdict;
  /** What the verdict rests on. */
  readonly opinion: Opinion;
  readonly looks: readonly CalibratedReading[];
  readonly quality: ImageQuality;
  readonly gradability: Decision["gradability"];
}

type LookDeps = Pick<ScreeningDeps, "predictor" | "metrics" | "clock" | "newCaseId">;

async function look(
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
    const result = await deps.predictor.predict({ ...task, remainingMs: deadline - deps.clock.now() }, signal);
    observe(deps.metrics, result, on);
    return result;
  };

  // The fast reader looks at every image, also when only the fine one is asked: the embedding is what tells an eye
  // from a shoe.
  const both = strategy === "fine" || strategy === "mean";
  const first = await (both ? readBoth((packs) => read(packs, lane), programme) : read([fast.digest], lane));
  const fastLook = readingOf(first, fast, manifest);
  const gradability = grade(first.quality, manifest.quality);
  const seen: FirstLook = { strategy, fast: fastLook.opinion.positive, gradability, outOfDomain: fastLook.outOfDomain };
  const exit = both ? undefined : decideFirst(seen, band);
  if (exit !== undefined)
    return { verdict: exit, opinion: fastLook.opinion, looks: [fastLook], quality: first.quality, gradability };

  const second = both ? first : await read([fine.digest], lane === "bulk" ? "bulk" : "escalation");
  const fineLook = readingOf(second, fine, manifest);
  const opinion = combine(strategy, { fast: fastLook.opinion, fine: fineLook.opinion }, band.fuse, manifest);
  return {
    verdict: decideSecond({ ...seen, combined: opinion.positive }, band),
    opinion,
    looks: [fastLook, fineLook],
    quality: first.quality,
    gradability,
  };
}

function observe(metrics: Metrics, result: PredictResult, lane: Lane): void {
  metrics.queueWait.observe({ lane }, result.queueMs / 1000);
  metrics.batchSize.observe(result.batchSize);
  if (result.decodeMs > 0) metrics.stageDuration.observe({ stage: "decode" }, result.decodeMs / 1000);
  for (const reading of result.readings)
    metrics.stageDuration.observe({ stage: reading.reader }, reading.computeMs / 1000);
}

function countDecision(metrics: Metrics, record: CaseRecord): void {
  const { programme, decision, readings } = record;
  const { outcome, stage, reason } = decision;
  metrics.decisions.inc({ programme, outcome, stage, reason });
  if (decision.escalated) metrics.escalations.inc({ programme, result: "done" });
  const sides = readings.map((each) => (each.positiveProbability as number) >= 0.5);
  if (sides.length === 2) metrics.comparisons.inc({ programme, agree: String(sides[0] === sides[1]) });
}
