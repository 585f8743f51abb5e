import { Random } from "../contracts/random.ts";
import { GraphPiece } from "./onnx/graph-piece.ts";

/** Neighbours whose mean cosine says how much an image looks like the trained kind. */
export const neighbours = 5;
/** Most images that are kept as reference: 512 of 1280 halves are 1.3 MB. */
const referenceMax = 512;

export interface Domain {
  /** Unit rows, `images * width` values. */
  readonly reference: Float32Array;
  readonly images: number;
  readonly width: number;
  /** Similarity of each reference image to the rest without its own group, ascending. */
  readonly similarities: readonly number[];
}

/**
 * What the trained kind looks like: a sample of training embeddings, and how alike its own members are.
 *
 * @param embeddings serving views, `n * width` values
 * @param groups members of one group do not vouch for each other
 * @see Sun et al. 2022 (deep nearest neighbours); Vovk (conformal p-values)
 */
export function learnDomain(embeddings: Float32Array, width: number, groups: readonly string[], seed: number): Domain {
  const n = groups.length;
  const random = new Random(seed, n);
  const chosen = Array.from({ length: n }, (_, i) => ({ i, key: random.next() }))
    .sort((one, other) => one.key - other.key)
    .slice(0, referenceMax)
    .map(({ i }) => i);
  const reference = new Float32Array(chosen.length * width);
  for (const [row, i] of chosen.entries())
    reference.set(unit(embeddings.subarray(i * width, (i + 1) * width)), row * width);
  const similarities = chosen.map((i, row) => {
    const others = chosen.flatMap((other, at) => (groups[other] === groups[i] ? [] : [at]));
    return similarityOf(reference, width, others, reference.subarray(row * width, (row + 1) * width));
  });
  return { reference, width, images: chosen.length, similarities: similarities.sort((one, other) => one - other) };
}

/** Mean cosine to the nearest of all reference images. */
export function similarityTo(domain: Domain, embedding: Float32Array): number {
  const all = Array.from({ length: domain.images }, (_, row) => row);
  return similarityOf(domain.reference, domain.width, all, unit(embedding));
}

function similarityOf(reference: Float32Array, width: number, rows: readonly number[], vector: Float32Array): number {
  const cosines = rows.map((row) => {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += (reference[row * width + j] as number) * (vector[j] as number);
    return sum;
  });
  const nearest = cosines.sort((one, other) => other - one).slice(0, neighbours);
  return nearest.reduce((sum, each) => sum + each, 0) / nearest.length;
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, each) => sum + each * each, 0));
  return vector.map((each) => each / Math.max(length, 1e-12));
}

/** The check as a model: `embedding` [n, width] to `similarity` [n, 1]. */
export function domainModel({ reference, images, width }: Domain): Uint8Array {
  const columns = new Float32Array(reference.length);
  for (let row = 0; row < images; row++)
    for (let j = 0; j < width; j++) columns[j * images + row] = reference[row * width + j] as number;
  const piece = new GraphPiece();
  piece.input("embedding", [width]);
  piece.halves("reference", [width, images], columns);
  piece.integers("neighbours", [neighbours]);
  piece.floats("tiny", [1], Float32Array.of(1e-12));
  piece.add("ReduceL2", ["embedding"], "length", { axes: [1], keepdims: 1 });
  piece.add("Max", ["length", "tiny"], "divisor");
  piece.add("Div", ["embedding", "divisor"], "unit");
  piece.add("MatMul", ["unit", "reference"], "cosine");
  piece.add("TopK", ["cosine", "neighbours"], "nearest", { axis: 1 }, ["which"]);
  piece.add("ReduceMean", ["nearest"], "similarity", { axes: [1], keepdims: 1 });
  piece.output("similarity", [1]);
  return piece.asModel();
}
