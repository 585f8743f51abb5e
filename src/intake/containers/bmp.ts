import { checkDimensions, type IntakeLimits } from "../limits.ts";
import { joinBytes, type RebuiltImage } from "./rebuilt-image.ts";
import { malformed, unsupported } from "./refusals.ts";

const FILE_HEADER_BYTES = 14;
const CORE_HEADER_BYTES = 12;
const INFO_HEADER_BYTES = 40;
/** Core; info; info with 3 and 4 masks; V4; V5. */
export const bmpHeaderSizes: readonly number[] = [CORE_HEADER_BYTES, INFO_HEADER_BYTES, 52, 56, 108, 124];
const uncompressed = 0;
const bitFields = 3;
const compressionNames: Readonly<Record<number, string>> = { 1: "run lengths", 2: "run lengths", 4: "JPEG", 5: "PNG" };

interface BmpHeader {
  readonly headerBytes: number;
  readonly width: number;
  /** Negative: the first row is the top one. */
  readonly signedHeight: number;
  readonly bits: number;
  readonly compression: number;
  readonly pixelOffset: number;
  /** As the file says; 0 means all that the depth allows. */
  readonly coloursUsed: number;
}

/**
 * Writes a BMP that any simple reader can read: BITMAPINFOHEADER of 40 bytes; three masks of 4 bytes with
 * compression 3; for 1, 4 and 8 bits a palette of all 2, 16 or 256 entries; then the rows, with zero padding, in the
 * order they came in (negative height: top row first). Alpha is left out: BMP readers do not agree on it.
 *
 * @throws {Problem} image-malformed, image-type-unsupported, image-too-many-pixels, image-too-small
 */
export function rebuildBmp(bytes: Buffer, limits: IntakeLimits): RebuiltImage {
  const header = readHeader(bytes);
  const { width, signedHeight, bits } = header;
  const height = Math.abs(signedHeight);
  checkDimensions(width, height, limits);
  checkKind(header);
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  if (header.pixelOffset < FILE_HEADER_BYTES + header.headerBytes || header.pixelOffset > bytes.length)
    throw malformed("The BMP says its pixels lie outside of the file.");
  if (header.pixelOffset + rowBytes * height > bytes.length) throw malformed("The BMP is cut off.");
  const masks = header.compression === bitFields ? readMasks(bytes, bits) : Buffer.alloc(0);
  const palette = bits <= 8 ? readPalette(bytes, header) : Buffer.alloc(0);
  const pixels = bytes.subarray(header.pixelOffset, header.pixelOffset + rowBytes * height);
  const rebuilt = joinBytes([
    writeHeaders(header, masks.length + palette.length, pixels.length),
    masks,
    palette,
    pixels,
  ]);
  clearPadding(rebuilt.subarray(-pixels.length), rowBytes, Math.ceil((width * bits) / 8));
  return { bytes: rebuilt, width, height };
}

function readHeader(bytes: Buffer): BmpHeader {
  if (bytes.length < FILE_HEADER_BYTES + CORE_HEADER_BYTES) throw malformed("The BMP is cut off.");
  const pixelOffset = bytes.readUInt32LE(10);
  const headerBytes = bytes.readUInt32LE(14);
  if (!bmpHeaderSizes.includes(headerBytes)) throw unsupported("This BMP has a header of a kind that is not read.");
  if (bytes.length < FILE_HEADER_BYTES + headerBytes) throw malformed("The BMP is cut off.");
  const isCore = headerBytes === CORE_HEADER_BYTES;
  const planes = bytes.readUInt16LE(isCore ? 22 : 26);
  if (planes !== 1) throw malformed("The BMP header holds settings that do not exist.");
  if (isCore)
    return {
      headerBytes,
      width: bytes.readUInt16LE(18),
      signedHeight: bytes.readUInt16LE(20),
      bits: bytes.readUInt16LE(24),
      compression: uncompressed,
      pixelOffset,
      coloursUsed: 0,
    };
  return {
    headerBytes,
    width: bytes.readInt32LE(18),
    signedHeight: bytes.readInt32LE(22),
    bits: bytes.readUInt16LE(28),
    compression: bytes.readUInt32LE(30),
    pixelOffset,
    coloursUsed: bytes.readUInt32LE(46),
  };
}

function checkKind({ bits, compression }: BmpHeader): void {
  const name = compressionNames[compression];
  if (name !== undefined) throw unsupported(`This BMP is compressed by ${name}; uncompressed ones are read.`);
  if (compression !== uncompressed && compression !== bitFields) throw unsupported("This BMP is of an unknown kind.");
  const depths = compression === bitFields ? [16, 32] : [1, 4, 8, 16, 24, 32];
  if (!depths.includes(bits)) throw malformed(`A BMP of this kind cannot have ${bits} bits a pixel.`);
}

/** Red, green, blue: each one run of bits, none shared. In every header of 40 bytes or more they lie at 54. */
function readMasks(bytes: Buffer, bits: number): Buffer {
  if (bytes.length < 66) throw malformed("The BMP is cut off.");
  const masks = bytes.subarray(54, 66);
  let taken = 0;
  for (let at = 0; at < 12; at += 4) {
    const mask = masks.readUInt32LE(at);
    const run = mask === 0 ? 0 : mask / 2 ** (31 - Math.clz32(mask & -mask));
    const isOneRun = Number.isInteger(Math.log2(run + 1));
    if (mask === 0 || !isOneRun || mask > 2 ** bits - 1 || (taken & mask) !== 0)
      throw malformed("The colour masks of the BMP make no sense.");
    taken |= mask;
  }
  return masks;
}

/** Always complete, so that no pixel can point beyond it; entries the file does not have are black, as in GDI. */
function readPalette(bytes: Buffer, { headerBytes, bits, coloursUsed, pixelOffset }: BmpHeader): Buffer {
  const entryBytes = headerBytes === CORE_HEADER_BYTES ? 3 : 4;
  const colours = 2 ** bits;
  if (coloursUsed > colours) throw malformed("The BMP says it has more colours than its depth allows.");
  const start = FILE_HEADER_BYTES + headerBytes;
  const room = Math.floor((pixelOffset - start) / entryBytes);
  const present = Math.min(coloursUsed === 0 ? colours : coloursUsed, room);
  if (present < 1) throw malformed("The BMP lacks its palette.");
  const palette = Buffer.alloc(4 * colours);
  for (let index = 0; index < present; index++) {
    const at = start + index * entryBytes;
    bytes.copy(palette, 4 * index, at, at + 3);
  }
  return palette;
}

function writeHeaders(header: BmpHeader, tableBytes: number, pixelBytes: number): Buffer {
  const headers = Buffer.alloc(FILE_HEADER_BYTES + INFO_HEADER_BYTES);
  const pixelOffset = headers.length + tableBytes;
  headers.write("BM", 0, "latin1");
  headers.writeUInt32LE(pixelOffset + pixelBytes, 2);
  headers.writeUInt32LE(pixelOffset, 10);
  headers.writeUInt32LE(INFO_HEADER_BYTES, 14);
  headers.writeInt32LE(header.width, 18);
  headers.writeInt32LE(header.signedHeight, 22);
  headers.writeUInt16LE(1, 26);
  headers.writeUInt16LE(header.bits, 28);
  headers.writeUInt32LE(header.compression, 30);
  headers.writeUInt32LE(pixelBytes, 34);
  headers.writeUInt32LE(header.bits <= 8 ? 2 ** header.bits : 0, 46);
  return headers;
}

/** Up to three bytes a row that no pixel uses, yet a message could. */
function clearPadding(rows: Buffer, rowBytes: number, usedBytes: number): void {
  if (usedBytes === rowBytes) return;
  for (let row = 0; row < rows.length; row += rowBytes) rows.fill(0, row + usedBytes, row + rowBytes);
}
