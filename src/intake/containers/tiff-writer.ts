import { joinBytes } from "./rebuilt-image.ts";
import { fieldTypes } from "./tiff-directory.ts";

/** Values that are numbers are written as LONG or SHORT; raw ones as they were. */
export type TiffField =
  | { readonly tag: number; readonly type: 3 | 4; readonly values: readonly number[] }
  | { readonly tag: number; readonly type: 5 | 7; readonly raw: Buffer };

const HEADER_BYTES = 8;
const ENTRY_BYTES = 12;

/**
 * Writes a classic TIFF: header, one directory, the values that do not fit into it, the segments. Nothing else, and
 * no gaps but single bytes of padding.
 *
 * @param fields without the offsets of the segments
 * @param offsetsTag the tag under which the offsets are written
 */
export function writeTiff(
  isLittleEndian: boolean,
  fields: readonly TiffField[],
  offsetsTag: number,
  segments: readonly Uint8Array[],
): Buffer {
  const offsets: number[] = segments.map(() => 0);
  const all: TiffField[] = [...fields, { tag: offsetsTag, type: fieldTypes.long, values: offsets }];
  all.sort((one, other) => one.tag - other.tag);
  const tableBytes = 2 + all.length * ENTRY_BYTES + 4;
  const valueBytes = all.reduce((sum, field) => sum + outsideBytes(field), 0);
  let position = HEADER_BYTES + tableBytes + valueBytes;
  for (const [index, segment] of segments.entries()) {
    offsets[index] = position;
    position += evenBytes(segment.length);
  }
  const head = writeHead(isLittleEndian, all, HEADER_BYTES + tableBytes, valueBytes);
  const padding = Buffer.alloc(1);
  return joinBytes([
    head,
    ...segments.flatMap((segment) => (segment.length % 2 === 0 ? [segment] : [segment, padding])),
  ]);
}

const evenBytes = (length: number): number => length + (length % 2);

const fieldBytes = (field: TiffField): number =>
  "raw" in field ? field.raw.length : field.values.length * (field.type === fieldTypes.short ? 2 : 4);

const outsideBytes = (field: TiffField): number => (fieldBytes(field) <= 4 ? 0 : evenBytes(fieldBytes(field)));

function writeHead(little: boolean, fields: readonly TiffField[], valuesAt: number, valueBytes: number): Buffer {
  const head = Buffer.alloc(valuesAt + valueBytes);
  const u16 = (value: number, at: number) => (little ? head.writeUInt16LE(value, at) : head.writeUInt16BE(value, at));
  const u32 = (value: number, at: number) => (little ? head.writeUInt32LE(value, at) : head.writeUInt32BE(value, at));
  head.write(little ? "II" : "MM", 0, "latin1");
  u16(42, 2);
  u32(HEADER_BYTES, 4);
  u16(fields.length, HEADER_BYTES);
  let outsideAt = valuesAt;
  for (const [index, field] of fields.entries()) {
    const at = HEADER_BYTES + 2 + index * ENTRY_BYTES;
    const isInside = fieldBytes(field) <= 4;
    const valueAt = isInside ? at + 8 : outsideAt;
    u16(field.tag, at);
    u16(field.type, at + 2);
    u32(countOf(field), at + 4);
    if (!isInside) u32(outsideAt, at + 8);
    if ("raw" in field) field.raw.copy(head, valueAt);
    else if (field.type === fieldTypes.short)
      for (const [item, value] of field.values.entries()) u16(value, valueAt + 2 * item);
    else for (const [item, value] of field.values.entries()) u32(value, valueAt + 4 * item);
    outsideAt += outsideBytes(field);
  }
  return head;
}

function countOf(field: TiffField): number {
  if ("values" in field) return field.values.length;
  return field.type === fieldTypes.rational ? field.raw.length / 8 : field.raw.length;
}
