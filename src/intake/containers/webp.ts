import { checkDecodedBytes, checkDimensions, type IntakeLimits } from "../limits.ts";
import { exifWithOrientation, orientedSize, readOrientation, upright } from "./orientation.ts";
import { joinBytes, type RebuiltImage } from "./rebuilt-image.ts";
import { malformed, multiframe } from "./refusals.ts";

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** A still picture has at most six. */
const CHUNKS_MAX = 256;
const extendedFlags = { animation: 0x02, exif: 0x08, alpha: 0x10 } as const;

/** The chunks of a still picture that mean something to us. */
interface WebpParts {
  readonly extended: Buffer | undefined;
  readonly picture: Buffer;
  readonly kind: "VP8 " | "VP8L";
  readonly alpha: Buffer | undefined;
  readonly exif: Buffer | undefined;
}

interface WebpPicture {
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
}

/**
 * Keeps the picture chunk and, for lossy pictures, the alpha chunk; the extended header is written afresh where alpha
 * or an orientation needs it.
 *
 * @throws {Problem} image-malformed, image-multiframe, image-too-many-pixels, image-too-small
 */
export function rebuildWebp(bytes: Buffer, limits: IntakeLimits): RebuiltImage {
  if (bytes.length < RIFF_HEADER_BYTES + CHUNK_HEADER_BYTES) throw malformed("The WebP is cut off.");
  const end = 8 + bytes.readUInt32LE(4);
  if (end > bytes.length) throw malformed("The WebP is cut off.");
  const parts = readParts(bytes.subarray(RIFF_HEADER_BYTES, end), limits);
  const picture = readPicture(parts);
  checkDimensions(picture.width, picture.height, limits);
  // A whole picture of 4 bytes a pixel; lossless decoding keeps a second one.
  checkDecodedBytes(picture.width * picture.height * (parts.kind === "VP8L" ? 8 : 4));
  const { extended } = parts;
  if (extended !== undefined && (canvasWidth(extended) !== picture.width || canvasHeight(extended) !== picture.height))
    throw malformed("The WebP gives two different sizes.");
  const orientation = (parts.exif === undefined ? undefined : readOrientation(parts.exif)) ?? upright;
  const exif = orientation === upright ? undefined : exifWithOrientation(orientation);
  return {
    bytes: writeWebp(parts, picture, exif),
    ...orientedSize(picture.width, picture.height, orientation),
  };
}

const canvasWidth = (extended: Buffer): number => extended.readUIntLE(4, 3) + 1;
const canvasHeight = (extended: Buffer): number => extended.readUIntLE(7, 3) + 1;

function readParts(body: Buffer, limits: IntakeLimits): WebpParts {
  const found = new Map<string, Buffer>();
  let position = 0;
  for (let chunks = 0; position < body.length; chunks++) {
    if (chunks >= CHUNKS_MAX) throw malformed(`The WebP has more than ${CHUNKS_MAX} chunks.`);
    if (position + CHUNK_HEADER_BYTES > body.length) throw malformed("The WebP is cut off.");
    const name = body.toString("latin1", position, position + 4);
    const length = body.readUInt32LE(position + 4);
    const start = position + CHUNK_HEADER_BYTES;
    if (start + length > body.length) throw malformed("The WebP is cut off.");
    takeChunk(found, name, body.subarray(start, start + length), limits);
    // Chunks are padded to an even length; some writers forget it at the very end.
    position = start + length + (length & 1);
  }
  const kind = found.has("VP8 ") ? "VP8 " : "VP8L";
  const picture = found.get(kind);
  if (picture === undefined) throw malformed("The WebP holds no picture.");
  const extended = found.get("VP8X");
  // Readers look for EXIF only where the header announces it.
  const announcesExif = extended !== undefined && (extended.readUInt8(0) & extendedFlags.exif) !== 0;
  return {
    extended,
    picture,
    kind,
    alpha: extended && found.get("ALPH"),
    exif: announcesExif ? found.get("EXIF") : undefined,
  };
}

function takeChunk(found: Map<string, Buffer>, name: string, payload: Buffer, limits: IntakeLimits): void {
  if (found.size === 0 && name !== "VP8X" && name !== "VP8 " && name !== "VP8L")
    throw malformed("The WebP does not begin with a picture.");
  const isPicture = name === "VP8 " || name === "VP8L";
  if (name === "ANIM" || name === "ANMF") throw multiframe("The WebP is an animation.");
  if (isPicture && (found.has("VP8 ") || found.has("VP8L"))) throw malformed("The WebP holds two pictures.");
  if (name === "VP8X") {
    if (found.size > 0 || payload.length < 10) throw malformed("The WebP header is damaged.");
    if ((payload.readUInt8(0) & extendedFlags.animation) !== 0) throw multiframe("The WebP is an animation.");
    checkDimensions(canvasWidth(payload), canvasHeight(payload), limits);
  }
  // The alpha plane belongs to the picture that follows it; the first EXIF block wins.
  const isLateAlpha = name === "ALPH" && (found.has("VP8 ") || found.has("VP8L"));
  if (!isLateAlpha && !found.has(name)) found.set(name, payload);
}

function readPicture({ picture, kind, alpha }: WebpParts): WebpPicture {
  if (kind === "VP8L") {
    if (picture.length < 5 || picture.readUInt8(0) !== 0x2f) throw malformed("The WebP picture is damaged.");
    const header = picture.readUInt32LE(1);
    if (header >>> 29 !== 0) throw malformed("The WebP is of an unknown version.");
    return {
      width: (header & 0x3fff) + 1,
      height: ((header >>> 14) & 0x3fff) + 1,
      hasAlpha: ((header >>> 28) & 1) === 1,
    };
  }
  if (picture.length < 10 || picture.readUIntBE(3, 3) !== 0x9d012a) throw malformed("The WebP picture is damaged.");
  const frame = picture.readUIntLE(0, 3);
  // Bit 0: not a key frame. Bits 5..: length of the first partition.
  if ((frame & 1) !== 0 || frame >>> 5 > picture.length - 10)
    throw malformed("The WebP picture is damaged or cut off.");
  return {
    width: picture.readUInt16LE(6) & 0x3fff,
    height: picture.readUInt16LE(8) & 0x3fff,
    hasAlpha: alpha !== undefined,
  };
}

function writeWebp(parts: WebpParts, picture: WebpPicture, exif: Buffer | undefined): Buffer {
  const alpha = parts.kind === "VP8 " ? parts.alpha : undefined;
  const chunks: Buffer[] = [];
  if (alpha !== undefined || exif !== undefined) chunks.push(...chunk("VP8X", extendedHeader(picture, exif)));
  if (alpha !== undefined) chunks.push(...chunk("ALPH", alpha));
  chunks.push(...chunk(parts.kind, parts.picture));
  if (exif !== undefined) chunks.push(...chunk("EXIF", exif));
  const header = Buffer.from("RIFF\0\0\0\0WEBP", "latin1");
  header.writeUInt32LE(4 + chunks.reduce((sum, part) => sum + part.length, 0), 4);
  return joinBytes([header, ...chunks]);
}

function extendedHeader({ width, height, hasAlpha }: WebpPicture, exif: Buffer | undefined): Buffer {
  const header = Buffer.alloc(10);
  header.writeUInt8((hasAlpha ? extendedFlags.alpha : 0) | (exif === undefined ? 0 : extendedFlags.exif), 0);
  header.writeUIntLE(width - 1, 4, 3);
  header.writeUIntLE(height - 1, 7, 3);
  return header;
}

function chunk(name: string, payload: Buffer): Buffer[] {
  const header = Buffer.alloc(CHUNK_HEADER_BYTES);
  header.write(name, 0, "latin1");
  header.writeUInt32LE(payload.length, 4);
  return payload.length % 2 === 0 ? [header, payload] : [header, payload, Buffer.alloc(1)];
}
