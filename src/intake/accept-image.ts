import { createHash } from "node:crypto";
import type { AcceptedImage, ImageMediaType } from "../contracts/image.ts";
import { Problem } from "../contracts/problems.ts";
import { rebuildBmp } from "./containers/bmp.ts";
import { rebuildJpeg } from "./containers/jpeg.ts";
import { rebuildPng } from "./containers/png.ts";
import type { RebuiltImage } from "./containers/rebuilt-image.ts";
import { rebuildTiff } from "./containers/tiff.ts";
import { rebuildWebp } from "./containers/webp.ts";
import { cleanFilename } from "./filename.ts";
import type { IntakeLimits } from "./limits.ts";
import { sniff } from "./sniff.ts";

const rebuilders: Readonly<Record<ImageMediaType, (bytes: Buffer, limits: IntakeLimits) => RebuiltImage>> = {
  "image/jpeg": rebuildJpeg,
  "image/png": rebuildPng,
  "image/webp": rebuildWebp,
  "image/tiff": rebuildTiff,
  "image/bmp": rebuildBmp,
};

/**
 * Judges an uploaded file and writes it afresh: by its bytes, never by its name or declared type. No pixel is decoded;
 * a file that is whole as a container can still fail later as `image-undecodable`.
 *
 * @param bytes the whole file; not kept and not changed
 * @param filename what the client called it, for display only
 * @throws {Problem} image-type-unsupported, image-malformed, image-multiframe, image-too-large, image-too-many-pixels,
 *   image-too-small
 */
export function acceptImage(bytes: Uint8Array, limits: IntakeLimits, filename?: string): AcceptedImage {
  if (bytes.length > limits.imageBytesMax) throw imageTooLarge(limits);
  const upload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mediaType = sniff(upload);
  const rebuilt = rebuilders[mediaType](upload, limits);
  const cleaned = filename === undefined ? undefined : cleanFilename(filename);
  return {
    mediaType,
    ...rebuilt,
    sha256: createHash("sha256").update(rebuilt.bytes).digest("hex"),
    uploadedBytes: bytes.length,
    ...(cleaned === undefined ? {} : { filename: cleaned }),
  };
}

export const imageTooLarge = (limits: IntakeLimits): Problem =>
  new Problem("image-too-large", { detail: `An image file may have at most ${limits.imageBytesMax} bytes.` });
