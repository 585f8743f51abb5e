import type { embeddingReferenceSchema } from "../contracts/pack.ts";
import { placeOutput } from "../contracts/pack.ts";
import type { QualityLimits } from "../contracts/programme.ts";
import { type EmbeddingProjection, fitEmbeddingReference, grade, referenceCasesMin } from "../ensemble/index.ts";
import { GraphPiece } from "./onnx/graph-piece.ts";
import type { Prepared } from "./prepare-data.ts";

export const referenceFile = "reference.json";
export const projectionFile = "reference.onnx";

/** What the drift monitor compares live pictures with, as the two files of a fast pack. */
export interface PictureReference {
  readonly record: ReturnType<typeof embeddingReferenceSchema.parse>;
  readonly model: Uint8Array;
}

type Learnt = Pick<Prepared, "sha256" | "group" | "embeddings" | "quality">;

/**
 * How the images to learn from lie, as the encoder sees them. One a group, the first by digest, so that ten images of one
 * patient are not ten pieces of evidence; the encoder learnt from none of them, so none has to be left out.
 *
 * @param images their first view is the serving one
 * @param width of an embedding
 * @returns undefined for fewer than 200 groups: they say too little
 */
export function learnReference(
  images: readonly Learnt[],
  width: number,
  limits: QualityLimits,
): PictureReference | undefined {
  const first = new Map<string, Learnt>();
  for (const image of [...images].sort((one, other) => (one.sha256 < other.sha256 ? -1 : 1)))
    if (!first.has(image.group)) first.set(image.group, image);
  if (first.size < referenceCasesMin) return undefined;
  const chosen = [...first.values()].map(({ embeddings }) => embeddings.subarray(0, width));
  const { projection, reference } = fitEmbeddingReference(chosen);
  const poor = images.filter(({ quality }) => grade(quality, limits) === "usable").map(({ sha256 }) => sha256);
  const { fitted, heldMean, heldLengths } = reference;
  return {
    record: {
      format: 1,
      fitted,
      heldMean: heldMean.map(rounded),
      heldLengths: heldLengths.map(rounded),
      poor: poor.sort(),
    },
    model: projectionModel(projection),
  };
}

/** As many digits as places are given with. */
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

/** The projection as a model: `embedding` [n, width] to `place` [n, components]. */
export function projectionModel({ width, components, centre, rows }: EmbeddingProjection): Uint8Array {
  const columns = new Float32Array(rows.length);
  const offset = new Float32Array(components);
  for (let k = 0; k < components; k++) {
    let sum = 0;
    for (let j = 0; j < width; j++) {
      const value = rows[k * width + j] as number;
      columns[j * components + k] = value;
      sum += value * (centre[j] as number);
    }
    offset[k] = sum;
  }
  const piece = new GraphPiece();
  piece.input("embedding", [width]);
  piece.halves("rows", [width, components], columns);
  piece.floats("offset", [components], offset);
  piece.floats("tiny", [1], Float32Array.of(1e-12));
  piece.add("ReduceL2", ["embedding"], "length", { axes: [1], keepdims: 1 });
  piece.add("Max", ["length", "tiny"], "divisor");
  piece.add("Div", ["embedding", "divisor"], "unit");
  piece.add("MatMul", ["unit", "rows"], "along");
  piece.add("Sub", ["along", "offset"], placeOutput);
  piece.output(placeOutput, [components]);
  return piece.asModel();
}
