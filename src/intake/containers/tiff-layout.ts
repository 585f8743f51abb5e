import { checkDecodedBytes, checkDimensions, type IntakeLimits } from "../limits.ts";
import { isOrientation, type Orientation, upright } from "./orientation.ts";
import { malformed, multiframe, unsupported } from "./refusals.ts";
import type { TiffDirectory } from "./tiff-directory.ts";

export const tiffTag = {
  subfileType: 254,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planarConfiguration: 284,
  predictor: 317,
  colourMap: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
  ycbcrCoefficients: 529,
  ycbcrSubsampling: 530,
  ycbcrPositioning: 531,
  referenceBlackWhite: 532,
} as const;

export const tiffCompression = { none: 1, lzw: 5, jpeg: 7, deflate: 8, packBits: 32_773, oldDeflate: 32_946 } as const;
export const tiffPhotometric = { white: 0, black: 1, rgb: 2, palette: 3, cmyk: 5, ycbcr: 6 } as const;

/** Samples a pixel needs by photometric interpretation; one more may be alpha. */
const colourSamples: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3 };
/** 50 megapixels in tiles of 32 x 32 are 49,000; a strip for each row of the highest image 65,535. */
export const SEGMENTS_MAX = 65_536;

/** How the pixels of a TIFF are coded and cut up. A segment is a strip or a tile. */
export interface TiffLayout {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly samples: number;
  readonly compression: number;
  readonly photometric: number;
  readonly fillOrder: number;
  readonly isPlanar: boolean;
  readonly predictor: number;
  readonly extraSamples: number | undefined;
  readonly orientation: Orientation;
  readonly isTiled: boolean;
  readonly segmentWidth: number;
  readonly segmentHeight: number;
  /** Over all planes. */
  readonly segmentCount: number;
  /** In one plane. */
  readonly segmentsPerPlane: number;
}

/** @throws {Problem} image-malformed, image-type-unsupported, image-multiframe, image-too-many-pixels, image-too-small */
export function readLayout(directory: TiffDirectory, limits: IntakeLimits): TiffLayout {
  const width = directory.number(tiffTag.width, 0);
  const height = directory.number(tiffTag.height, 0);
  checkDimensions(width, height, limits);
  // Bit 0: a reduced copy of another picture, as raw files of cameras begin with. Bit 2: a mask.
  if ((directory.number(tiffTag.subfileType, 0) & 5) !== 0) throw multiframe("The TIFF begins with a mere preview.");
  const coding = readCoding(directory);
  const segments = readSegments(directory, width, height);
  const planes = coding.isPlanar ? coding.samples : 1;
  const segmentCount = segments.segmentsPerPlane * planes;
  if (segmentCount > SEGMENTS_MAX) throw malformed(`The TIFF is cut into more than ${SEGMENTS_MAX} pieces.`);
  const decodedBytes = (segments.paddedPixels * coding.samples * Math.max(8, coding.bits)) / 8;
  checkDecodedBytes(decodedBytes);
  return { width, height, ...coding, ...segments, segmentCount };
}

function readCoding(directory: TiffDirectory) {
  const compression = directory.number(tiffTag.compression, tiffCompression.none);
  const photometric = directory.number(tiffTag.photometric, -1);
  const samples = directory.number(tiffTag.samplesPerPixel, 1);
  const fillOrder = directory.number(tiffTag.fillOrder, 1);
  const planar = directory.number(tiffTag.planarConfiguration, 1);
  const predictor = directory.number(tiffTag.predictor, 1);
  const extraSamples = directory.numbers(tiffTag.extraSamples, 1)?.[0];
  const bits = readBits(directory, samples);
  const colours = colourSamples[photometric];
  if (!Object.values<number>(tiffCompression).includes(compression))
    throw unsupported("This TIFF uses a compression that is not read; none, LZW, deflate, PackBits and JPEG are.");
  if (colours === undefined) throw unsupported("This TIFF has a colour model that is not read.");
  if (samples < colours || samples > colours + 1)
    throw unsupported(`This TIFF has ${samples} samples a pixel where its colour model has ${colours}.`);
  if ((directory.numbers(tiffTag.sampleFormat, samples) ?? []).some((format) => format !== 1))
    throw unsupported("This TIFF has samples that are not unsigned whole numbers.");
  const isWithinByte = bits === 1 || bits === 2 || bits === 4;
  const isRightDepth = bits === 8 || (bits === 16 && photometric !== tiffPhotometric.palette);
  if (!isRightDepth && !(isWithinByte && samples === 1)) throw unsupported(`This TIFF has ${bits} bits a sample.`);
  if (photometric === tiffPhotometric.ycbcr && compression !== tiffCompression.jpeg)
    throw unsupported("This TIFF keeps YCbCr colours without JPEG compression.");
  if (compression === tiffCompression.jpeg && bits !== 8) throw unsupported("This TIFF has JPEG data of an odd depth.");
  if (fillOrder < 1 || fillOrder > 2 || planar < 1 || planar > 2 || predictor < 1 || predictor > 2)
    throw unsupported("This TIFF orders its bits or samples in a way that is not read.");
  if (extraSamples !== undefined && (extraSamples > 2 || samples === colours))
    throw malformed("The TIFF describes samples that it does not have.");
  const orientation = directory.number(tiffTag.orientation, upright);
  return {
    compression,
    photometric,
    samples,
    bits,
    fillOrder,
    isPlanar: planar === 2 && samples > 1,
    predictor,
    extraSamples,
    orientation: isOrientation(orientation) ? orientation : upright,
  };
}

function readBits(directory: TiffDirectory, samples: number): number {
  if (samples < 1 || samples > 5) throw unsupported(`This TIFF has ${samples} samples a pixel.`);
  const all = directory.numbers(tiffTag.bitsPerSample, samples) ?? [1];
  const bits = all[0] ?? 1;
  if (all.some((other) => other !== bits)) throw unsupported("This TIFF has samples of different depths.");
  return bits;
}

function readSegments(directory: TiffDirectory, width: number, height: number) {
  const isTiled = directory.has(tiffTag.tileOffsets);
  if (isTiled === directory.has(tiffTag.stripOffsets))
    throw malformed("The TIFF must be cut into either strips or tiles.");
  const segmentWidth = isTiled ? directory.number(tiffTag.tileWidth, 0) : width;
  const rows = isTiled ? directory.number(tiffTag.tileHeight, 0) : directory.number(tiffTag.rowsPerStrip, height);
  const segmentHeight = isTiled ? rows : Math.min(rows, height);
  if (segmentWidth < 1 || segmentHeight < 1 || (isTiled && (segmentWidth % 16 !== 0 || segmentHeight % 16 !== 0)))
    throw malformed("The strips or tiles of the TIFF have an impossible size.");
  const segmentsPerPlane = Math.ceil(width / segmentWidth) * Math.ceil(height / segmentHeight);
  const paddedPixels = segmentsPerPlane * segmentWidth * segmentHeight;
  return { isTiled, segmentWidth, segmentHeight, segmentsPerPlane, paddedPixels };
}
