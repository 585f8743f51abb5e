import type { Task } from "../contracts/pack.ts";
import { Random } from "../contracts/random.ts";

/** A linear layer on the embedding. */
export interface LinearHead {
  readonly outputs: number;
  readonly width: number;
  /** Row by row, an output each. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

export interface HeadSettings {
  /** Passes over all rows. */
  readonly epochs: number;
  readonly rate: number;
  /** Pull of the weights to zero, per row. */
  readonly decay: number;
  readonly seed: number;
}

export const headSettings: HeadSettings = { epochs: 12, rate: 0.003, decay: 0.02, seed: 7 };

interface Rows {
  /** `n * width` values. */
  readonly values: Float32Array;
  readonly width: number;
  /** `n * outputs` values of 0 or 1. */
  readonly targets: Float32Array;
  readonly outputs: number;
  /** `n` values. */
  readonly weights: Float32Array;
}

const batchRows = 32;
const smoothing = 0.05;

/**
 * Fits logistic (or, for classes, softmax) regression by AdamW with a cosine rate on standardised embeddings; the
 * standardisation is folded into the layer. Its loss is convex: the seed changes digits, not the answer.
 *
 * @see Loshchilov and Hutter 2019 (AdamW)
 */
export function fitHead(rows: Rows, task: Task, settings: HeadSettings = headSettings): LinearHead {
  const { width, outputs, values, targets, weights } = rows;
  const n = weights.length;
  const { mean, scale } = standardisation(values, n, width);
  const parameters = new Float64Array(outputs * (width + 1));
  const first = new Float64Array(parameters.length);
  const second = new Float64Array(parameters.length);
  const gradient = new Float64Array(parameters.length);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const random = new Random(settings.seed, n);
  const row = new Float64Array(width);
  const error = new Float64Array(outputs);
  const steps = settings.epochs * Math.ceil(n / batchRows);
  let step = 0;
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    shuffle(order, random);
    for (let from = 0; from < n; from += batchRows) {
      const batch = order.subarray(from, from + batchRows);
      gradient.fill(0);
      for (const at of batch) {
        for (let j = 0; j < width; j++)
          row[j] = ((values[at * width + j] as number) - (mean[j] as number)) * (scale[j] as number);
        scoreInto(error, parameters, row, width);
        errorInto(error, targets, at * outputs, task);
        for (let k = 0; k < outputs; k++) {
          const push = ((error[k] as number) * (weights[at] as number)) / batch.length;
          const start = k * (width + 1);
          for (let j = 0; j < width; j++)
            gradient[start + j] = (gradient[start + j] as number) + push * (row[j] as number);
          gradient[start + width] = (gradient[start + width] as number) + push;
        }
      }
      step++;
      const rate = settings.rate * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
      adam(parameters, gradient, first, second, step, rate, settings.decay, width + 1);
    }
  }
  return folded(parameters, mean, scale, width, outputs);
}

function standardisation(values: Float32Array, n: number, width: number): { mean: Float64Array; scale: Float64Array } {
  const mean = new Float64Array(width);
  const scale = new Float64Array(width);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < width; j++) mean[j] = (mean[j] as number) + (values[i * width + j] as number) / n;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < width; j++)
      scale[j] = (scale[j] as number) + ((values[i * width + j] as number) - (mean[j] as number)) ** 2 / n;
  // A channel that never lights up in training must not shout when it first does.
  for (let j = 0; j < width; j++) scale[j] = 1 / Math.max(Math.sqrt(scale[j] as number), 0.05);
  return { mean, scale };
}

function shuffle(order: Int32Array, random: Random): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    const held = order[i] as number;
    order[i] = order[j] as number;
    order[j] = held;
  }
}

function scoreInto(out: Float64Array, parameters: Float64Array, row: Float64Array, width: number): void {
  for (let k = 0; k < out.length; k++) {
    const start = k * (width + 1);
    let sum = parameters[start + width] as number;
    for (let j = 0; j < width; j++) sum += (parameters[start + j] as number) * (row[j] as number);
    out[k] = sum;
  }
}

/** Scores to probability minus smoothed target. */
function errorInto(scores: Float64Array, targets: Float32Array, at: number, task: Task): void {
  const classes = task === "classes";
  const rest = classes ? smoothing / scores.length : smoothing / 2;
  const top = classes ? Math.max(...scores) : 0;
  let sum = 0;
  for (let k = 0; k < scores.length; k++) {
    const score = scores[k] as number;
    scores[k] = classes ? Math.exp(score - top) : 1 / (1 + Math.exp(-score));
    sum += scores[k] as number;
  }
  for (let k = 0; k < scores.length; k++)
    scores[k] = (scores[k] as number) / (classes ? sum : 1) - ((targets[at + k] as number) * (1 - smoothing) + rest);
}

function adam(
  parameters: Float64Array,
  gradient: Float64Array,
  first: Float64Array,
  second: Float64Array,
  step: number,
  rate: number,
  decay: number,
  stride: number,
): void {
  const one = 1 - 0.9 ** step;
  const two = 1 - 0.999 ** step;
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i] as number;
    const m = 0.9 * (first[i] as number) + 0.1 * g;
    const v = 0.999 * (second[i] as number) + 0.001 * g * g;
    first[i] = m;
    second[i] = v;
    const pull = i % stride === stride - 1 ? 0 : decay * (parameters[i] as number);
    parameters[i] = (parameters[i] as number) - rate * (m / one / (Math.sqrt(v / two) + 1e-8) + pull);
  }
}

function folded(
  parameters: Float64Array,
  mean: Float64Array,
  scale: Float64Array,
  width: number,
  outputs: number,
): LinearHead {
  const weights = new Float32Array(outputs * width);
  const bias = new Float32Array(outputs);
  for (let k = 0; k < outputs; k++) {
    let shift = parameters[k * (width + 1) + width] as number;
    for (let j = 0; j < width; j++) {
      const weight = (parameters[k * (width + 1) + j] as number) * (scale[j] as number);
      weights[k * width + j] = weight;
      shift -= weight * (mean[j] as number);
    }
    bias[k] = shift;
  }
  return { outputs, width, weights, bias };
}

/** Raw scores of one embedding. */
export function headScores(head: LinearHead, values: Float32Array, offset: number): number[] {
  return Array.from(head.bias, (bias, k) => {
    let sum = bias;
    for (let j = 0; j < head.width; j++)
      sum += (head.weights[k * head.width + j] as number) * (values[offset + j] as number);
    return sum;
  });
}
