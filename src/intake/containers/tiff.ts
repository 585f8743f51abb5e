import type { IntakeLimits } from "../limits.ts";
import { walkJpeg } from "./jpeg-walk.ts";
import { orientedSize, upright } from "./orientation.ts";
import { joinBytes, type RebuiltImage } from "./rebuilt-image.ts";
import { malformed, unsupported } from "./refusals.ts";
import { fieldTypes, readDirectory, type TiffDirectory } from "./tiff-directory.ts";
import { readLayout, type TiffLayout, tiffCompression, tiffPhotometric, tiffTag } from "./tiff-layout.ts";
import { type TiffField, writeTiff } from "./tiff-writer.ts";

const JPEG_TABLES_BYTES_MAX = 65_536;
const startOfImage = Buffer.from("ffd8", "hex");
const endOfImage = Buffer.from("ffd9", "hex");

/**
 * Writes a fresh one-page TIFF with the same strips or tiles and only the tags that say how to read them. The byte
 * order stays, because 16-bit samples are in it. JPEG data inside is rebuilt as well.
 *
 * @throws {Problem} image-malformed, image-type-unsupported, image-multiframe, image-too-many-pixels, image-too-small
 */
export function rebuildTiff(bytes: Buffer, limits: IntakeLimits): RebuiltImage {
  const directory = readDirectory(bytes);
  const layout = readLayout(directory, limits);
  const segments = readSegments(bytes, directory, layout);
  const fields = [...codingFields(layout), ...colourFields(directory, layout), ...segmentFields(layout, segments)];
  const offsetsTag = layout.isTiled ? tiffTag.tileOffsets : tiffTag.stripOffsets;
  return {
    bytes: writeTiff(directory.isLittleEndian, fields, offsetsTag, segments),
    ...orientedSize(layout.width, layout.height, layout.orientation),
  };
}

function readSegments(bytes: Buffer, directory: TiffDirectory, layout: TiffLayout): Buffer[] {
  const { isTiled, segmentCount } = layout;
  const offsets = directory.numbers(isTiled ? tiffTag.tileOffsets : tiffTag.stripOffsets, segmentCount);
  const lengths = directory.numbers(isTiled ? tiffTag.tileByteCounts : tiffTag.stripByteCounts, segmentCount);
  if (offsets?.length !== segmentCount || lengths?.length !== segmentCount)
    throw malformed("The TIFF does not say where all of its picture data lies.");
  // Pieces that share bytes would make the fresh file many times larger than the upload.
  if (lengths.reduce((sum, length) => sum + length, 0) > bytes.length)
    throw malformed("The pieces of the TIFF are longer than the file.");
  return offsets.map((offset, index) => {
    const length = lengths[index] ?? 0;
    if (length < 1 || offset + length > bytes.length) throw malformed("The TIFF is cut off.");
    const segment = bytes.subarray(offset, offset + length);
    if (layout.compression === tiffCompression.jpeg) return rebuildJpegSegment(segment, layout);
    if (layout.compression !== tiffCompression.none) return segment;
    const needed = uncompressedBytes(layout, index);
    if (length < needed) throw malformed("The TIFF is cut off inside of a strip or tile.");
    return segment.subarray(0, needed);
  });
}

function uncompressedBytes(layout: TiffLayout, index: number): number {
  const { isTiled, height, segmentWidth, segmentHeight, isPlanar, samples, bits, segmentsPerPlane } = layout;
  const rowBytes = Math.ceil((segmentWidth * (isPlanar ? 1 : samples) * bits) / 8);
  const isLastStrip = !isTiled && index % segmentsPerPlane === segmentsPerPlane - 1;
  return rowBytes * (isLastStrip ? height - (segmentsPerPlane - 1) * segmentHeight : segmentHeight);
}

/** The colour model is told by the TIFF tags, so the JPEG data needs no marker of its own. */
function rebuildJpegSegment(segment: Buffer, layout: TiffLayout): Buffer {
  const walked = walkJpeg(segment, (frame) => {
    if (frame.progressive) throw unsupported("This TIFF holds progressive JPEG data.");
    if (frame.width > layout.segmentWidth || frame.height > layout.segmentHeight)
      throw malformed("A piece of the TIFF says it is larger than its place.");
    if (frame.components.length !== (layout.isPlanar ? 1 : layout.samples))
      throw malformed("A piece of the TIFF has the wrong number of colours.");
  });
  if (walked.frame === undefined || !walked.isComplete) throw malformed("A piece of the TIFF holds no whole picture.");
  return joinBytes([startOfImage, ...walked.kept, endOfImage]);
}

const short = (tag: number, ...values: number[]): TiffField => ({ tag, type: fieldTypes.short, values });
const long = (tag: number, ...values: number[]): TiffField => ({ tag, type: fieldTypes.long, values });

function codingFields(layout: TiffLayout): TiffField[] {
  const { samples, bits, predictor, compression, extraSamples, fillOrder, orientation } = layout;
  const hasPredictor = predictor !== 1 && compression !== tiffCompression.none && compression !== tiffCompression.jpeg;
  return [
    long(tiffTag.width, layout.width),
    long(tiffTag.height, layout.height),
    short(tiffTag.bitsPerSample, ...new Array<number>(samples).fill(bits)),
    short(tiffTag.compression, compression),
    short(tiffTag.photometric, layout.photometric),
    short(tiffTag.samplesPerPixel, samples),
    short(tiffTag.planarConfiguration, layout.isPlanar ? 2 : 1),
    ...(fillOrder === 1 ? [] : [short(tiffTag.fillOrder, fillOrder)]),
    ...(orientation === upright ? [] : [short(tiffTag.orientation, orientation)]),
    ...(hasPredictor ? [short(tiffTag.predictor, predictor)] : []),
    ...(extraSamples === undefined ? [] : [short(tiffTag.extraSamples, extraSamples)]),
  ];
}

function colourFields(directory: TiffDirectory, { photometric, bits, compression }: TiffLayout): TiffField[] {
  const fields: TiffField[] = [];
  if (photometric === tiffPhotometric.palette) {
    const colours = directory.numbers(tiffTag.colourMap, 3 * 2 ** bits);
    if (colours?.length !== 3 * 2 ** bits || colours.some((colour) => colour > 65_535))
      throw malformed("The TIFF lacks its palette.");
    fields.push(short(tiffTag.colourMap, ...colours));
  }
  if (compression === tiffCompression.jpeg) {
    const tables = directory.raw(tiffTag.jpegTables, fieldTypes.undefined, JPEG_TABLES_BYTES_MAX);
    if (tables !== undefined)
      fields.push({ tag: tiffTag.jpegTables, type: fieldTypes.undefined, raw: rebuildTables(tables) });
  }
  if (photometric === tiffPhotometric.ycbcr) fields.push(...ycbcrFields(directory));
  return fields;
}

function rebuildTables(tables: Buffer): Buffer {
  const walked = walkJpeg(tables, () => {
    throw malformed("The JPEG tables of the TIFF hold a picture.");
  });
  return joinBytes([startOfImage, ...walked.kept, endOfImage]);
}

function ycbcrFields(directory: TiffDirectory): TiffField[] {
  const subsampling = directory.numbers(tiffTag.ycbcrSubsampling, 2);
  const positioning = directory.numbers(tiffTag.ycbcrPositioning, 1);
  const rationals = [tiffTag.ycbcrCoefficients, tiffTag.referenceBlackWhite].flatMap((tag): TiffField[] => {
    const raw = directory.raw(tag, fieldTypes.rational, tag === tiffTag.ycbcrCoefficients ? 24 : 48);
    return raw === undefined ? [] : [{ tag, type: fieldTypes.rational, raw }];
  });
  const shorts = [
    ...(subsampling === undefined ? [] : [short(tiffTag.ycbcrSubsampling, ...subsampling)]),
    ...(positioning === undefined ? [] : [short(tiffTag.ycbcrPositioning, ...positioning)]),
  ];
  for (const field of shorts)
    if ("values" in field && field.values.some((value) => value > 4)) throw malformed("The TIFF colours are damaged.");
  return [...shorts, ...rationals];
}

function segmentFields(layout: TiffLayout, segments: readonly Buffer[]): TiffField[] {
  const lengths = segments.map((segment) => segment.length);
  if (layout.isTiled)
    return [
      long(tiffTag.tileWidth, layout.segmentWidth),
      long(tiffTag.tileHeight, layout.segmentHeight),
      long(tiffTag.tileByteCounts, ...lengths),
    ];
  return [long(tiffTag.rowsPerStrip, layout.segmentHeight), long(tiffTag.stripByteCounts, ...lengths)];
}
