import type { IncidentState } from "../../contracts/index.ts";
import { Canary, type CanaryPair } from "../gate/canary.ts";
import { judgeCandidate } from "../gate/promotion-gate.ts";
import { judgeShadow, type ShadowRun } from "../gate/shadow.ts";
import { DriftMonitor } from "../monitor/drift-monitor.ts";
import { decideRetrain, endRetrain } from "../retrain/start.ts";
import type { ActionOutcome, Fact, Mirrored } from "./facts.ts";
import type { HarmInWork, ShadowCounts } from "./state.ts";
import { shownMax } from "./telling.ts";
import type { Turn } from "./turn.ts";

const dayMs = 24 * 3_600_000;
const noShadow: ShadowCounts = { mirrored: 0, failed: 0, differing: 0, championMs: [], candidateMs: [] };

/** Counts of labels: the next cases are shown, and a training starts when its conditions hold. */
export function takeLabels(turn: Turn, counts: Extract<Fact, { kind: "labels" }>): void {
  const { state, watched, rules, at } = turn;
  const { harm } = state;
  if (harm?.incident.state !== "labelling") return;
  showMore(turn, harm, counts.ofShown);
  if (!harm.confirmed) return;
  const days = Math.max(1, daysBetween(state.since, at));
  const decision = decideRetrain(
    state.retrain,
    {
      labels: { total: counts.total, fromAlarmedRegion: counts.ofRegion },
      riskNow: harm.riskAtAlarm,
      riskTarget: watched.reference.errorRateMax,
      casesPerDay: state.readCases / days,
      daysToNext: rules.daysToNext,
      errorsPerTraining: rules.errorsPerTraining,
    },
    Date.parse(at),
  );
  turn.set({ retrain: decision.state });
  const incident = turn.state.harm?.incident ?? harm.incident;
  const labels = { total: counts.total, ofRegion: counts.ofRegion };
  if (decision.start) {
    turn.set({ labelsSince: at });
    step(turn, "training", "labels, cool-down and benefit allow a training", { labels, riskAtAlarm: harm.riskAtAlarm });
  } else turn.harm({ incident: turn.note(incident, { waitingFor: decision.waitingFor, evidence: { labels } }) });
}

function showMore(turn: Turn, { incident, region, shownFrom }: HarmInWork, ofShown: number): void {
  const shown = region.slice(shownFrom, shownFrom + shownMax);
  const isDone = shown.length > 0 && ofShown >= shown.length && region.length > shownFrom + shown.length;
  const from = isDone ? shownFrom + shown.length : shownFrom;
  turn.harm({
    shownFrom: from,
    incident: turn.note(incident, { cases: region.slice(from, from + shownMax) }),
  });
}

/** What came of the action that is due. */
export function takeOutcome(turn: Turn, outcome: ActionOutcome): void {
  const { harm } = turn.state;
  if (harm === null) return;
  if (outcome.kind === "done") takeDone(turn, harm);
  else if (outcome.kind === "compared") judge(turn, outcome);
  else if (outcome.kind === "impossible") reject(turn, outcome.why);
  else {
    turn.set({ retrain: endRetrain(turn.state.retrain) });
    if (outcome.kind === "not-trained") reject(turn, `the training gave no candidate: ${outcome.why}`);
    else {
      const { candidate, evidence: training } = outcome;
      turn.harm({ candidate });
      step(turn, "gate", "a candidate was registered", { candidate, training });
    }
  }
}

function judge(turn: Turn, outcome: Extract<ActionOutcome, { kind: "compared" }>): void {
  const { holdout } = turn.state;
  if (outcome.faults.length > 0) {
    reject(turn, outcome.faults.join("; "));
    return;
  }
  const verdict = judgeCandidate({
    pairs: outcome.pairs,
    selection: outcome.selection,
    holdout: holdout?.holdout === outcome.holdout ? holdout : { holdout: outcome.holdout, uses: 0 },
    afterAlarm: true,
  });
  if (verdict.refused !== undefined) {
    reject(turn, `the gate could not judge: ${verdict.refused}`);
    return;
  }
  turn.set({ holdout: verdict.holdout });
  const gate = { ...verdict.evidence, pairs: outcome.pairs.length, selection: outcome.selection };
  if (!verdict.passed) reject(turn, verdict.failures.join("; "), { gate });
  else {
    turn.harm({ shadow: noShadow });
    step(turn, "shadow", "it is not inferior, and better where the alarm was", { gate });
  }
}

function takeDone(turn: Turn, harm: HarmInWork): void {
  if (harm.incident.state === "shadow") turn.harm({ done: [...harm.done, "shadow"] });
  else if (harm.incident.state === "canary" && harm.candidate !== undefined) promoted(turn, harm, harm.candidate);
}

/** The candidate serves, or will as soon as servers have changed over. */
export function promoted(turn: Turn, { incident }: HarmInWork, candidate: string): void {
  turn.move(incident, "promoted", "the candidate is the active release");
  turn.set({ harm: null, arriving: { release: candidate, incident: incident.id } });
}

/** Cases that the candidate has read along. */
export function takeMirrored(turn: Turn, mirrored: readonly Mirrored[]): void {
  const { harm } = turn.state;
  if (harm?.incident.state !== "shadow" || harm.shadow === undefined) return;
  const seen = mirrored.filter((each) => !each.failed);
  const { shadow } = harm;
  turn.harm({
    shadow: {
      mirrored: shadow.mirrored + mirrored.length,
      failed: shadow.failed + mirrored.length - seen.length,
      differing: shadow.differing + seen.filter(({ differs }) => differs).length,
      championMs: [...shadow.championMs, ...seen.map(({ championMs }) => championMs)],
      candidateMs: [...shadow.candidateMs, ...seen.map(({ candidateMs }) => candidateMs)],
    },
  });
}

/** Whether the shadow, or the canary, is over: enough was seen, or too much time has passed. */
export function takeTime(turn: Turn): void {
  const { harm } = turn.state;
  if (harm?.incident.state === "shadow" && harm.done.includes("shadow")) endShadow(turn, harm);
  else if (harm?.incident.state === "canary") endCanary(turn, harm);
}

function endShadow(turn: Turn, { incident, shadow = noShadow, stepAt }: HarmInWork): void {
  const isOver = daysBetween(stepAt, turn.at) >= turn.rules.shadowDaysMax;
  const run = runOf(shadow);
  const { state, reasons } = judgeShadow(run, isOver, turn.rules.shadow);
  if (state === "failed") reject(turn, reasons.join("; "), { shadow: run });
  else if (state === "waiting")
    turn.harm({ incident: turn.note(incident, { waitingFor: reasons, evidence: { shadow: run } }) });
  else {
    turn.harm({ canary: new Canary().save() });
    step(turn, "canary", "it reads along without a fault", { shadow: run });
  }
}

function runOf({ mirrored, failed, differing, championMs, candidateMs }: ShadowCounts): ShadowRun {
  return {
    mirrored,
    failed,
    differing,
    latencyMs: { champion: percentile95(championMs), candidate: percentile95(candidateMs) },
  };
}

function percentile95(values: readonly number[]): number {
  const ascending = [...values].sort((one, other) => one - other);
  return ascending[Math.ceil(0.95 * ascending.length) - 1] ?? 0;
}

/** Judged cases of the canary, as both releases decided them. */
export function takePairs(turn: Turn, pairs: readonly CanaryPair[]): void {
  const { harm } = turn.state;
  if (harm?.incident.state !== "canary" || harm.done.includes("canary")) return;
  const canary = new Canary(0, harm.canary);
  for (const pair of pairs) if (canary.update(pair)) break;
  if (canary.rolledBack) {
    const why = `it is worse than the release before: evidence ${canary.evidence.toPrecision(3)}`;
    end(turn, "rolled-back", why, { canary: canary.save() });
    return;
  }
  const before = canary.stage;
  const isFull = before === 100 && canary.save().pairsInStage >= turn.rules.canaryPairsMin;
  const stage = canary.advance(turn.rules.canaryPairsMin);
  const saved = canary.save();
  const evidence = { canary: { percent: stage, pairsInStage: saved.pairsInStage, evidence: canary.evidence } };
  const waitingFor = isFull ? ["the registry"] : [`${turn.rules.canaryPairsMin - saved.pairsInStage} judged cases`];
  turn.harm({
    canary: saved,
    incident: turn.note(harm.incident, { evidence, waitingFor }),
    ...(isFull && { done: [...harm.done, "canary"] }),
  });
}

function endCanary(turn: Turn, { stepAt, done }: HarmInWork): void {
  if (done.includes("canary") || daysBetween(stepAt, turn.at) < turn.rules.canaryDaysMax) return;
  end(turn, "rolled-back", "too few of its cases were judged in time");
}

function reject(turn: Turn, why: string, evidence = {}): void {
  end(turn, "rejected", why, evidence);
}

/**
 * The incident ends without a release. The safer band stays: nothing has mended what it was made for. The streams begin
 * anew, so that harm that goes on is found again.
 */
function end(turn: Turn, to: "rejected" | "rolled-back", why: string, evidence = {}): void {
  const { harm, retiring, monitor } = turn.state;
  if (harm === null) return;
  const { incident, candidate } = harm;
  turn.move(incident, to, why, evidence);
  const restarted = new DriftMonitor(turn.watched.reference, turn.watched.rates, monitor);
  restarted.restart("harm");
  turn.set({
    harm: null,
    monitor: restarted.save(),
    ...(candidate !== undefined && { retiring: [...retiring, { id: incident.id, release: candidate, why }] }),
  });
}

function step(turn: Turn, to: IncidentState, why: string, evidence: Readonly<Record<string, unknown>>): void {
  const { harm } = turn.state;
  if (harm !== null) turn.harm({ incident: turn.move(harm.incident, to, why, evidence), stepAt: turn.at });
}

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / dayMs;
