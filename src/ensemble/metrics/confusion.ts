import { bootstrap, type Figure, type Resampling, wilson } from "./intervals.ts";
import { allFinite, allLabels, bothSides, sameLength } from "./refuse.ts";

/** Cases by true label (row) and decided label (column). */
export type Confusion = readonly (readonly number[])[];

/**
 * @param truth label index of each case
 * @param decided label index that each case was given
 * @throws {RangeError} on lists that differ in length or an index that is no label
 */
export function confusionOf(truth: readonly number[], decided: readonly number[], classes: number): Confusion {
  sameLength(truth, decided);
  allLabels(truth, classes);
  allLabels(decided, classes);
  return count(truth, decided, classes);
}

export function accuracy(truth: readonly number[], decided: readonly number[]): Figure {
  sameLength(truth, decided);
  allFinite(truth);
  allFinite(decided);
  return wilson(truth.filter((label, i) => label === decided[i]).length, truth.length);
}

/**
 * Recall of each label in order: of the cases that carry it, the share that was given it.
 *
 * @throws {RangeError} when a label has no case
 */
export function recalls(truth: readonly number[], decided: readonly number[], classes: number): Figure[] {
  return confusionOf(truth, decided, classes).map((row, label) => wilson(row[label] as number, total(row)));
}

/** @throws {RangeError} when there is no positive or no negative case */
export function sensitivityAndSpecificity(
  truth: readonly number[],
  decided: readonly number[],
): { readonly sensitivity: Figure; readonly specificity: Figure } {
  const [specificity, sensitivity] = recalls(truth, decided, 2) as [Figure, Figure];
  return { sensitivity, specificity };
}

/**
 * Mean of all recalls, with a bootstrap interval.
 *
 * @throws {RangeError} when a label has no case
 */
export function balancedAccuracy(
  truth: readonly number[],
  decided: readonly number[],
  classes: number,
  resampling: Resampling = {},
): Figure {
  const whole = confusionOf(truth, decided, classes);
  if (whole.some((row) => total(row) === 0)) throw new RangeError("a label has no case");
  return overMatrix(truth, decided, classes, resampling, (matrix) => {
    const shares = matrix.map((row, label) => (row[label] as number) / total(row));
    return shares.reduce((sum, share) => sum + share, 0) / classes;
  });
}

/**
 * Cohen's kappa with squared distances between grades as weights, with a bootstrap interval: 1 is perfect, 0 is chance.
 *
 * @param classes grades in rising order; a grade without a case is allowed
 * @throws {RangeError} when all cases carry one grade and were given it: there is nothing to agree about
 * @see Cohen 1968
 */
export function quadraticWeightedKappa(
  truth: readonly number[],
  decided: readonly number[],
  classes: number,
  resampling: Resampling = {},
): Figure {
  if (Number.isNaN(kappa(confusionOf(truth, decided, classes)))) throw new RangeError("only one grade among all cases");
  return overMatrix(truth, decided, classes, resampling, kappa);
}

/** A sample to read a threshold from, or to measure it on; truth is 1 or 0, a higher score more suspicious. */
export interface Scored {
  readonly truth: readonly number[];
  readonly score: readonly number[];
}

/** A case is positive above the threshold. */
export interface FixedSpecificity {
  readonly threshold: number;
  readonly sensitivity: Figure;
  /** What became of the wanted specificity on the cases measured. */
  readonly specificity: Figure;
}

/**
 * Sensitivity at the lowest threshold that keeps at least this specificity. The threshold is taken from one sample and
 * measured on another: on one and the same it would flatter.
 */
export function sensitivityAt(specificity: number, chosenOn: Scored, measuredOn: Scored): FixedSpecificity {
  if (!(specificity > 0 && specificity <= 1)) throw new RangeError(`${specificity} is not a specificity`);
  for (const { truth, score } of [chosenOn, measuredOn]) {
    sameLength(truth, score);
    allFinite(score);
    bothSides(truth);
  }
  const negatives = chosenOn.score.filter((_, i) => chosenOn.truth[i] === 0).sort((one, other) => one - other);
  // 0.9 * 30 is 27.000000000000004 and must still be 27.
  const threshold = negatives[Math.ceil(specificity * negatives.length - 1e-9) - 1] as number;
  const decided = measuredOn.score.map((score) => (score > threshold ? 1 : 0));
  return { threshold, ...sensitivityAndSpecificity(measuredOn.truth, decided) };
}

const total = (row: readonly number[]): number => row.reduce((sum, each) => sum + each, 0);

function count(truth: readonly number[], decided: readonly number[], classes: number, cases?: Int32Array): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const n = cases?.length ?? truth.length;
  for (let k = 0; k < n; k++) {
    const i = cases === undefined ? k : (cases[k] as number);
    const row = matrix[truth[i] as number] as number[];
    row[decided[i] as number] = (row[decided[i] as number] as number) + 1;
  }
  return matrix;
}

const overMatrix = (
  truth: readonly number[],
  decided: readonly number[],
  classes: number,
  resampling: Resampling,
  statistic: (matrix: Confusion) => number,
): Figure => bootstrap((cases) => statistic(count(truth, decided, classes, cases)), truth.length, resampling);

/** NaN when chance alone would never disagree. */
function kappa(matrix: Confusion): number {
  const rows = matrix.map(total);
  const columns = rows.map((_, j) => total(matrix.map((row) => row[j] as number)));
  const n = total(rows);
  let observed = 0;
  let expected = 0;
  for (const [i, row] of matrix.entries())
    for (const [j, cell] of row.entries()) {
      const distance = (i - j) ** 2;
      observed += distance * cell;
      expected += (distance * (rows[i] as number) * (columns[j] as number)) / n;
    }
  return 1 - observed / expected;
}
