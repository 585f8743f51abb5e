import { Random } from "../../contracts/random.ts";
import { binsMax } from "./settings.ts";

/** Features as small numbers: the bin of a value says between which two thresholds it lies. */
export interface Bins {
  readonly n: number;
  readonly width: number;
  /** Bin of each value, [width, n]: a feature's bins lie together. */
  readonly index: Uint8Array;
  /** A value is in bin t or below exactly when it is <= thresholds[t]; one threshold less than there are bins. */
  readonly thresholds: readonly Float32Array[];
  /** Least and greatest value of each feature. */
  readonly ranges: readonly (readonly [least: number, greatest: number])[];
}

/** Rows the thresholds are chosen from; a quantile needs no more. */
const sampleMax = 50_000;

/** Features gathered in one go: as many float32 as a cache line holds. */
const columnsAtOnce = 16;

/**
 * Bins of equal numbers of rows, a bin for each value where there are few. Yields between the features.
 *
 * @param features float32 [n, width]
 * @throws {TypeError} when a value is not finite
 */
export function* binFeatures(features: Float32Array, width: number, bins: number, seed: number): Generator<void, Bins> {
  const n = features.length / width;
  const index = new Uint8Array(n * width);
  const thresholds: Float32Array[] = [];
  const ranges: [number, number][] = [];
  const sample = sampledRows(n, seed);
  const block = new Float32Array(columnsAtOnce * n);
  const sorted = new Float32Array(sample.length);
  for (let first = 0; first < width; first += columnsAtOnce) {
    const many = Math.min(columnsAtOnce, width - first);
    for (let row = 0; row < n; row++)
      for (let c = 0; c < many; c++) block[c * n + row] = features[row * width + first + c] as number;
    for (let c = 0; c < many; c++) {
      const column = block.subarray(c * n, (c + 1) * n);
      ranges.push(rangeOf(column, first + c));
      for (let i = 0; i < sample.length; i++) sorted[i] = column[sample[i] as number] as number;
      const chosen = thresholdsOf(sorted.sort(), bins);
      thresholds.push(chosen);
      assign(column, chosen, index, (first + c) * n);
    }
    yield;
  }
  return { n, width, index, thresholds, ranges };
}

function sampledRows(n: number, seed: number): Uint32Array {
  const rows = Uint32Array.from({ length: n }, (_, i) => i);
  if (n <= sampleMax) return rows;
  const random = new Random(seed, sampleMax);
  for (let i = 0; i < sampleMax; i++) {
    const other = i + Math.floor(random.next() * (n - i));
    [rows[i], rows[other]] = [rows[other] as number, rows[i] as number];
  }
  return rows.slice(0, sampleMax);
}

function rangeOf(column: Float32Array, feature: number): [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < column.length; row++) {
    const value = column[row] as number;
    if (!Number.isFinite(value)) throw new TypeError(`feature ${feature} of row ${row} is ${value}`);
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return [least, greatest];
}

/**
 * Cuts between neighbouring distinct values. A cut is rounded to float32, so that training and reading compare alike;
 * where the middle rounds up to the greater value, the smaller one is the cut.
 */
function thresholdsOf(sorted: Float32Array, bins: number): Float32Array {
  let values = 1;
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) values++;
  const each = values <= bins;
  const cuts: number[] = [];
  let start = 0;
  for (let i = 1; i < sorted.length && cuts.length < bins - 1; i++) {
    const low = sorted[i - 1] as number;
    const high = sorted[i] as number;
    const full = each || (i - start) * (bins - cuts.length) >= sorted.length - start;
    if (low === high || !full) continue;
    const middle = Math.fround((low + high) / 2);
    cuts.push(middle < high ? middle : low);
    start = i;
  }
  return Float32Array.from(cuts);
}

/** Six halvings without a branch, of 63 thresholds: those that are missing lie beyond every value. */
function assign(column: Float32Array, thresholds: Float32Array, index: Uint8Array, at: number): void {
  const cuts = new Float32Array(binsMax).fill(Number.POSITIVE_INFINITY);
  cuts.set(thresholds);
  const middle = cuts[31] as number;
  for (let row = 0; row < column.length; row++) {
    const value = column[row] as number;
    let bin = Number(value > middle) << 5;
    bin += Number(value > (cuts[bin + 15] as number)) << 4;
    bin += Number(value > (cuts[bin + 7] as number)) << 3;
    bin += Number(value > (cuts[bin + 3] as number)) << 2;
    bin += Number(value > (cuts[bin + 1] as number)) << 1;
    bin += Number(value > (cuts[bin] as number));
    index[at + row] = bin;
  }
}
