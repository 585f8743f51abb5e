import type { Calibration } from "../../contracts/pack.ts";
import { meanLogLoss } from "../metrics/calibration-error.ts";
import { allFinite, allLabels, bothSides, sameLength } from "../metrics/refuse.ts";
import { sigmoid } from "../probability.ts";
import { type Curvature, logisticLoss, minimiseConvex } from "./newton.ts";

export type CalibrationMethod = Calibration["method"];

export interface FittedCalibration {
  readonly method: CalibrationMethod;
  /** Positive: calibration keeps the order of scores. */
  readonly slope: number;
  readonly intercept: number;
}

/** The pull towards the wrong order can only flatten a score, never turn it round. */
const slopeMin = 1e-6;
/**
 * Scores that separate the classes without error would have an infinite slope. No finite sample supports log-odds
 * beyond ±16 (`logit`), so that is where a score of mean size ends.
 */
const logOddsMax = 16;
const digits = 6;
const rounded = (value: number): number => Number(value.toFixed(digits));

/**
 * Least binary log loss of `sigmoid(slope * raw + intercept)`; a temperature has no intercept.
 *
 * @param raw tree margins or network logits, never probabilities
 * @param truth 1 for a positive case, 0 for a negative one
 * @throws {RangeError} on lists that differ in length, NaN, or a side without cases
 * @see Platt 1999; Guo et al. 2017
 */
export function fitCalibration(
  method: CalibrationMethod,
  raw: readonly number[],
  truth: readonly number[],
): FittedCalibration {
  checked(raw, truth);
  const loss = logisticLoss([raw, raw.map(() => 1)], truth);
  const offset = method === "platt";
  const [slope] = minimiseConvex(loss, [1, 0], [true, offset]).weights as [number, number];
  const held = within(slope, slopeMaxOf(raw));
  // The loss is convex: with the slope at its bound, the best intercept is the best of all that is allowed.
  const { weights } =
    slope === held && offset ? minimiseConvex(loss, [1, 0]) : minimiseConvex(loss, [held, 0], [false, offset]);
  return { method, slope: rounded(Math.max(slopeMin, weights[0] as number)), intercept: rounded(weights[1] as number) };
}

/**
 * Least log loss of `softmax(slope * scores)`: one temperature for all labels, so that no label gains on another.
 *
 * @param scores one list a case, one logit a label
 * @param truth label index of each case
 * @throws {RangeError} on lists that differ in length, NaN, or a label without cases
 * @see Guo et al. 2017
 */
export function fitClassTemperature(
  scores: readonly (readonly number[])[],
  truth: readonly number[],
): FittedCalibration {
  sameLength(scores, truth);
  const classes = (scores[0] as readonly number[]).length;
  allLabels(truth, classes);
  if (new Set(truth).size < Math.max(2, classes)) throw new RangeError("a label has no case");
  for (const row of scores) {
    sameLength(row, scores[0] as readonly number[]);
    allFinite(row);
  }
  const [slope] = minimiseConvex(softmaxLoss(scores, truth), [1]).weights as [number];
  const gaps = scores.map((row) => Math.max(...row) - Math.min(...row));
  return { method: "temperature", slope: rounded(within(slope, slopeMaxOf(gaps))), intercept: 0 };
}

/**
 * Log-odds of each case, calibrated on the other folds only.
 *
 * @param fold of each case; a group lies in one fold
 * @throws {RangeError} as `fitCalibration`, and with fewer than two folds
 */
export function crossFittedLogOdds(
  method: CalibrationMethod,
  raw: readonly number[],
  truth: readonly number[],
  fold: readonly number[],
): number[] {
  checked(raw, truth);
  sameLength(raw, fold);
  const folds = [...new Set(fold)];
  if (folds.length < 2) throw new RangeError("cross-fitting needs two folds");
  const out = new Array<number>(raw.length).fill(0);
  for (const k of folds) {
    const rest = (_: number, i: number): boolean => fold[i] !== k;
    const { slope, intercept } = fitCalibration(method, raw.filter(rest), truth.filter(rest));
    for (const [i, each] of raw.entries()) if (fold[i] === k) out[i] = slope * each + intercept;
  }
  return out;
}

export interface ChosenCalibration {
  readonly calibration: FittedCalibration;
  /** Cross-fitted log-odds by the chosen method: what the fusion and honest figures are made from. */
  readonly logOdds: readonly number[];
  /** Nats a case: of the raw scores, and cross-fitted for each method. */
  readonly logLoss: { readonly before: number } & Readonly<Record<CalibrationMethod, number>>;
}

/** The method with the lower cross-fitted log loss, fitted on all cases; a temperature when both are equal. */
export function chooseCalibration(
  raw: readonly number[],
  truth: readonly number[],
  fold: readonly number[],
): ChosenCalibration {
  const lossOf = (logOdds: readonly number[]): number => meanLogLoss(truth, logOdds.map(sigmoid));
  const temperature = crossFittedLogOdds("temperature", raw, truth, fold);
  const platt = crossFittedLogOdds("platt", raw, truth, fold);
  const logLoss = { before: lossOf(raw), temperature: lossOf(temperature), platt: lossOf(platt) };
  const method = logLoss.platt < logLoss.temperature ? "platt" : "temperature";
  return {
    calibration: fitCalibration(method, raw, truth),
    logOdds: method === "platt" ? platt : temperature,
    logLoss,
  };
}

function checked(raw: readonly number[], truth: readonly number[]): void {
  sameLength(raw, truth);
  allFinite(raw);
  bothSides(truth);
}

const within = (slope: number, slopeMax: number): number => Math.max(slopeMin, Math.min(slopeMax, slope));

function slopeMaxOf(raw: readonly number[]): number {
  const size = raw.reduce((sum, each) => sum + Math.abs(each), 0) / raw.length;
  return size === 0 ? 1 : logOddsMax / size;
}

function softmaxLoss(
  scores: readonly (readonly number[])[],
  truth: readonly number[],
): (weights: readonly number[]) => Curvature {
  const n = truth.length;
  return ([slope = 1]) => {
    let [loss, first, second] = [0, 0, 0];
    for (const [i, row] of scores.entries()) {
      const top = Math.max(...row.map((each) => slope * each));
      const parts = row.map((each) => Math.exp(slope * each - top));
      const sum = parts.reduce((total, each) => total + each, 0);
      const mean = parts.reduce((total, each, k) => total + each * (row[k] as number), 0) / sum;
      const square = parts.reduce((total, each, k) => total + each * (row[k] as number) ** 2, 0) / sum;
      const own = row[truth[i] as number] as number;
      loss += top + Math.log(sum) - slope * own;
      first += mean - own;
      second += square - mean * mean;
    }
    return { loss: loss / n, gradient: [first / n], hessian: [[second / n]] };
  };
}
