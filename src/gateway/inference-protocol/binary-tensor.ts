import { Problem } from "../../contracts/index.ts";
import type { Tensor } from "./signature.ts";

// The protocol's binary tensor data: little-endian, row by row; a text is its length in four bytes and then its bytes.

const lengthBytes = 4;

/**
 * The one text of a BYTES tensor.
 * @throws {Problem} body-malformed when the length that is said is not the length that is there
 */
export function readOneText(tensor: Buffer): Buffer {
  if (tensor.length < lengthBytes)
    throw malformed(
      `A BYTES tensor starts with a length in ${lengthBytes} bytes; this one has ${tensor.length} in all.`,
    );
  const said = tensor.readUInt32LE(0);
  const there = tensor.length - lengthBytes;
  if (said !== there) throw malformed(`The tensor says that its one element has ${said} bytes; ${there} follow.`);
  return tensor.subarray(lengthBytes);
}

export function encodeTensor(tensor: Tensor): Buffer {
  if (tensor.datatype === "BOOL") return Buffer.from(tensor.data.map(Number));
  if (tensor.datatype === "FP64") {
    const bytes = Buffer.alloc(8 * tensor.data.length);
    for (const [i, value] of tensor.data.entries()) bytes.writeDoubleLE(value, 8 * i);
    return bytes;
  }
  const texts = tensor.data.map((text) => Buffer.from(text, "utf8"));
  return Buffer.concat(texts.flatMap((text) => [lengthOf(text), text]));
}

function lengthOf(text: Buffer): Buffer {
  const bytes = Buffer.alloc(lengthBytes);
  bytes.writeUInt32LE(text.length);
  return bytes;
}

export const malformed = (detail: string): Problem => new Problem("body-malformed", { detail });
