import type { Calibration, Question } from "../contracts/pack.ts";
import { targetsOf } from "./targets.ts";

const iterations = 400;
const rate = 0.03;

/**
 * Slope and intercepts that make raw scores of several outputs probabilities, by least weighted log loss: one slope for
 * all, so that the order within an output is kept, and an intercept an output. Classes get no intercepts: their readers
 * learn with all classes weighing the same, and the shares of a data set are not those of a clinic.
 *
 * @param scores one row an image
 */
export function fitEvidence(
  scores: readonly (readonly number[])[],
  labels: readonly (readonly number[])[],
  weights: Float32Array,
  question: Question,
): { readonly slope: number; readonly intercept: number[]; readonly method: Calibration["method"] } {
  const outputs = (scores[0] as readonly number[]).length;
  const targets = targetsOf(labels, question);
  const free = question.task !== "classes";
  const parameters = new Float64Array(outputs + 1);
  const first = new Float64Array(outputs + 1);
  const second = new Float64Array(outputs + 1);
  for (let step = 1; step <= iterations; step++) {
    const gradient = slopeAndIntercepts(scores, targets, weights, parameters, question.task === "classes");
    for (let i = 0; i <= outputs; i++) {
      if (i > 0 && !free) continue;
      const g = gradient[i] as number;
      first[i] = 0.9 * (first[i] as number) + 0.1 * g;
      second[i] = 0.999 * (second[i] as number) + 0.001 * g * g;
      const m = (first[i] as number) / (1 - 0.9 ** step);
      const v = (second[i] as number) / (1 - 0.999 ** step);
      parameters[i] = (parameters[i] as number) - (rate * m) / (Math.sqrt(v) + 1e-9);
    }
  }
  const round = (value: number): number => Math.round(value * 1e6) / 1e6;
  return {
    method: free ? "platt" : "temperature",
    slope: round(Math.exp(parameters[0] as number)),
    intercept: [...parameters.subarray(1)].map(round),
  };
}

/** Gradient of the mean weighted log loss; the slope is held as its logarithm. */
function slopeAndIntercepts(
  scores: readonly (readonly number[])[],
  targets: Float32Array,
  weights: Float32Array,
  parameters: Float64Array,
  softmax: boolean,
): Float64Array {
  const outputs = parameters.length - 1;
  const slope = Math.exp(parameters[0] as number);
  const gradient = new Float64Array(parameters.length);
  const total = weights.reduce((sum, each) => sum + each, 0);
  for (const [i, row] of scores.entries()) {
    const evidence = row.map((raw, k) => slope * raw + (parameters[k + 1] as number));
    const top = softmax ? Math.max(...evidence) : 0;
    const parts = evidence.map((each) => (softmax ? Math.exp(each - top) : 1 / (1 + Math.exp(-each))));
    const sum = softmax ? parts.reduce((all, each) => all + each, 0) : 1;
    for (let k = 0; k < outputs; k++) {
      const error =
        (((parts[k] as number) / sum - (targets[i * outputs + k] as number)) * (weights[i] as number)) / total;
      gradient[0] = (gradient[0] as number) + error * slope * (row[k] as number);
      gradient[k + 1] = (gradient[k + 1] as number) + error;
    }
  }
  return gradient;
}
