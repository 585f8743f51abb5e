import { Random } from "../../contracts/random.ts";
import { leadingDirections } from "./principal.ts";

/** What live embeddings are compared with; made once from the calibrate split and kept beside the pack, as JSON. */
export interface EmbeddingReference {
  /** Length of an embedding. */
  readonly width: number;
  /** Directions kept, at most 32. */
  readonly components: number;
  /** Whether embeddings are brought to length 1 first. */
  readonly normalised: boolean;
  /** Mean of the half that was fitted on, [width]. */
  readonly centre: readonly number[];
  /** Row by row, [components x width]; a row is a direction divided by the standard deviation along it. */
  readonly projection: readonly number[];
  /** Mean of the other half in whitened coordinates, [components]. */
  readonly heldMean: readonly number[];
  /** Squared whitened length of each embedding of the other half, ascending. */
  readonly heldLengths: readonly number[];
}

const componentsMax = 32;
/** Below this a reference says too little about 32 directions. */
export const referenceCasesMin = 200;

/**
 * Fits whitening by principal components on one half of the embeddings and measures lengths on the other. Measured on
 * the half it was fitted on, the reference would look closer to itself than any later image can be.
 *
 * @param embeddings one a group, of the calibrate split
 * @param normalise brings each to length 1, which makes distances comparable between models (Mahalanobis++)
 * @throws {RangeError} on fewer than 200, on different lengths, on NaN
 * @see Mueller and Hein 2025, Mahalanobis++
 */
export function fitEmbeddingReference(embeddings: readonly ArrayLike<number>[], normalise = true): EmbeddingReference {
  const width = embeddings[0]?.length ?? 0;
  if (embeddings.length < referenceCasesMin || width === 0)
    throw new RangeError(`${embeddings.length} embeddings are fewer than ${referenceCasesMin}`);
  const rows = embeddings.map((embedding) => prepared(embedding, width, normalise));
  const fitted = rows.filter((_, i) => i % 3 === 0);
  const held = rows.filter((_, i) => i % 3 !== 0);
  const centre = meanOf(fitted, width);
  const centred = fitted.map((row) => row.map((value, k) => value - (centre[k] as number)));
  const { directions, deviations } = leadingDirections(centred, Math.min(componentsMax, width), new Random(width));
  const projection = Float64Array.from(
    directions.flatMap((direction, k) => Array.from(direction, (value) => value / (deviations[k] as number))),
  );
  const whitened = held.map((row) => whiten(row, centre, projection, directions.length));
  return {
    width,
    components: directions.length,
    normalised: normalise,
    centre: [...centre],
    projection: [...projection],
    heldMean: [...meanOf(whitened, directions.length)],
    heldLengths: [...Float64Array.from(whitened, squaredLength).sort()],
  };
}

/**
 * A copy of the embedding, of length 1 if wished.
 * @throws {RangeError} on another length or a value that is not finite
 */
export function prepared(embedding: ArrayLike<number>, width: number, normalise: boolean): Float64Array {
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

/** projection (row - centre), [components]; the row is changed. */
export function whiten(
  row: Float64Array,
  centre: Float64Array,
  projection: Float64Array,
  components: number,
): Float64Array {
  const width = row.length;
  for (let k = 0; k < width; k++) row[k] = (row[k] as number) - (centre[k] as number);
  const out = new Float64Array(components);
  // Four rows at a time: one sum would wait for each of its additions, four do not wait for each other.
  let j = 0;
  for (; j + 4 <= components; j += 4) {
    let [a, b, c, d] = [0, 0, 0, 0];
    let [first, second, third, fourth] = [j * width, (j + 1) * width, (j + 2) * width, (j + 3) * width];
    for (let k = 0; k < width; k++) {
      const value = row[k] as number;
      a += (projection[first++] as number) * value;
      b += (projection[second++] as number) * value;
      c += (projection[third++] as number) * value;
      d += (projection[fourth++] as number) * value;
    }
    out[j] = a;
    out[j + 1] = b;
    out[j + 2] = c;
    out[j + 3] = d;
  }
  for (; j < components; j++) {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += (projection[j * width + k] as number) * (row[k] as number);
    out[j] = sum;
  }
  return out;
}

export function squaredLength(vector: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < vector.length; k++) sum += (vector[k] as number) ** 2;
  return sum;
}

function meanOf(rows: readonly Float64Array[], width: number): Float64Array {
  const out = new Float64Array(width);
  for (const row of rows) for (let k = 0; k < width; k++) out[k] = (out[k] as number) + (row[k] as number);
  return out.map((sum) => sum / rows.length);
}
