import type { CaseRecord, LeasedSecondLook, Origin, Programme, SecondLookStore } from "../contracts/index.ts";
import { explanations, type FirstLook, type MissingLook, type Opinion, withoutSecond } from "../ensemble/index.ts";
import type { Log } from "../platform/index.ts";
import { decisionOf } from "./decision-of.ts";
import { isPositive } from "./drift-input.ts";
import { withSecond } from "./look.ts";
import { type ReadAgainDeps, readAgain } from "./read-again.ts";
import type { KnownReleases } from "./release-of.ts";
import { countDecision } from "./screen-case.ts";
import type { ScreeningDeps } from "./screen-request.ts";
import { pauseOf, type Settlement, settleOrGiveBack, whyNever } from "./settlement.ts";

export interface SettleDeps extends ReadAgainDeps, Pick<ScreeningDeps, "clock"> {
  readonly store: SecondLookStore;
  readonly releases: KnownReleases;
  readonly log: Log;
}

/** A ticket that has waited so much of its time no longer stands behind bulk work. */
const urgentAge = 0.5;

/** One leased ticket to its final record, or back to where it came from. Never rejects. */
export function settle(deps: SettleDeps, held: LeasedSecondLook, signal: AbortSignal): Promise<Settlement> {
  const steps = {
    find: () => finalOf(deps, held, signal),
    write: (record: CaseRecord) => write(deps, held, record),
    giveBack: (isClosed: boolean) => deps.store.releaseSecondLook(held, isClosed ? 0 : pauseOf(held)),
  };
  return settleOrGiveBack(held, steps, deps.log);
}

/** @throws {Problem} when neither a decision nor a reason to give it to a person is there yet */
async function finalOf(deps: SettleDeps, held: LeasedSecondLook, signal: AbortSignal): Promise<CaseRecord> {
  const programme = deps.releases.get(held.release);
  if (programme === undefined) return toPerson(deps, held, "second-look-release-gone");
  if (held.age >= 1) return toPerson(deps, held, "second-look-overdue");
  try {
    return await lookAgain(deps, held, programme, signal);
  } catch (error) {
    const why = whyNever(error, held, { isServed: deps.releases.isServed(held.release), log: deps.log });
    return toPerson(deps, held, `second-look-${why}`);
  }
}

/** The decision that the case would have had at once: the same packs, the same band, the same arithmetic. */
async function lookAgain(
  deps: SettleDeps,
  { record, outOfDomain, age }: LeasedSecondLook,
  programme: Programme,
  signal: AbortSignal,
): Promise<CaseRecord> {
  const { decision } = record;
  const lane = age >= urgentAge ? "escalation" : "bulk";
  const result = await readAgain(deps, record, programme.fine.digest, lane, signal);
  const fast = opinionIn(record, programme);
  const { strategy, gradability, quality } = decision;
  const seen: FirstLook & { fast: number } = { strategy, fast: fast.positive, gradability, outOfDomain };
  const first = { opinion: fast, looks: [], quality, gradability, outOfDomain, seen };
  const both = withSecond(first, result, programme);
  return finished(record, deps.clock.timestamp(), {
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
async function write(deps: SettleDeps, held: LeasedSecondLook, record: CaseRecord): Promise<"read" | "settled"> {
  const origin: Origin = { actor: "second-look", requestId: deps.newCaseId() };
  const { programme, readings } = record;
  const fine = readings[1]?.positiveProbability;
  const finePositive = fine === undefined ? undefined : isPositive(fine);
  if (await deps.store.settleSecondLook(record, origin, held, finePositive)) {
    deps.metrics.secondLooks.inc({ programme, result: readings.length > 1 ? "later" : "person" });
    countDecision(deps.metrics, record);
  }
  return readings.length > 1 ? "read" : "settled";
}
