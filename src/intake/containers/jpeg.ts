import { checkDecodedBytes, checkDimensions, type IntakeLimits } from "../limits.ts";
import type { JpegFrame } from "./jpeg-frame.ts";
import { type WalkedJpeg, walkJpeg } from "./jpeg-walk.ts";
import { exifWithOrientation, orientedSize, upright } from "./orientation.ts";
import { joinBytes, type RebuiltImage } from "./rebuilt-image.ts";
import { malformed } from "./refusals.ts";

const startOfImage = Buffer.from("ffd8", "hex");
const endOfImage = Buffer.from("ffd9", "hex");
/** Version 1.01, no density, no thumbnail. */
const plainJfif = Buffer.from("ffe000104a46494600010100000100010000", "hex");
/** APP1 for an EXIF block of 26 bytes. */
const exifMarker = Buffer.from("ffe10022457869660000", "hex");
/** APP14, version 100, no flags; the transform follows. */
const adobeMarker = Buffer.from("ffee000e41646f6265006400000000", "hex");

/**
 * Keeps tables, frame and scans, and of everything else only three facts: that it was JFIF, the Adobe colour
 * transform, the orientation. All three are written afresh.
 *
 * @throws {Problem} image-malformed, image-type-unsupported, image-too-many-pixels, image-too-small
 */
export function rebuildJpeg(bytes: Buffer, limits: IntakeLimits): RebuiltImage {
  const walked = walkJpeg(bytes, (frame) => {
    checkDimensions(frame.width, frame.height, limits);
    if (frame.progressive) checkDecodedBytes(coefficientBytes(frame));
  });
  const { frame } = walked;
  if (frame === undefined || walked.scans === 0) throw malformed("The JPEG holds no picture.");
  if (!walked.isComplete) throw malformed("The JPEG ends before all of its picture data was sent.");
  if (walked.scans > 1) checkDecodedBytes(coefficientBytes(frame));
  // The shortest block is one bit for its mean and one for "nothing else".
  if (!frame.progressive && walked.entropyBytes * 4 < frame.blocks)
    throw malformed("The JPEG holds far less picture data than its header promises.");
  const orientation = walked.orientation ?? upright;
  return {
    bytes: joinBytes([startOfImage, ...header(walked), ...walked.kept, endOfImage]),
    ...orientedSize(frame.width, frame.height, orientation),
  };
}

/** Several scans are collected as 16-bit coefficients before the first pixel is known. */
const coefficientBytes = (frame: JpegFrame): number => frame.blocks * 64 * 2;

function header({ hasJfif, adobeTransform, orientation }: WalkedJpeg): Buffer[] {
  const parts: Buffer[] = [];
  if (hasJfif) parts.push(plainJfif);
  if (orientation !== undefined && orientation !== upright) parts.push(exifMarker, exifWithOrientation(orientation));
  if (adobeTransform !== undefined) parts.push(adobeMarker, Buffer.from([adobeTransform]));
  return parts;
}
