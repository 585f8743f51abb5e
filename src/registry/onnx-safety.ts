import { RegistryError } from "./registry-error.ts";

/** Graphs nest by the bodies of If and Loop; real ones stay below ten. */
const depthMax = 64;
const external = 1;

type MessageKind = "model" | "graph" | "node" | "attribute" | "function" | "training" | "tensor" | "sparse";

/** Which fields hold messages that lead to a tensor. @see onnx/onnx.proto3 */
const inner: Readonly<Record<MessageKind, Readonly<Record<number, MessageKind>>>> = {
  model: { 7: "graph", 20: "training", 25: "function" },
  graph: { 1: "node", 5: "tensor", 15: "sparse" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse" },
  function: { 7: "node", 11: "attribute" },
  training: { 1: "graph", 2: "graph" },
  sparse: { 1: "tensor", 2: "tensor" },
  tensor: {},
};
const irVersionField = 1;
const graphField = 7;
const opsetField = 8;
const externalDataField = 13;
const dataLocationField = 14;

/**
 * Refuses bytes that are no ONNX model, and a model whose tensors lie in other files: loading such a one reads paths
 * that whoever made the model chose. It says nothing about what the graph computes.
 *
 * @throws {RegistryError} onnx-invalid, onnx-external-data
 */
export function assertSafeOnnx(bytes: Uint8Array): void {
  const seen = new Set<number>();
  walk(bytes, "model", 0, seen);
  if (![irVersionField, graphField, opsetField].every((field) => seen.has(field)))
    throw new RegistryError("onnx-invalid", "the bytes are no ONNX model: version, graph or operator set is missing");
}

function walk(bytes: Uint8Array, kind: MessageKind, depth: number, seen?: Set<number>): void {
  if (depth > depthMax) throw new RegistryError("onnx-invalid", `the ONNX model nests deeper than ${depthMax}`);
  const reader = new Reader(bytes);
  while (!reader.done) {
    const { field, value } = reader.next();
    seen?.add(field);
    if (kind === "tensor") assertInside(field, value);
    const child = inner[kind][field];
    if (child === undefined) continue;
    if (typeof value === "number") throw notProtobuf();
    walk(value, child, depth + 1);
  }
}

function assertInside(field: number, value: number | Uint8Array): void {
  if (field === externalDataField || (field === dataLocationField && value === external))
    throw new RegistryError("onnx-external-data", "the ONNX model keeps tensors in other files");
}

const notProtobuf = (): RegistryError => new RegistryError("onnx-invalid", "the bytes are no ONNX model");

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  next(): { field: number; value: number | Uint8Array } {
    const key = this.#varint();
    const field = Math.floor(key / 8);
    if (field < 1 || field > 0x1fffffff) throw notProtobuf();
    const wire = key % 8;
    if (wire === 0) return { field, value: this.#varint() };
    const length = wire === 2 ? this.#varint() : wire === 1 ? 8 : wire === 5 ? 4 : Number.NaN;
    // Also refuses NaN: groups, which ONNX does not use.
    if (!(length <= this.#bytes.length - this.#at)) throw notProtobuf();
    const value = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return { field, value };
  }

  /** Exact up to 2^53; keys, lengths and locations are far below, and only those are looked at. */
  #varint(): number {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw notProtobuf();
  }
}
