import { type Figure, figure, wilsonInterval } from "./intervals.ts";
import { normalCdf, reach } from "./normal.ts";
import { allFinite, bothSides, sameLength } from "./refuse.ts";

/** For each positive the share of negatives below it, for each negative the share of positives above it (ties: half). */
interface Placements {
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

/**
 * Area under the ROC curve with DeLong's variance on the logit scale, which keeps the interval within 0 to 1.
 *
 * Where that variance is zero (readers that are never wrong, or never say anything) DeLong knows nothing: then the
 * interval is Wilson's for as many independent pairs as the smaller class has cases, which is wide and honest.
 *
 * @param truth 1 for a positive case, 0 for a negative one
 * @param score higher means more suspicious; any scale
 * @throws {RangeError} on lists that differ in length, NaN, or fewer than two cases of a class
 * @see DeLong, DeLong and Clarke-Pearson 1988; Sun and Xu 2014 (by ranks)
 */
export function areaUnderCurve(truth: readonly number[], score: readonly number[], confidence = 0.95): Figure {
  const { positives, negatives } = placements(truth, score);
  const area = mean(positives);
  const variance =
    covariance(positives, positives) / positives.length + covariance(negatives, negatives) / negatives.length;
  if (variance === 0 || area <= 0 || area >= 1) {
    const [low, high] = wilsonInterval(area, Math.min(positives.length, negatives.length), confidence);
    return figure(area, low, high, truth.length, "wilson, independent pairs");
  }
  const centre = Math.log(area / (1 - area));
  const half = (reach(confidence) * Math.sqrt(variance)) / (area * (1 - area));
  const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
  return figure(area, logistic(centre - half), logistic(centre + half), truth.length, "delong, logit scale");
}

export interface AreaComparison {
  /** Area of the first reader minus area of the second. */
  readonly difference: Figure;
  /** Two-sided, of "both areas are equal". */
  readonly pValue: number;
}

/**
 * DeLong's test of two readers that read the same cases.
 *
 * @throws {RangeError} as `areaUnderCurve`, and when the readers differ but their difference has no variance
 */
export function compareAreas(
  truth: readonly number[],
  first: readonly number[],
  second: readonly number[],
  confidence = 0.95,
): AreaComparison {
  const one = placements(truth, first);
  const other = placements(truth, second);
  const spread = (side: keyof Placements): number =>
    (covariance(one[side], one[side]) + covariance(other[side], other[side]) - 2 * covariance(one[side], other[side])) /
    one[side].length;
  const difference = mean(one.positives) - mean(other.positives);
  // Equal readers leave a rest of rounding, which must not become a standard error.
  const error = Math.sqrt(Math.max(0, spread("positives") + spread("negatives")));
  const known = error > 1e-12;
  if (!known && Math.abs(difference) > 1e-12)
    throw new RangeError("the readers' areas differ, but too few cases were misplaced to say how surely");
  const half = known ? reach(confidence) * error : 0;
  return {
    difference: figure(
      difference,
      Math.max(-1, difference - half),
      Math.min(1, difference + half),
      truth.length,
      "delong, paired",
    ),
    pValue: known ? 2 * normalCdf(-Math.abs(difference) / error) : 1,
  };
}

function placements(truth: readonly number[], score: readonly number[]): Placements {
  sameLength(truth, score);
  allFinite(score);
  const counts = bothSides(truth);
  if (Math.min(counts.positives, counts.negatives) < 2)
    throw new RangeError("a variance needs two cases of each class");
  const among = midRanks(score);
  const share = (side: number, others: number): number[] => {
    const own = truth.flatMap((each, i) => (each === side ? [i] : []));
    const within = midRanks(own.map((i) => score[i] as number));
    return own.map((i, k) => ((among[i] as number) - (within[k] as number)) / others);
  };
  return {
    positives: share(1, counts.negatives),
    negatives: share(0, counts.positives).map((below) => 1 - below),
  };
}

/** Rank of each value from 1; equal values share the mean of theirs. */
function midRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => (values[i] as number) - (values[j] as number));
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to++;
    for (let at = from; at < to; at++) ranks[order[at] as number] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

function covariance(one: readonly number[], other: readonly number[]): number {
  const [a, b] = [mean(one), mean(other)];
  return one.reduce((sum, each, i) => sum + (each - a) * ((other[i] as number) - b), 0) / (one.length - 1);
}
