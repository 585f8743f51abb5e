import { mapOutput, scoreOutput } from "../../contracts/pack.ts";
import type { LinearHead } from "../linear-head.ts";
import { GraphPiece } from "./graph-piece.ts";
import { fieldsOf } from "./protobuf.ts";

/** Whether a head can be put on an encoder. */
export const hasLastMap = (encoder: Uint8Array): boolean => lastMap(encoder) !== undefined;

/** The tensor that an encoder averages over its last map to the embedding. @throws {TypeError} when there is none */
export function lastMapOf(encoder: Uint8Array): string {
  const found = lastMap(encoder);
  if (found === undefined) throw new TypeError("the encoder's embedding is not the mean of a map");
  return found;
}

function lastMap(encoder: Uint8Array): string | undefined {
  for (const part of fieldsOf(encoder)) {
    if (part.field !== 7 || typeof part.value === "number") continue;
    for (const { field, value } of fieldsOf(part.value)) {
      if (field !== 1 || typeof value === "number") continue;
      const texts = (number: number): string[] =>
        [...fieldsOf(value)].flatMap((each) =>
          each.field === number && typeof each.value !== "number" ? [Buffer.from(each.value).toString("utf8")] : [],
        );
      if (texts(4)[0] === "ReduceMean" && texts(2)[0] === "embedding") return texts(1)[0] as string;
    }
  }
  return undefined;
}

/**
 * A fine network of a frozen encoder and a linear head: `logit` [n, outputs] and `cam` [n, outputs, 7, 7], whose mean
 * plus the bias is the logit. Products and sums instead of a matrix product, because their order of additions does not
 * depend on the place in the batch.
 */
export function headModel(encoder: Uint8Array, head: LinearHead, mapSide: number): Uint8Array {
  const { outputs, width } = head;
  const piece = new GraphPiece();
  piece.floats("head.rows", [1, outputs, width], head.weights);
  piece.floats("head.planes", [1, outputs, width, 1, 1], head.weights);
  piece.floats("head.bias", [1, outputs], head.bias);
  piece.integers("head.first", [1]);
  piece.integers("head.channel", [2]);
  piece.add("Unsqueeze", ["embedding", "head.first"], "head.row");
  piece.add("Mul", ["head.row", "head.rows"], "head.terms");
  piece.add("ReduceSum", ["head.terms", "head.channel"], "head.sum", { keepdims: 0 });
  piece.add("Add", ["head.sum", "head.bias"], scoreOutput);
  piece.add("Unsqueeze", [lastMapOf(encoder), "head.first"], "head.plane");
  piece.add("Mul", ["head.plane", "head.planes"], "head.cells");
  piece.add("ReduceSum", ["head.cells", "head.channel"], mapOutput, { keepdims: 0 });
  piece.output(scoreOutput, [outputs]);
  piece.output(mapOutput, [outputs, mapSide, mapSide]);
  return piece.appendedTo(encoder);
}
