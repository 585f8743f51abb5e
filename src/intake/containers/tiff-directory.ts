import { malformed, multiframe, unsupported } from "./refusals.ts";

/** Cameras and scanners write 20 to 60. */
const ENTRIES_MAX = 1024;
const ENTRY_BYTES = 12;

export const fieldTypes = { byte: 1, short: 3, long: 4, rational: 5, undefined: 7 } as const;
const typeBytes: Readonly<Record<number, number>> = {
  [fieldTypes.byte]: 1,
  [fieldTypes.short]: 2,
  [fieldTypes.long]: 4,
  [fieldTypes.rational]: 8,
  [fieldTypes.undefined]: 1,
};

interface Entry {
  readonly type: number;
  readonly count: number;
  /** Where the entry's value, or the offset of its value, lies. */
  readonly valueAt: number;
}

/** The first and only directory of a TIFF; values are read, and checked, when asked for. */
export class TiffDirectory {
  readonly isLittleEndian: boolean;
  readonly #bytes: Buffer;
  readonly #entries: ReadonlyMap<number, Entry>;

  constructor(bytes: Buffer, isLittleEndian: boolean, entries: ReadonlyMap<number, Entry>) {
    this.#bytes = bytes;
    this.isLittleEndian = isLittleEndian;
    this.#entries = entries;
  }

  has(tag: number): boolean {
    return this.#entries.has(tag);
  }

  /**
   * Whole numbers of any width.
   * @param countMax more than so many are refused before any is read
   * @throws {Problem} image-malformed
   */
  numbers(tag: number, countMax: number): number[] | undefined {
    const entry = this.#entries.get(tag);
    if (entry === undefined) return undefined;
    const { type, count } = entry;
    if (type !== fieldTypes.byte && type !== fieldTypes.short && type !== fieldTypes.long) throw badTag(tag);
    if (count < 1 || count > countMax) throw badTag(tag);
    const values = this.#value(tag, entry);
    const width = typeBytes[type] ?? 1;
    return Array.from({ length: count }, (_, index) =>
      this.isLittleEndian ? values.readUIntLE(index * width, width) : values.readUIntBE(index * width, width),
    );
  }

  /** A single number, or the fallback where the tag is absent. */
  number(tag: number, fallback: number): number {
    return this.numbers(tag, 1)?.[0] ?? fallback;
  }

  /** @throws {Problem} image-malformed where the type is not the one expected or there are too many bytes */
  raw(tag: number, type: number, bytesMax: number): Buffer | undefined {
    const entry = this.#entries.get(tag);
    if (entry === undefined) return undefined;
    if (entry.type !== type || entry.count * (typeBytes[type] ?? 1) > bytesMax) throw badTag(tag);
    return this.#value(tag, entry);
  }

  #value(tag: number, { type, count, valueAt }: Entry): Buffer {
    const length = count * (typeBytes[type] ?? 1);
    const start = length <= 4 ? valueAt : readU32(this.#bytes, valueAt, this.isLittleEndian);
    if (start + length > this.#bytes.length) throw badTag(tag);
    return this.#bytes.subarray(start, start + length);
  }
}

/**
 * @throws {Problem} image-malformed, image-multiframe, image-type-unsupported
 */
export function readDirectory(bytes: Buffer): TiffDirectory {
  if (bytes.length < 8) throw malformed("The TIFF is cut off.");
  const little = bytes.readUInt8(0) === 0x49;
  if (readU16(bytes, 2, little) !== 42)
    throw unsupported("This kind of TIFF (BigTIFF or a relative of it) is not read.");
  const start = readU32(bytes, 4, little);
  if (start < 8 || start + 2 > bytes.length) throw malformed("The TIFF is cut off before its directory.");
  const count = readU16(bytes, start, little);
  const end = start + 2 + count * ENTRY_BYTES;
  if (count < 1 || count > ENTRIES_MAX) throw malformed("The TIFF directory has an impossible length.");
  if (end + 4 > bytes.length) throw malformed("The TIFF is cut off in its directory.");
  const entries = new Map<number, Entry>();
  for (let at = start + 2; at < end; at += ENTRY_BYTES) {
    const tag = readU16(bytes, at, little);
    if (entries.has(tag)) throw malformed("The TIFF directory says the same thing twice.");
    entries.set(tag, {
      type: readU16(bytes, at + 2, little),
      count: readU32(bytes, at + 4, little),
      valueAt: at + 8,
    });
  }
  const next = readU32(bytes, end, little);
  if (next !== 0)
    throw next + 2 <= bytes.length
      ? multiframe("The TIFF has more than one page.")
      : malformed("The TIFF promises another page beyond its end.");
  return new TiffDirectory(bytes, little, entries);
}

const badTag = (tag: number) => malformed(`The TIFF tag ${tag} is damaged.`);
const readU16 = (bytes: Buffer, at: number, little: boolean): number =>
  little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
const readU32 = (bytes: Buffer, at: number, little: boolean): number =>
  little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
