import type { EmbeddingReference } from "../../contracts/pack.ts";
import { Random } from "../../contracts/random.ts";
import { leadingDirections } from "./principal.ts";

/** Leads from an embedding to its place beside the reference: whitened coordinates, of which 0 is the reference's mean. */
export interface EmbeddingProjection {
  /** Length of an embedding. */
  readonly width: number;
  /** Directions kept, at most 32. */
  readonly components: number;
  /** Whether embeddings are brought to length 1 first. */
  readonly normalised: boolean;
  /** Mean of the half that was fitted on, [width]. */
  readonly centre: Float64Array;
  /** Row by row, [components x width]; a row is a direction divided by the standard deviation of new images along it. */
  readonly rows: Float64Array;
}

export interface FittedReference {
  readonly projection: EmbeddingProjection;
  readonly reference: EmbeddingReference;
}

const componentsMax = 32;
/** Below this a reference says too little about 32 directions. */
export const referenceCasesMin = 200;

/**
 * Finds principal directions on one third of the embeddings and measures all else on the rest: how far images scatter
 * along them, and where they lie. With fewer images than coordinates a direction follows those it was found on, so these
 * scatter twice as far along it as any later image.
 *
 * @param embeddings one a group, of images that did not teach the encoder
 * @param normalise brings each to length 1, which makes distances comparable between models (Mahalanobis++)
 * @throws {RangeError} on fewer than 200, on different lengths, on NaN
 * @see Mueller and Hein 2025, Mahalanobis++
 */
export function fitEmbeddingReference(embeddings: readonly ArrayLike<number>[], normalise = true): FittedReference {
  const width = embeddings[0]?.length ?? 0;
  if (embeddings.length < referenceCasesMin || width === 0)
    throw new RangeError(`${embeddings.length} embeddings are fewer than ${referenceCasesMin}`);
  const rows = embeddings.map((embedding) => prepared(embedding, width, normalise));
  const fitted = rows.filter((_, i) => i % 3 === 0);
  const held = rows.filter((_, i) => i % 3 !== 0);
  const centre = meanOf(fitted, width);
  const centred = fitted.map((row) => row.map((value, k) => value - (centre[k] as number)));
  const { directions } = leadingDirections(centred, Math.min(componentsMax, width), new Random(width));
  const components = directions.length;
  const axes = { width, components, normalised: normalise, centre, rows: joined(directions, width) };
  const scattered = held.map((row) => whiten(Float64Array.from(row), axes));
  const deviations = deviationsOf(scattered, components);
  const rowsOf = axes.rows.map((value, i) => value / (deviations[Math.floor(i / width)] as number));
  const projection: EmbeddingProjection = { ...axes, rows: rowsOf };
  const places = held.map((row) => whiten(row, projection));
  return {
    projection,
    reference: {
      fitted: fitted.length,
      heldMean: [...meanOf(places, components)],
      heldLengths: [...Float64Array.from(places, squaredLength).sort()],
    },
  };
}

function joined(directions: readonly Float64Array[], width: number): Float64Array {
  const out = new Float64Array(directions.length * width);
  for (const [k, direction] of directions.entries()) out.set(direction, k * width);
  return out;
}

function deviationsOf(places: readonly Float64Array[], components: number): Float64Array {
  const mean = meanOf(places, components);
  const squares = meanOf(
    places.map((place) => place.map((value, k) => (value - (mean[k] as number)) ** 2)),
    components,
  );
  return squares.map(Math.sqrt);
}

/**
 * The place of an embedding, [components].
 * @throws {RangeError} on another length or a value that is not finite
 */
export const placeOf = (embedding: ArrayLike<number>, projection: EmbeddingProjection): Float64Array =>
  whiten(prepared(embedding, projection.width, projection.normalised), projection);

export function squaredLength(vector: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < vector.length; k++) sum += (vector[k] as number) ** 2;
  return sum;
}

/** A copy of the embedding, of length 1 if wished. */
function prepared(embedding: ArrayLike<number>, width: number, normalise: boolean): Float64Array {
  if (embedding.length !== width) throw new RangeError(`an embedding of ${embedding.length} beside ${width}`);
  const out = new Float64Array(width);
  let squares = 0;
  for (let k = 0; k < width; k++) {
    const value = embedding[k] as number;
    out[k] = value;
    squares += value * value;
  }
  if (!Number.isFinite(squares)) throw new RangeError("an embedding holds a value that is not finite");
  if (normalise && squares > 0) {
    const scale = 1 / Math.sqrt(squares);
    for (let k = 0; k < width; k++) out[k] = (out[k] as number) * scale;
  }
  return out;
}

/** rows (row - centre), [components]; the row is changed. */
function whiten(row: Float64Array, { centre, rows, components, width }: EmbeddingProjection): Float64Array {
  for (let k = 0; k < width; k++) row[k] = (row[k] as number) - (centre[k] as number);
  const out = new Float64Array(components);
  // Four rows at a time: one sum would wait for each of its additions, four do not wait for each other.
  let j = 0;
  for (; j + 4 <= components; j += 4) {
    let [a, b, c, d] = [0, 0, 0, 0];
    let [first, second, third, fourth] = [j * width, (j + 1) * width, (j + 2) * width, (j + 3) * width];
    for (let k = 0; k < width; k++) {
      const value = row[k] as number;
      a += (rows[first++] as number) * value;
      b += (rows[second++] as number) * value;
      c += (rows[third++] as number) * value;
      d += (rows[fourth++] as number) * value;
    }
    out[j] = a;
    out[j + 1] = b;
    out[j + 2] = c;
    out[j + 3] = d;
  }
  for (; j < components; j++) {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += (rows[j * width + k] as number) * (row[k] as number);
    out[j] = sum;
  }
  return out;
}

function meanOf(rows: readonly Float64Array[], width: number): Float64Array {
  const out = new Float64Array(width);
  for (const row of rows) for (let k = 0; k < width; k++) out[k] = (out[k] as number) + (row[k] as number);
  return out.map((sum) => sum / rows.length);
}
