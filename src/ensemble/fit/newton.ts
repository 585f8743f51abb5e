/** A convex function at a point. */
export interface Curvature {
  readonly loss: number;
  readonly gradient: readonly number[];
  readonly hessian: readonly (readonly number[])[];
}

const stepsMax = 200;
const halvingsMax = 60;
const slopeSmall = 1e-12;

/**
 * The lowest point of a smooth convex function of a few weights, by Newton's method with halved steps.
 *
 * @param free which weights may move; the others stay as they start
 */
export function minimiseConvex(
  at: (weights: readonly number[]) => Curvature,
  start: readonly number[],
  free: readonly boolean[] = start.map(() => true),
): { readonly weights: readonly number[]; readonly loss: number } {
  let weights = [...start];
  let here = at(weights);
  const moving = start.flatMap((_, i) => (free[i] ? [i] : []));
  for (let step = 0; step < stepsMax; step++) {
    const gradient = moving.map((i) => here.gradient[i] as number);
    if (Math.max(0, ...gradient.map(Math.abs)) < slopeSmall) break;
    const move = solve(
      moving.map((i) => moving.map((j) => here.hessian[i]?.[j] as number)),
      gradient,
    );
    const next = lower(at, weights, moving, move, here.loss);
    if (next === undefined) break;
    weights = next.weights;
    here = next.here;
  }
  return { weights, loss: here.loss };
}

function lower(
  at: (weights: readonly number[]) => Curvature,
  weights: readonly number[],
  moving: readonly number[],
  move: readonly number[],
  loss: number,
): { weights: number[]; here: Curvature } | undefined {
  for (let halving = 0, part = 1; halving < halvingsMax; halving++, part /= 2) {
    const tried = [...weights];
    for (const [k, i] of moving.entries()) tried[i] = (tried[i] as number) - part * (move[k] as number);
    const here = at(tried);
    if (here.loss < loss) return { weights: tried, here };
  }
  return undefined;
}

/** Gauss with a small ridge on the diagonal: a flat direction gets a long step, which the halving then shortens. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const n = right.length;
  const rows = matrix.map((row, i) => [...row.map((each, j) => (i === j ? each + 1e-12 : each)), right[i] as number]);
  const cell = (i: number, j: number): number => rows[i]?.[j] as number;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++) if (Math.abs(cell(i, column)) > Math.abs(cell(pivot, column))) pivot = i;
    [rows[column], rows[pivot]] = [rows[pivot] as number[], rows[column] as number[]];
    for (let i = column + 1; i < n; i++) {
      const factor = cell(i, column) / cell(column, column);
      for (let j = column; j <= n; j++) (rows[i] as number[])[j] = cell(i, j) - factor * cell(column, j);
    }
  }
  const out = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let rest = cell(i, n);
    for (let j = i + 1; j < n; j++) rest -= cell(i, j) * (out[j] as number);
    out[i] = rest / cell(i, i);
  }
  return out;
}

/**
 * Mean binary log loss of log-odds that are a weighted sum of columns, with its derivatives.
 *
 * @param columns one list a weight, one value a case
 */
export function logisticLoss(
  columns: readonly (readonly number[])[],
  truth: readonly number[],
): (weights: readonly number[]) => Curvature {
  const n = truth.length;
  return (weights) => {
    let loss = 0;
    const gradient = weights.map(() => 0);
    const hessian = weights.map(() => weights.map(() => 0));
    for (let i = 0; i < n; i++) {
      let z = 0;
      for (const [j, column] of columns.entries()) z += (weights[j] as number) * (column[i] as number);
      const e = Math.exp(-Math.abs(z));
      loss += Math.max(0, z) + Math.log1p(e) - (truth[i] as number) * z;
      const p = z >= 0 ? 1 / (1 + e) : e / (1 + e);
      const error = p - (truth[i] as number);
      // e / (1 + e)^2 is p (1 - p) without the loss of digits near 1.
      const weight = e / (1 + e) ** 2;
      for (const [j, column] of columns.entries()) {
        const x = column[i] as number;
        gradient[j] = (gradient[j] as number) + (error * x) / n;
        const row = hessian[j] as number[];
        for (let k = 0; k <= j; k++) row[k] = (row[k] as number) + (weight * x * (columns[k]?.[i] as number)) / n;
      }
    }
    for (let j = 0; j < weights.length; j++)
      for (let k = 0; k < j; k++) (hessian[k] as number[])[j] = hessian[j]?.[k] as number;
    return { loss: loss / n, gradient, hessian };
  };
}
