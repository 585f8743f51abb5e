import { allFinite, allLabels, bothSides, sameLength } from "./refuse.ts";

export interface RocPoint {
  /** Cases with at least this score are positive; Infinity at the first point, where none is. */
  readonly threshold: number;
  readonly falsePositiveRate: number;
  readonly sensitivity: number;
}

export interface RocCurve {
  readonly points: readonly RocPoint[];
  readonly positives: number;
  readonly negatives: number;
}

/**
 * One point for every different score, from (0, 0) to (1, 1).
 *
 * @throws {RangeError} on lists that differ in length, NaN, or a side without cases
 */
export function rocCurve(truth: readonly number[], score: readonly number[]): RocCurve {
  sameLength(truth, score);
  allFinite(score);
  const { positives, negatives } = bothSides(truth);
  const points: RocPoint[] = [{ threshold: Infinity, falsePositiveRate: 0, sensitivity: 0 }];
  let hits = 0;
  let alarms = 0;
  for (const tied of tiesOf(score)) {
    for (const i of tied) {
      hits += truth[i] as number;
      alarms += 1 - (truth[i] as number);
    }
    points.push({
      threshold: score[tied[0] as number] as number,
      falsePositiveRate: alarms / negatives,
      sensitivity: hits / positives,
    });
  }
  return { points, positives, negatives };
}

export interface RiskCoverage {
  /** Share of cases decided, surest first, and the share of wrong ones among them. */
  readonly points: readonly { readonly coverage: number; readonly risk: number }[];
  readonly n: number;
}

/**
 * What is wrong among the surest cases.
 *
 * @param right 1 where the decision is right, 0 where it is wrong
 * @param sureness higher means surer; any scale. Equal ones make one point, since no order among them is known.
 * @throws {RangeError} on lists that differ in length or NaN
 * @see Geifman and El-Yaniv 2017
 */
export function riskCoverageCurve(right: readonly number[], sureness: readonly number[]): RiskCoverage {
  sameLength(right, sureness);
  allLabels(right, 2);
  allFinite(sureness);
  const n = right.length;
  let seen = 0;
  let wrong = 0;
  const points = tiesOf(sureness).map((tied) => {
    seen += tied.length;
    for (const i of tied) wrong += 1 - (right[i] as number);
    return { coverage: seen / n, risk: wrong / seen };
  });
  return { points, n };
}

/** Accuracy when a share of cases goes to the fine reader. */
export interface DeferralPoint {
  readonly escalated: number;
  readonly accuracy: number;
}

export interface DeferralCurve {
  /** The fast reader's least sure cases first. */
  readonly byConfidence: readonly DeferralPoint[];
  /** What escalating by chance would give. */
  readonly random: readonly DeferralPoint[];
  /** The best any rule could do: first the cases that only the fine reader has right, last those only it has wrong. */
  readonly oracle: readonly DeferralPoint[];
  readonly n: number;
}

/**
 * @param fastRight 1 where the fast reader is right, 0 where it is wrong
 * @param fineRight the same of what is decided after an escalation
 * @param sureness of the fast reader; higher means surer
 * @throws {RangeError} on lists that differ in length or NaN
 * @see Jitkrittum et al. 2023
 */
export function deferralCurve(
  fastRight: readonly number[],
  fineRight: readonly number[],
  sureness: readonly number[],
): DeferralCurve {
  sameLength(fastRight, fineRight, sureness);
  allLabels(fastRight, 2);
  allLabels(fineRight, 2);
  allFinite(sureness);
  const n = fastRight.length;
  const start = fastRight.reduce((sum, each) => sum + each, 0);
  const gains = fastRight.map((each, i) => (fineRight[i] as number) - each);
  const walk = (order: readonly (readonly number[])[]): DeferralPoint[] => {
    let escalated = 0;
    let right = start;
    const points = [{ escalated: 0, accuracy: start / n }];
    for (const tied of order) {
      escalated += tied.length;
      for (const i of tied) right += gains[i] as number;
      points.push({ escalated: escalated / n, accuracy: right / n });
    }
    return points;
  };
  const byConfidence = walk(tiesOf(sureness.map((each) => -each)));
  return {
    byConfidence,
    random: [byConfidence[0] as DeferralPoint, byConfidence.at(-1) as DeferralPoint],
    oracle: walk(tiesOf(gains)),
    n,
  };
}

/** Indices by falling value; equal values together. */
function tiesOf(values: readonly number[]): number[][] {
  const order = values.map((_, i) => i).sort((i, j) => (values[j] as number) - (values[i] as number));
  const out: number[][] = [];
  for (const i of order) {
    const last = out.at(-1);
    if (last !== undefined && values[last[0] as number] === values[i]) last.push(i);
    else out.push([i]);
  }
  return out;
}
