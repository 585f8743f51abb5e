import sharp, { type Sharp } from "sharp";
import type { ImageMediaType } from "../contracts/image.ts";
import type { Network } from "../contracts/pack.ts";
import { Problem } from "../contracts/problems.ts";
import { decodeBmp } from "./bmp.ts";

// One libvips thread and no cache: parallelism comes from the workers, and no image is kept by accident.
sharp.concurrency(1);
sharp.cache(false);
// Only these loaders may see a byte from outside. Intake has already walked the container; this is the second net.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegBuffer",
    "VipsForeignLoadPngBuffer",
    "VipsForeignLoadWebpBuffer",
    "VipsForeignLoadTiffBuffer",
  ],
});

const pixelsMax = 100_000_000;
const channelsMax = 5;
const secondsMax = 20;

/**
 * Decodes one image and squeezes it to a network's input.
 *
 * @returns RGB, uint8, row-major, `3 * width * height`, in memory of its own
 * @throws {Problem} image-undecodable, also when only part of the picture is there
 */
export async function decode(
  image: { readonly bytes: Uint8Array; readonly mediaType: ImageMediaType },
  { width, height }: Pick<Network["input"], "width" | "height">,
): Promise<Uint8Array> {
  try {
    const { data } = await open(image)
      .autoOrient()
      .resize(width, height, { fit: "fill", kernel: "cubic", fastShrinkOnLoad: false })
      .removeAlpha()
      .toColourspace("srgb")
      .timeout({ seconds: secondsMax })
      .raw({ depth: "uchar" })
      .toUint8Array();
    return data;
  } catch (cause) {
    throw new Problem("image-undecodable", { detail: "the picture data is damaged", cause });
  }
}

/**
 * `failOn: "warning"` and not "error": with the latter libjpeg fills up a picture that was cut in the middle of its
 * last scan, and half a picture would get a score.
 */
function open({ bytes, mediaType }: { bytes: Uint8Array; mediaType: ImageMediaType }): Sharp {
  if (mediaType !== "image/bmp")
    return sharp(bytes, {
      failOn: "warning",
      limitInputPixels: pixelsMax,
      limitInputChannels: channelsMax,
      pages: 1,
      sequentialRead: true,
    });
  const { data, width, height } = decodeBmp(bytes);
  return sharp(data, { raw: { width, height, channels: 3 } });
}
