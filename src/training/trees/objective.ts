/** What the trees are to learn of each row. */
export type Truth =
  /** 0 or 1 for each row; one output, its log-odds. */
  | { readonly objective: "binary"; readonly labels: ArrayLike<number> }
  /** A label below `outputs` for each row; the outputs are logits of one choice. */
  | { readonly objective: "softmax"; readonly outputs: number; readonly labels: ArrayLike<number> }
  /** 0 or 1 for each row and output, [n, outputs]; the outputs are log-odds of their own (findings, or grades >= k). */
  | { readonly objective: "outputs"; readonly outputs: number; readonly targets: ArrayLike<number> };

/** A loss with its derivatives. Scores and derivatives are [outputs, n]. */
export interface Objective {
  readonly outputs: number;
  /** The loss in LightGBM's words. */
  readonly text: string;
  /** The best constant score of each output. */
  readonly start: Float64Array;
  /** Whether there is anything to learn: an output all of whose rows agree stays constant. */
  readonly varied: readonly boolean[];
  /** Writes the first and second derivatives of the first `count` rows named. */
  derive(scores: Float64Array, rows: Uint32Array, count: number, gradient: Float64Array, hessian: Float64Array): void;
}

/** The least share an output starts from, so that a start is finite. @see LightGBM kEpsilon */
const shareMin = 1e-15;

/**
 * @param weight of each row; each 1 when absent
 * @throws {RangeError} when a truth or weight is missing, or none
 * @see LightGBM src/objective/binary_objective.hpp, multiclass_objective.hpp
 */
export function objectiveOf(truth: Truth, n: number, weight?: ArrayLike<number>): Objective {
  const weights = Float64Array.from(weight ?? { length: n }, (each: unknown) =>
    weight === undefined ? 1 : Number(each),
  );
  if (weights.length !== n || !weights.every((each) => each > 0 && Number.isFinite(each)))
    throw new RangeError(`${n} positive weights are wanted`);
  if (truth.objective === "softmax") return softmax(whole(truth.labels, n, truth.outputs), truth.outputs, weights);
  const outputs = truth.objective === "binary" ? 1 : truth.outputs;
  const given = truth.objective === "binary" ? truth.labels : truth.targets;
  return logLosses(whole(given, n * outputs, 2), outputs, weights);
}

function whole(values: ArrayLike<number>, length: number, below: number): Uint8Array {
  const list = Uint8Array.from(values);
  if (!Number.isInteger(below) || below < 2 || below > 256 || length === 0 || list.length !== length)
    throw new RangeError(`${length} labels are wanted, not ${values.length}`);
  if (list.some((each, i) => each !== values[i] || each >= below))
    throw new RangeError(`a label is not below ${below}`);
  return list;
}

function logLosses(rowMajor: Uint8Array, outputs: number, weights: Float64Array): Objective {
  const n = weights.length;
  const targets = Uint8Array.from(rowMajor, (_, i) => rowMajor[(i % n) * outputs + Math.floor(i / n)] as number);
  const total = weights.reduce((sum, each) => sum + each, 0);
  const shares = Array.from({ length: outputs }, (_, k) =>
    weights.reduce((sum, each, i) => sum + each * (targets[k * n + i] as number), 0),
  ).map((sum) => Math.min(Math.max(sum / total, shareMin), 1 - shareMin));
  return {
    outputs,
    text: outputs === 1 ? "binary sigmoid:1" : `multiclassova num_class:${outputs} sigmoid:1`,
    start: Float64Array.from(shares, (share) => Math.log(share / (1 - share))),
    varied: shares.map((_, k) => new Set(targets.subarray(k * n, (k + 1) * n)).size > 1),
    derive(scores, rows, count, gradient, hessian) {
      for (let k = 0; k < outputs; k++)
        for (let i = 0; i < count; i++) {
          const row = rows[i] as number;
          const at = k * n + row;
          const share = 1 / (1 + Math.exp(-(scores[at] as number)));
          const w = weights[row] as number;
          gradient[at] = (share - (targets[at] as number)) * w;
          hessian[at] = share * (1 - share) * w;
        }
    },
  };
}

function softmax(labels: Uint8Array, outputs: number, weights: Float64Array): Objective {
  const n = weights.length;
  const total = weights.reduce((sum, each) => sum + each, 0);
  const sums = new Float64Array(outputs);
  for (let i = 0; i < n; i++)
    sums[labels[i] as number] = (sums[labels[i] as number] as number) + (weights[i] as number);
  const powers = new Float64Array(outputs);
  /** Friedman's factor for the redundant one of `outputs` logits, as LightGBM takes it. */
  const factor = outputs / (outputs - 1);
  return {
    outputs,
    text: `multiclass num_class:${outputs}`,
    start: sums.map((sum) => Math.log(Math.max(sum / total, shareMin))),
    varied: Array.from(sums, (_, k) => labels.includes(k) && labels.some((label) => label !== k)),
    derive(scores, rows, count, gradient, hessian) {
      for (let i = 0; i < count; i++) {
        const row = rows[i] as number;
        const w = weights[row] as number;
        let most = Number.NEGATIVE_INFINITY;
        for (let k = 0; k < outputs; k++) most = Math.max(most, scores[k * n + row] as number);
        let sum = 0;
        for (let k = 0; k < outputs; k++) {
          powers[k] = Math.exp((scores[k * n + row] as number) - most);
          sum += powers[k] as number;
        }
        for (let k = 0; k < outputs; k++) {
          const share = (powers[k] as number) / sum;
          gradient[k * n + row] = (share - (labels[row] === k ? 1 : 0)) * w;
          hessian[k * n + row] = factor * share * (1 - share) * w;
        }
      }
    },
  };
}
