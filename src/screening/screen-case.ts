import {
  type CaseRecord,
  disclaimer,
  isProblem,
  Problem,
  type Programme,
  type ProgrammeCatalog,
  type SecondLookTicket,
} from "../contracts/index.ts";
import { inSpan, type Metrics } from "../platform/index.ts";
import { decisionOf } from "./decision-of.ts";
import { driftInputOf } from "./drift-input.ts";
import { look, type Seen } from "./look.ts";
import { releaseOf } from "./release-of.ts";
import type { ScreeningDeps, ScreenRequest } from "./screen-request.ts";

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
  const programme = releaseFor(deps.programmes, request);
  const labels = { programme: programme.manifest.id };
  deps.metrics.casesAccepted.inc(labels);
  deps.metrics.imageBytes.observe(request.image.uploadedBytes);
  try {
    const asked = { parent: request.trace, attributes: { "fovea.programme": programme.manifest.id } };
    const { record, standing } = await inSpan(deps.tracer, "screen", asked, (trace) =>
      decideAndRecord(deps, programme, { ...request, trace }, signal),
    );
    deps.metrics.casesSettled.inc({ ...labels, result: standing.status });
    if (standing.id === record.id) countCase(deps.metrics, record);
    return standing;
  } catch (error) {
    const gone = isProblem(error) && error.code === "client-closed-request";
    deps.metrics.casesSettled.inc({ ...labels, result: gone ? "cancelled" : "failed" });
    throw error;
  }
}

async function decideAndRecord(
  deps: ScreeningDeps,
  programme: Programme,
  request: ScreenRequest,
  signal: AbortSignal,
): Promise<{ readonly record: CaseRecord; readonly standing: CaseRecord }> {
  const parent = { parent: request.trace };
  const stored = inSpan(deps.tracer, "store image", parent, () => deps.objects.putObject(request.image));
  // The reading may fail first; the other failure is then not the one that is reported, but never unhandled.
  stored.catch(() => undefined);
  const { record, ticket, seen } = await decide(deps, programme, request, signal);
  const drift = await driftInputOf(deps.audits, programme, record, seen);
  await stored;
  const beside = {
    ...(request.claim && { claim: request.claim }),
    ...(ticket && { ticket }),
    ...(drift && { drift }),
  };
  const standing = await inSpan(deps.tracer, "record", parent, () =>
    deps.cases.recordCase(record, request.origin, beside),
  );
  return { record, standing };
}

/**
 * The same reading and decision, and nothing kept of it: for the command line, where nothing is kept unless asked for.
 * @throws {Problem} as `screenCase`, but never store-unavailable
 */
export async function decideCase(
  deps: Pick<ScreeningDeps, "predictor" | "metrics" | "clock" | "newCaseId">,
  programme: Programme,
  request: Omit<ScreenRequest, "origin" | "claim" | "mayWait">,
  signal: AbortSignal,
): Promise<CaseRecord> {
  return (await decide(deps, programme, request, signal)).record;
}

interface Decided {
  readonly record: CaseRecord;
  readonly seen: Seen;
  /** Of a provisional case. */
  readonly ticket?: SecondLookTicket;
}

async function decide(
  deps: Pick<ScreeningDeps, "predictor" | "metrics" | "clock" | "newCaseId" | "secondLooks" | "tracer">,
  programme: Programme,
  request: Omit<ScreenRequest, "origin">,
  signal: AbortSignal,
): Promise<Decided> {
  const seen = await look(deps, programme, request, signal);
  const { image, strategy = "cascade" } = request;
  const createdAt = deps.clock.timestamp();
  const decided = {
    id: deps.newCaseId(),
    programme: programme.manifest.id,
    status: "decided" as const,
    decision: decisionOf({ ...seen, strategy }, programme),
    readings: seen.looks.map((each) => each.reading),
    image: {
      sha256: image.sha256,
      mediaType: image.mediaType,
      bytes: image.bytes.byteLength,
      width: image.width,
      height: image.height,
    },
    ...request.subject,
    createdAt,
    disclaimer,
  };
  if (seen.missing === undefined || deps.secondLooks === undefined) return { record: decided, seen };
  const { waitMsMax } = deps.secondLooks;
  const dueAt = new Date(Date.parse(createdAt) + waitMsMax).toISOString();
  return {
    record: { ...decided, status: "provisional", secondLook: { ...seen.missing, dueAt } },
    seen,
    ticket: {
      release: releaseOf(programme),
      gain: seen.missing.gain,
      outOfDomain: seen.outOfDomain,
      waitMsMax,
    },
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

/** One release for all images of a patient, also while a candidate is tried on some. */
function releaseFor(
  catalog: ProgrammeCatalog,
  { programme: id, subject, image }: Pick<ScreenRequest, "programme" | "subject" | "image">,
): Programme {
  const usual = resolveProgramme(catalog, id);
  return catalog.triedOn?.(usual.manifest.id, subject.patientId ?? image.sha256) ?? usual;
}

function countCase(metrics: Metrics, record: CaseRecord): void {
  const { programme, decision, status } = record;
  if (decision.escalated) {
    const isDone = status === "decided";
    metrics.bandCases.inc({ programme });
    metrics.escalations.inc({ programme, result: isDone ? "done" : "pending" });
    metrics.secondLooks.inc({ programme, result: isDone ? "now" : "pending" });
  }
  if (status === "decided") countDecision(metrics, record);
}

/** Of every case once: when it is decided. */
export function countDecision(metrics: Metrics, { programme, decision, readings }: CaseRecord): void {
  const { outcome, stage, reason } = decision;
  metrics.decisions.inc({ programme, outcome, stage, reason });
  for (const { reader, positiveProbability } of readings)
    if (positiveProbability !== undefined) metrics.score.observe({ reader }, positiveProbability);
  const [fast, fine] = readings.map(({ positiveProbability }) => positiveProbability);
  if (fast === undefined || fine === undefined) return;
  metrics.comparisons.inc({ programme, agree: String(fast >= 0.5 === fine >= 0.5) });
  metrics.scoreDelta.observe(Math.abs(fast - fine));
}
