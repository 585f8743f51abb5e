import { crc32 } from "node:zlib";
import { checkDecodedBytes, checkDimensions, type IntakeLimits } from "../limits.ts";
import { exifWithOrientation, type Orientation, orientedSize, readOrientation, upright } from "./orientation.ts";
import { joinBytes, KeptRanges, type RebuiltImage } from "./rebuilt-image.ts";
import { malformed, unsupported } from "./refusals.ts";

const SIGNATURE_BYTES = 8;
/** Length, type and checksum around the payload. */
const CHUNK_FRAME_BYTES = 12;
const HEADER_END = SIGNATURE_BYTES + CHUNK_FRAME_BYTES + 13;
/** Common encoders write 8 KB a chunk: 4,096 for 32 MB. */
const CHUNKS_MAX = 32_768;
/** No deflate stream expands more. @see zlib technical details, "Maximum Expansion Factor" */
const DEFLATE_RATIO_MAX = 1032;
const endChunk = Buffer.from("0000000049454e44ae426082", "hex");

/** Allowed bit depths and samples per pixel by colour type. */
const colourTypes: Readonly<Record<number, { readonly depths: readonly number[]; readonly samples: number }>> = {
  0: { depths: [1, 2, 4, 8, 16], samples: 1 },
  2: { depths: [8, 16], samples: 3 },
  3: { depths: [1, 2, 4, 8], samples: 1 },
  4: { depths: [8, 16], samples: 2 },
  6: { depths: [8, 16], samples: 4 },
};
const palette = 3;

interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly colourType: number;
  readonly depth: number;
  readonly rawBytes: number;
}

/**
 * Keeps the header, palette, transparency and pixel data; writes the end, and the orientation where there was one,
 * afresh. Text, profiles, times, animation frames and whatever follows the end are left behind.
 *
 * @throws {Problem} image-malformed, image-type-unsupported, image-too-many-pixels, image-too-small
 */
export function rebuildPng(bytes: Buffer, limits: IntakeLimits): RebuiltImage {
  const header = readHeader(bytes, limits);
  const walk = new PngWalk(bytes, header);
  walk.run();
  if (walk.pixelBytes * DEFLATE_RATIO_MAX < header.rawBytes)
    throw malformed("The PNG holds far less picture data than its header promises.");
  const exif = walk.orientation === upright ? [] : [chunk("eXIf", exifWithOrientation(walk.orientation))];
  return {
    bytes: joinBytes([bytes.subarray(0, HEADER_END), ...exif, ...walk.kept.parts(), endChunk]),
    ...orientedSize(header.width, header.height, walk.orientation),
  };
}

function readHeader(bytes: Buffer, limits: IntakeLimits): PngHeader {
  if (bytes.length < HEADER_END) throw malformed("The PNG is cut off.");
  if (bytes.readUInt32BE(8) !== 13 || bytes.toString("latin1", 12, 16) !== "IHDR")
    throw malformed("The PNG has no header.");
  const width = bytes.readUInt32BE(16);
  const height = bytes.readUInt32BE(20);
  checkDimensions(width, height, limits);
  if (!hasRightChecksum(bytes, 12, HEADER_END - 4)) throw malformed("The PNG header fails its checksum.");
  const depth = bytes.readUInt8(24);
  const colourType = bytes.readUInt8(25);
  const colours = colourTypes[colourType];
  const isInterlaced = bytes.readUInt8(28) === 1;
  if (!colours?.depths.includes(depth) || bytes.readUInt16BE(26) !== 0 || bytes.readUInt8(28) > 1)
    throw malformed("The PNG header holds settings that do not exist.");
  if (isInterlaced) checkDecodedBytes(width * height * colours.samples * Math.ceil(depth / 8));
  const rawBytes = Math.ceil((width * colours.samples * depth) / 8) * height;
  return { width, height, colourType, depth, rawBytes };
}

/** Palette, then transparency, then pixel data without a gap, then the end. */
class PngWalk {
  readonly kept: KeptRanges;
  pixelBytes = 0;
  orientation: Orientation = upright;
  readonly #bytes: Buffer;
  readonly #header: PngHeader;
  readonly #seen = new Set<string>();
  #pixelDataClosed = false;

  constructor(bytes: Buffer, header: PngHeader) {
    this.#bytes = bytes;
    this.#header = header;
    this.kept = new KeptRanges(bytes);
  }

  run(): void {
    const bytes = this.#bytes;
    let position = HEADER_END;
    for (let chunks = 1; ; chunks++) {
      if (position + CHUNK_FRAME_BYTES > bytes.length) throw malformed("The PNG is cut off.");
      const length = bytes.readUInt32BE(position);
      const end = position + CHUNK_FRAME_BYTES + length;
      if (end > bytes.length) throw malformed("The PNG is cut off.");
      const type = bytes.toString("latin1", position + 4, position + 8);
      if (type === "IEND") break;
      if (chunks >= CHUNKS_MAX) throw malformed(`The PNG has more than ${CHUNKS_MAX} chunks.`);
      this.#take(type, position, end);
      position = end;
    }
    if (this.pixelBytes === 0) throw malformed("The PNG holds no picture data.");
    if (this.#header.colourType === palette && !this.#seen.has("PLTE")) throw malformed("The PNG lacks its palette.");
  }

  #take(type: string, start: number, end: number): void {
    if (type !== "IDAT" && this.#seen.has("IDAT")) this.#pixelDataClosed = true;
    if (type === "IDAT") {
      if (this.#pixelDataClosed) throw malformed("The picture data of the PNG is torn apart.");
      this.pixelBytes += end - start - CHUNK_FRAME_BYTES;
      this.#keep(type, start, end);
    } else if (type === "PLTE") this.#takePalette(start, end);
    else if (type === "tRNS") this.#takeTransparency(start, end);
    else if (type === "eXIf") this.#noteOrientation(start, end);
    else if (!/^[a-z][A-Za-z]{3}$/.test(type))
      throw /^[A-Z][A-Za-z]{3}$/.test(type) && type !== "IHDR"
        ? unsupported("The PNG uses an extension that is not read.")
        : malformed("The PNG holds bytes where a chunk should begin.");
  }

  #takePalette(start: number, end: number): void {
    const length = end - start - CHUNK_FRAME_BYTES;
    const { colourType, depth } = this.#header;
    const colours = colourType === palette ? 2 ** depth : 256;
    if (this.#seen.has("IDAT") || this.#seen.has("PLTE") || length % 3 !== 0 || length < 3 || length > 3 * colours)
      throw malformed("The palette of the PNG is damaged.");
    // In a true-colour file the palette is only a suggestion for old screens.
    if (colourType === palette) this.#keep("PLTE", start, end);
  }

  #takeTransparency(start: number, end: number): void {
    const length = end - start - CHUNK_FRAME_BYTES;
    const { colourType, depth } = this.#header;
    const fits = { 0: length === 2, 2: length === 6, 3: length >= 1 && length <= 2 ** depth }[colourType] ?? false;
    const paletteComesFirst = colourType !== palette || this.#seen.has("PLTE");
    if (!fits || !paletteComesFirst || this.#seen.has("tRNS") || this.#seen.has("IDAT"))
      throw malformed("The transparency of the PNG is damaged.");
    this.#keep("tRNS", start, end);
  }

  #noteOrientation(start: number, end: number): void {
    if (this.orientation !== upright || !hasRightChecksum(this.#bytes, start + 4, end - 4)) return;
    this.orientation = readOrientation(this.#bytes.subarray(start + 8, end - 4)) ?? upright;
  }

  #keep(type: string, start: number, end: number): void {
    if (!hasRightChecksum(this.#bytes, start + 4, end - 4)) throw malformed("A part of the PNG fails its checksum.");
    this.#seen.add(type);
    this.kept.keep(start, end);
  }
}

const hasRightChecksum = (bytes: Buffer, start: number, end: number): boolean =>
  crc32(bytes.subarray(start, end)) === bytes.readUInt32BE(end);

function chunk(type: string, payload: Buffer): Buffer {
  const bytes = Buffer.alloc(CHUNK_FRAME_BYTES + payload.length);
  bytes.writeUInt32BE(payload.length, 0);
  bytes.write(type, 4, "latin1");
  payload.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + payload.length)), 8 + payload.length);
  return bytes;
}
