import { Message } from "./protobuf.ts";

// Field numbers of onnx.proto3 (onnx 1.23).
const model = { irVersion: 1, graph: 7, opset: 8 };
const graph = { node: 1, name: 2, initializer: 5, input: 11, output: 12 };
const node = { input: 1, output: 2, name: 3, operator: 4, attribute: 5 };
const attribute = { name: 1, integer: 3, integers: 8, type: 20 };
const attributeTypes = { integer: 2, integers: 7 };
const tensor = { dimension: 1, type: 2, name: 8, raw: 9 };
const tensorTypes = { float: 1, int64: 7, half: 10 };
const versions = { ir: 8, opset: 17 };
const valueInfo = { name: 1, type: 2 };

/** Nodes, constants and outputs that are appended to the graph of a finished model. */
export class GraphPiece {
  readonly #graph = new Message();

  /** @param more further outputs, which nothing reads @returns `output` */
  add(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, number | number[]>> = {},
    more: readonly string[] = [],
  ): string {
    const made = new Message();
    for (const input of inputs) made.text(node.input, input);
    for (const each of [output, ...more]) made.text(node.output, each);
    made.text(node.name, output).text(node.operator, operator);
    for (const [name, value] of Object.entries(attributes)) made.message(node.attribute, attributeOf(name, value));
    this.#graph.message(graph.node, made);
    return output;
  }

  floats(name: string, shape: readonly number[], values: Float32Array): string {
    const raw = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    return this.#constant(name, shape, tensorTypes.float, raw);
  }

  /** Stored in half the bytes; a Cast makes them floats again when the model is loaded. */
  halves(name: string, shape: readonly number[], values: Float32Array): string {
    const raw = Buffer.from(Uint16Array.from(values, halfOf).buffer);
    this.#constant(`${name}.half`, shape, tensorTypes.half, raw);
    return this.add("Cast", [`${name}.half`], name, { to: tensorTypes.float });
  }

  integers(name: string, values: readonly number[]): string {
    const raw = Buffer.from(BigInt64Array.from(values, BigInt).buffer);
    return this.#constant(name, [values.length], tensorTypes.int64, raw);
  }

  /** @param shape after the batch */
  input(name: string, shape: readonly number[]): void {
    this.#value(graph.input, name, shape);
  }

  /** @param shape after the batch */
  output(name: string, shape: readonly number[]): void {
    this.#value(graph.output, name, shape);
  }

  /** The piece as a model of its own. */
  asModel(): Uint8Array {
    const named = this.#graph.text(graph.name, "network");
    const operators = new Message().text(1, "").integer(2, versions.opset);
    return new Message()
      .integer(model.irVersion, versions.ir)
      .message(model.graph, named)
      .message(model.opset, operators)
      .encode();
  }

  #value(field: number, name: string, shape: readonly number[]): void {
    const dimensions = new Message().message(1, new Message().text(2, "n"));
    for (const size of shape) dimensions.message(1, new Message().integer(1, size));
    const type = new Message().message(1, new Message().integer(1, tensorTypes.float).message(2, dimensions));
    this.#graph.message(field, new Message().text(valueInfo.name, name).message(valueInfo.type, type));
  }

  /**
   * The model with this piece appended. Of an embedded message that occurs twice, a protobuf reader merges both, so the
   * bytes of a second graph behind the first are the longer graph.
   */
  appendedTo(bytes: Uint8Array): Uint8Array {
    return Buffer.concat([bytes, new Message().message(model.graph, this.#graph).encode()]);
  }

  #constant(name: string, shape: readonly number[], type: number, raw: Uint8Array): string {
    const made = new Message();
    for (const size of shape) made.integer(tensor.dimension, size);
    this.#graph.message(
      graph.initializer,
      made.integer(tensor.type, type).text(tensor.name, name).bytes(tensor.raw, raw),
    );
    return name;
  }
}

function attributeOf(name: string, value: number | number[]): Message {
  const made = new Message().text(attribute.name, name);
  if (typeof value === "number")
    return made.integer(attribute.integer, value).integer(attribute.type, attributeTypes.integer);
  for (const each of value) made.integer(attribute.integers, each);
  return made.integer(attribute.type, attributeTypes.integers);
}

const floatBits = new Float32Array(1);
const wordBits = new Uint32Array(floatBits.buffer);

/** IEEE half precision of a value within ±1, rounded to the nearest; below 2^-24 it is zero. */
export function halfOf(value: number): number {
  floatBits[0] = value;
  const word = wordBits[0] as number;
  const sign = (word >>> 16) & 0x8000;
  const exponent = ((word >>> 23) & 0xff) - 127;
  if (exponent < -25) return sign;
  const mantissa = (word & 0x7fffff) | 0x800000;
  const shift = exponent < -14 ? 13 + (-14 - exponent) : 13;
  const rounded = (mantissa + (1 << (shift - 1)) - 1 + ((mantissa >>> shift) & 1)) >>> shift;
  // Of a normal number the leading one is part of the exponent's field.
  return sign | (exponent < -14 ? rounded : ((exponent + 14) << 10) + rounded);
}
