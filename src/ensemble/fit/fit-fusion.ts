import type { Band } from "../../contracts/pack.ts";
import { allFinite, bothSides, sameLength } from "../metrics/refuse.ts";
import { type Curvature, logisticLoss, minimiseConvex } from "./newton.ts";

export type Fusion = Band["fuse"];

/** Calibrated log-odds of both readers on the same cases, best cross-fitted; truth is 1 or 0. */
export interface TwoReaders {
  readonly fast: readonly number[];
  readonly fine: readonly number[];
  readonly truth: readonly number[];
}

/** Pulls towards the fine reader alone that are tried, strongest first. */
const ridges = [10, 3, 1, 0.3, 0.1, 0.03, 0.01, 0.003] as const;
const fineAlone = [0, 0, 1] as const;
const digits = 5;

/**
 * Least log loss a case of `w0 + w1 * fast + w2 * fine`, plus `ridge` times the squared distance to the fine reader
 * alone (0, 0, 1). Neither reader may count against itself: w1, w2 >= 0.
 *
 * @throws {RangeError} on lists that differ in length, NaN, or a side without cases
 */
export function fitFusion(readers: TwoReaders, ridge: number): Fusion {
  checked(readers);
  if (!(ridge > 0)) throw new RangeError(`${ridge} pulls nowhere`);
  const { fast, fine, truth } = readers;
  const plain = logisticLoss([fast.map(() => 1), fast, fine], truth);
  const loss = (weights: readonly number[]): Curvature => pulled(plain(weights), weights, ridge);
  // The loss is strictly convex: the best allowed point is the free optimum of the face it lies on, so all are tried.
  const faces = [
    { start: [0, 0, 1], free: [true, true, true] },
    { start: [0, 0, 1], free: [true, false, true] },
    { start: [0, 0, 0], free: [true, true, false] },
    { start: [0, 0, 0], free: [true, false, false] },
  ];
  const [best] = faces
    .map(({ start, free }) => minimiseConvex(loss, start, free))
    .filter(({ weights }) => (weights[1] as number) >= 0 && (weights[2] as number) >= 0)
    .sort((one, other) => one.loss - other.loss);
  const [w0 = 0, w1 = 0, w2 = 0] = (best?.weights ?? fineAlone).map((each) => Number(each.toFixed(digits)));
  return { w0, w1, w2 };
}

export interface ChosenFusion {
  readonly fusion: Fusion;
  readonly ridge: number;
  /** Cross-fitted, nats a case. */
  readonly logLoss: number;
}

/**
 * The fusion with the ridge of the lowest cross-fitted log loss; on a tie the stronger pull towards fine alone.
 *
 * @param fold of each case; a group lies in one fold
 * @throws {RangeError} as `fitFusion`, and with fewer than two folds
 */
export function chooseFusion(readers: TwoReaders, fold: readonly number[]): ChosenFusion {
  checked(readers);
  sameLength(readers.truth, fold);
  if (new Set(fold).size < 2) throw new RangeError("cross-fitting needs two folds");
  let ridge: number = ridges[0];
  let logLoss = Infinity;
  for (const tried of ridges) {
    const loss = crossFittedLoss(readers, fold, tried);
    // Six digits: a pull is not given up for less.
    if (Number(loss.toFixed(6)) >= Number(logLoss.toFixed(6))) continue;
    ridge = tried;
    logLoss = loss;
  }
  return { fusion: fitFusion(readers, ridge), ridge, logLoss };
}

function crossFittedLoss({ fast, fine, truth }: TwoReaders, fold: readonly number[], ridge: number): number {
  let total = 0;
  for (const k of new Set(fold)) {
    const rest = (_: number, i: number): boolean => fold[i] !== k;
    const others = { fast: fast.filter(rest), fine: fine.filter(rest), truth: truth.filter(rest) };
    const { w0, w1, w2 } = fitFusion(others, ridge);
    for (let i = 0; i < fold.length; i++) {
      if (fold[i] !== k) continue;
      const z = w0 + w1 * (fast[i] as number) + w2 * (fine[i] as number);
      total += Math.max(0, z) + Math.log1p(Math.exp(-Math.abs(z))) - (truth[i] as number) * z;
    }
  }
  return total / fold.length;
}

function pulled({ loss, gradient, hessian }: Curvature, weights: readonly number[], ridge: number): Curvature {
  const away = weights.map((each, i) => each - (fineAlone[i] as number));
  return {
    loss: loss + ridge * away.reduce((sum, each) => sum + each * each, 0),
    gradient: gradient.map((each, i) => each + 2 * ridge * (away[i] as number)),
    hessian: hessian.map((row, i) => row.map((each, j) => (i === j ? each + 2 * ridge : each))),
  };
}

function checked({ fast, fine, truth }: TwoReaders): void {
  sameLength(fast, fine, truth);
  allFinite(fast);
  allFinite(fine);
  bothSides(truth);
}
