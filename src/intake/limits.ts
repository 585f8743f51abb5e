import { Problem } from "../contracts/problems.ts";
import type { Config } from "../platform/index.ts";

/** What a deployment lets in; from the settings of the same names. */
export interface IntakeLimits {
  readonly imageBytesMax: number;
  readonly imagePixelsMax: number;
  readonly batchBytesMax: number;
  readonly batchImagesMax: number;
}

export const limitsOf = (
  config: Pick<Config, "IMAGE_BYTES_MAX" | "IMAGE_PIXELS_MAX" | "BATCH_BYTES_MAX" | "BATCH_IMAGES_MAX">,
): IntakeLimits => ({
  imageBytesMax: config.IMAGE_BYTES_MAX,
  imagePixelsMax: config.IMAGE_PIXELS_MAX,
  batchBytesMax: config.BATCH_BYTES_MAX,
  batchImagesMax: config.BATCH_IMAGES_MAX,
});

/** The limits of a durable batch, whose body may be larger and hold more. */
export const batchLimitsOf = (
  config: Pick<Config, "IMAGE_BYTES_MAX" | "IMAGE_PIXELS_MAX" | "BATCH_UPLOAD_BYTES_MAX" | "BATCH_ITEMS_MAX">,
): IntakeLimits =>
  limitsOf({ ...config, BATCH_BYTES_MAX: config.BATCH_UPLOAD_BYTES_MAX, BATCH_IMAGES_MAX: config.BATCH_ITEMS_MAX });

/** Smaller pictures hold no finding, and some decoders' shrink-on-load ends at a side of 8. */
export const SIDE_PIXELS_MIN = 16;
/** The most a JPEG can say, applied to all: no camera makes more, and rows stay a few hundred KB. */
export const SIDE_PIXELS_MAX = 65_535;
/** Bound on what a decoder must hold at once for a picture that cannot be streamed row by row. */
export const DECODED_BYTES_MAX = 300_000_000;

/**
 * Judges the size a header claims, before anything else is done with the file.
 * @throws {Problem} image-malformed, image-too-many-pixels, image-too-small
 */
export function checkDimensions(width: number, height: number, limits: IntakeLimits): void {
  if (width < 1 || height < 1) throw new Problem("image-malformed", { detail: "The header says the image is empty." });
  if (width * height > limits.imagePixelsMax)
    throw new Problem("image-too-many-pixels", {
      detail: `The image is ${width} x ${height} pixels; at most ${limits.imagePixelsMax} pixels are accepted.`,
    });
  if (Math.max(width, height) > SIDE_PIXELS_MAX)
    throw new Problem("image-too-many-pixels", {
      detail: `The image is ${width} x ${height} pixels; a side may have at most ${SIDE_PIXELS_MAX}.`,
    });
  if (Math.min(width, height) < SIDE_PIXELS_MIN)
    throw new Problem("image-too-small", {
      detail: `The image is ${width} x ${height} pixels; each side needs at least ${SIDE_PIXELS_MIN}.`,
    });
}

/**
 * @param bytes what decoding must hold at once, estimated from the header
 * @throws {Problem} image-too-many-pixels
 */
export function checkDecodedBytes(bytes: number): void {
  if (bytes > DECODED_BYTES_MAX)
    throw new Problem("image-too-many-pixels", {
      detail: `Decoding this kind of file would take ${Math.ceil(bytes / 1e6)} MB; the limit is ${DECODED_BYTES_MAX / 1e6} MB. A smaller image, or one saved without interlacing or progressive mode, is accepted.`,
    });
}
