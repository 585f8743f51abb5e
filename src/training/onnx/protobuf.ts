/** Writes the few parts of the protobuf wire format that a piece of an ONNX graph needs. @see protobuf.dev/programming-guides/encoding */
export class Message {
  readonly #parts: Uint8Array[] = [];

  integer(field: number, value: number): this {
    this.#parts.push(varint(field * 8), varint(value));
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#parts.push(varint(field * 8 + 2), varint(value.length), value);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value));
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.encode());
  }

  encode(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

/** Negative numbers are 64-bit two's complement, as int64 fields are. */
function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    out.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(out);
}

export interface Field {
  readonly field: number;
  readonly value: number | Uint8Array;
}

/** @throws {TypeError} when the bytes are no protobuf message */
export function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const next = (): number => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(value);
    }
    throw new TypeError("the bytes are no protobuf message");
  };
  while (at < bytes.length) {
    const key = next();
    const kind = key & 7;
    const length = kind === 2 ? next() : kind === 1 ? 8 : kind === 5 ? 4 : 0;
    if (kind === 0) yield { field: key >>> 3, value: next() };
    else if ((kind !== 1 && kind !== 2 && kind !== 5) || at + length > bytes.length)
      throw new TypeError("the bytes are no protobuf message");
    else {
      yield { field: key >>> 3, value: bytes.subarray(at, at + length) };
      at += length;
    }
  }
}
