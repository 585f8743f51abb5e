/** What is known about retrainings, as JSON. Times are wall-clock milliseconds that the caller gives. */
export interface RetrainState {
  /** Alarm that the waiting job is for. */
  readonly queued: string | null;
  readonly running: string | null;
  /** Automatic starts, oldest first; those older than the window are dropped. */
  readonly startsMs: readonly number[];
}

export const noRetraining: RetrainState = { queued: null, running: null, startsMs: [] };

/** What speaks for a start now. */
export interface RetrainFacts {
  readonly labels: { readonly total: number; readonly fromAlarmedRegion: number };
  /** Audited risk now, and that of the certificate or the last release. */
  readonly riskNow: number;
  readonly riskTarget: number;
  readonly casesPerDay: number;
  /** Days until the next planned training. */
  readonly daysToNext: number;
  /** Errors that one training is worth. */
  readonly errorsPerTraining: number;
}

const dayMs = 24 * 3_600_000;
const labelsMin = 200;
const alarmedLabelsMin = 50;
const coolDownMs = dayMs;
const windowMs = 7 * dayMs;
const startsMax = 3;

/** Queues one job for a harm alarm. Single flight: while one waits or runs, further alarms add nothing. */
export function requestRetrain(state: RetrainState, alarmId: string): RetrainState {
  return state.queued !== null || state.running !== null ? state : { ...state, queued: alarmId };
}

export type RetrainDecision =
  | { readonly start: true; readonly alarmId: string; readonly state: RetrainState }
  | { readonly start: false; readonly waitingFor: readonly string[]; readonly state: RetrainState };

/**
 * Starts the waiting job when there are 200 new human labels, 50 of them from the alarmed region, the last start is a
 * day ago, fewer than three were in seven days, and (risk now - target) x cases a day x days to the next training
 * exceeds the errors that a training is worth. Retraining on every alarm costs more than it mends.
 *
 * @see Mahadevan and Mathioudakis 2024, Cost-aware retraining for machine learning
 */
export function decideRetrain(state: RetrainState, facts: RetrainFacts, nowMs: number): RetrainDecision {
  const startsMs = state.startsMs.filter((start) => nowMs - start < windowMs);
  const kept = { ...state, startsMs };
  const last = startsMs.at(-1);
  const { labels, riskNow, riskTarget, casesPerDay, daysToNext, errorsPerTraining } = facts;
  const benefit = (riskNow - riskTarget) * casesPerDay * daysToNext;
  const waitingFor = [
    ...(state.queued === null ? ["an alarm of harm"] : []),
    ...(state.running === null ? [] : ["the training that runs"]),
    ...(labels.total >= labelsMin ? [] : [`${labelsMin - labels.total} more labels`]),
    ...(labels.fromAlarmedRegion >= alarmedLabelsMin
      ? []
      : [`${alarmedLabelsMin - labels.fromAlarmedRegion} more labels from the alarmed region`]),
    ...(last === undefined || nowMs - last >= coolDownMs ? [] : ["the day after the last start"]),
    ...(startsMs.length < startsMax ? [] : ["a person: three trainings started in seven days"]),
    // NaN, when nothing was audited yet, is no benefit.
    ...(benefit > errorsPerTraining ? [] : ["a benefit above the cost"]),
  ];
  if (waitingFor.length > 0 || state.queued === null) return { start: false, waitingFor, state: kept };
  const started = { queued: null, running: state.queued, startsMs: [...startsMs, nowMs] };
  return { start: true, alarmId: state.queued, state: started };
}

/** The training ended, well or not. */
export const endRetrain = (state: RetrainState): RetrainState => ({ ...state, running: null });
