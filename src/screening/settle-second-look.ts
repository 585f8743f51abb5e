import {
  type CaseRecord,
  isProblem,
  type LeasedSecondLook,
  type Origin,
  Problem,
  type Programme,
  type SecondLookStore,
} from "../contracts/index.ts";
import { explanations, type FirstLook, type MissingLook, type Opinion, withoutSecond } from "../ensemble/index.ts";
import type { Log } from "../platform/index.ts";
import { notNow } from "./ask-fine.ts";
import { decisionOf } from "./decision-of.ts";
import { observe, withSecond } from "./look.ts";
import type { KnownReleases } from "./release-of.ts";
import { countDecision } from "./screen-case.ts";
import type { ScreeningDeps } from "./screen-request.ts";

export interface SettleDeps extends Pick<ScreeningDeps, "predictor" | "objects" | "metrics" | "clock" | "newCaseId"> {
  readonly store: SecondLookStore;
  readonly releases: KnownReleases;
  readonly log: Log;
}

/** A reading is ended well before its lease is, so that nobody else begins while it runs. */
export const leaseMs = 30_000;
const readingMsMax = 20_000;
/** A ticket that has waited so much of its time no longer stands behind bulk work. */
const urgentAge = 0.5;
const pauseFirstMs = 1000;
const pauseMsMax = 60_000;

/**
 * What became of a leased ticket: `read` by the fine reader, `settled` without it, `closed`: the fine reader cannot be
 * had now, or `again`: something else went wrong, and it is tried again later.
 */
export type Settlement = "read" | "settled" | "closed" | "again";

/** One leased ticket to its final record, or back to where it came from. Never rejects. */
export async function settle(deps: SettleDeps, held: LeasedSecondLook, signal: AbortSignal): Promise<Settlement> {
  try {
    const record = await finalOf(deps, held, signal);
    await write(deps, held, record);
    return record.readings.length > 1 ? "read" : "settled";
  } catch (error) {
    const isClosed = isProblem(error) && (notNow.has(error.code) || isOurs(error));
    if (!isProblem(error)) deps.log.error({ err: error, caseId: held.caseId }, "a second look failed unexpectedly");
    // What cannot be given back is free again when its lease is over.
    await deps.store.releaseSecondLook(held, isClosed ? 0 : pauseOf(held)).catch(() => undefined);
    return isClosed ? "closed" : "again";
  }
}

/** Of this process, not of the image. */
const isOurs = ({ code }: Problem): boolean =>
  code === "store-unavailable" || code === "client-closed-request" || code === "model-not-loaded";

const pauseOf = ({ attempt }: LeasedSecondLook): number =>
  Math.min(pauseMsMax, pauseFirstMs * 2 ** Math.min(attempt - 1, 10));

/** @throws {Problem} when neither a decision nor a reason to give it to a person is there yet */
async function finalOf(deps: SettleDeps, held: LeasedSecondLook, signal: AbortSignal): Promise<CaseRecord> {
  const programme = deps.releases.get(held.release);
  if (programme === undefined) return toPerson(deps, held, "second-look-release-gone");
  if (held.age >= 1) return toPerson(deps, held, "second-look-overdue");
  try {
    return await lookAgain(deps, held, programme, signal);
  } catch (error) {
    if (!isProblem(error)) throw error;
    // An engine lets the packs of a release go soon after it was replaced.
    if (error.code === "pack-not-installed" && !deps.releases.isServed(held.release))
      return toPerson(deps, held, "second-look-release-gone");
    if (error.spec.retryable || error.code === "pack-not-installed" || error.code === "client-closed-request")
      throw error;
    deps.log.warn({ caseId: held.caseId, code: error.code }, "a second look is not possible");
    return toPerson(deps, held, "second-look-failed");
  }
}

/** The decision that the case would have had at once: the same packs, the same band, the same arithmetic. */
async function lookAgain(
  { predictor, objects, metrics, clock, newCaseId }: SettleDeps,
  { record, outOfDomain, age }: LeasedSecondLook,
  programme: Programme,
  signal: AbortSignal,
): Promise<CaseRecord> {
  const bytes = await objects.getObject(record.image.sha256);
  if (bytes === undefined) throw new Problem("image-gone");
  const { decision, image } = record;
  const lane = age >= urgentAge ? "escalation" : "bulk";
  const { sha256, mediaType, width, height } = image;
  const task = { id: newCaseId(), packs: [programme.fine.digest], image: { bytes, sha256, mediaType, width, height } };
  const result = await predictor.predict({ ...task, lane, remainingMs: readingMsMax }, signal);
  observe(metrics, result, lane);
  const fast = opinionIn(record, programme);
  const { strategy, gradability, quality } = decision;
  const seen: FirstLook & { fast: number } = { strategy, fast: fast.positive, gradability, outOfDomain };
  const first = { opinion: fast, looks: [], quality, gradability, outOfDomain, seen };
  const both = withSecond(first, result, programme);
  return finished(record, clock.timestamp(), {
    decision: decisionOf({ ...both, strategy }, programme),
    readings: [...record.readings, ...both.looks.map(({ reading }) => reading)],
  });
}

/** The first reader's opinion as it was recorded; numbers survive JSON as they are. */
function opinionIn({ readings: [first] }: CaseRecord, { manifest }: Programme): Opinion {
  if (first?.positiveProbability === undefined) throw new TypeError("a provisional case without its first reading");
  return {
    probabilities: manifest.labels.map((label) => first.probabilities[label] as number),
    positive: first.positiveProbability,
  };
}

/** No label and no number changes: only that a person has it now, and why. */
function toPerson({ clock }: SettleDeps, { record }: LeasedSecondLook, reason: MissingLook): CaseRecord {
  const { decision } = record;
  const fast = decision.positiveProbability as number;
  const verdict = withoutSecond({ fast }, reason);
  return finished(record, clock.timestamp(), {
    decision: { ...decision, outcome: verdict.outcome, reason, explanation: explanations[reason] },
    readings: record.readings,
  });
}

function finished(
  record: CaseRecord,
  settledAt: string,
  { decision, readings }: Pick<CaseRecord, "decision" | "readings">,
): CaseRecord {
  const { secondLook } = record;
  if (secondLook === undefined) throw new TypeError("a ticket of a case that was never provisional");
  return { ...record, status: "decided", secondLook: { ...secondLook, settledAt }, decision, readings };
}

/** Also when the answer comes too late: what was decided first stands. */
async function write(deps: SettleDeps, held: LeasedSecondLook, record: CaseRecord): Promise<void> {
  const origin: Origin = { actor: "second-look", requestId: deps.newCaseId() };
  if (!(await deps.store.settleSecondLook(record, origin, held))) return;
  const { programme, readings } = record;
  deps.metrics.secondLooks.inc({ programme, result: readings.length > 1 ? "later" : "person" });
  countDecision(deps.metrics, record);
}
