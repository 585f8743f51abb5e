import type { Random } from "../../contracts/random.ts";

/** Directions of largest variance, and the standard deviation along each, largest first. */
export interface Principal {
  readonly directions: readonly Float64Array[];
  readonly deviations: readonly number[];
}

/** Directions beyond those asked for, by which the iteration converges faster. */
const spare = 8;
const rounds = 12;
/** Directions with less than this part of the largest deviation are noise of the arithmetic. */
const deviationPartMin = 1e-6;

/**
 * Leading principal components by block power iteration on the data itself: no covariance matrix is formed, so 512
 * coordinates cost rows x 512 x 40 a round.
 *
 * @param rows centred
 * @returns at most `count`, fewer when the rows span less
 * @see Halko, Martinsson and Tropp 2011
 */
export function leadingDirections(rows: readonly Float64Array[], count: number, random: Random): Principal {
  const width = rows[0]?.length ?? 0;
  const block = Math.min(width, count + spare);
  let basis: readonly Float64Array[] = Array.from({ length: block }, () =>
    Float64Array.from({ length: width }, () => random.between(-1, 1)),
  );
  basis = orthonormal(basis);
  for (let round = 0; round < rounds; round++)
    basis = orthonormal(basis.map((vector) => covarianceTimes(rows, vector)));
  // Within the block the directions are turned onto the axes of the small covariance.
  const images = basis.map((vector) => covarianceTimes(rows, vector));
  const small = basis.map((one) => images.map((other) => dot(one, other)));
  const { values, vectors } = jacobi(small);
  const order = values.map((_, i) => i).sort((i, j) => (values[j] as number) - (values[i] as number));
  const largest = Math.sqrt(Math.max(0, values[order[0] as number] as number));
  const kept = order
    .slice(0, count)
    .filter((i) => Math.sqrt(Math.max(0, values[i] as number)) > largest * deviationPartMin);
  return {
    directions: kept.map((i) => {
      const out = new Float64Array(width);
      for (const [k, vector] of basis.entries()) add(out, vector, vectors[k]?.[i] as number);
      return out;
    }),
    deviations: kept.map((i) => Math.sqrt(values[i] as number)),
  };
}

function covarianceTimes(rows: readonly Float64Array[], vector: Float64Array): Float64Array {
  const out = new Float64Array(vector.length);
  for (const row of rows) add(out, row, dot(row, vector) / rows.length);
  return out;
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < one.length; k++) sum += (one[k] as number) * (other[k] as number);
  return sum;
}

function add(to: Float64Array, vector: Float64Array, times: number): void {
  for (let k = 0; k < to.length; k++) to[k] = (to[k] as number) + times * (vector[k] as number);
}

/** Gram and Schmidt, each direction taken off twice; directions that vanish are dropped. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const out: Float64Array[] = [];
  for (const vector of vectors) {
    const before = Math.sqrt(dot(vector, vector));
    const left = Float64Array.from(vector);
    for (let twice = 0; twice < 2; twice++) for (const other of out) add(left, other, -dot(left, other));
    const length = Math.sqrt(dot(left, left));
    if (length > before * 1e-10 && length > 0) out.push(left.map((value) => value / length));
  }
  return out;
}

const sweepsMax = 60;

/** Eigenvalues and eigenvectors (columns) of a small symmetric matrix. @see Jacobi 1846; Golub and Van Loan 8.5 */
function jacobi(matrix: readonly (readonly number[])[]): { values: number[]; vectors: number[][] } {
  const n = matrix.length;
  const a = matrix.map((row, i) => row.map((value, j) => (value + (matrix[j]?.[i] as number)) / 2));
  const vectors = matrix.map((_, i) => matrix.map((__, j) => (i === j ? 1 : 0)));
  const scale = a.reduce((sum, row) => sum + row.reduce((part, value) => part + value * value, 0), 0);
  for (let sweep = 0; sweep < sweepsMax; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += (a[p]?.[q] as number) ** 2;
    if (off <= 1e-24 * scale) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, p, q);
  }
  return { values: a.map((row, i) => row[i] as number), vectors };
}

function rotate(a: number[][], vectors: number[][], p: number, q: number): void {
  const [rowP, rowQ] = [a[p] as number[], a[q] as number[]];
  const off = rowP[q] as number;
  if (off === 0) return;
  const theta = ((rowQ[q] as number) - (rowP[p] as number)) / (2 * off);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (const row of a) [row[p], row[q]] = turned(row[p] as number, row[q] as number, c, s);
  for (let k = 0; k < a.length; k++) [rowP[k], rowQ[k]] = turned(rowP[k] as number, rowQ[k] as number, c, s);
  for (const row of vectors) [row[p], row[q]] = turned(row[p] as number, row[q] as number, c, s);
}

const turned = (x: number, y: number, c: number, s: number): [number, number] => [c * x - s * y, s * x + c * y];
