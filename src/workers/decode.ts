import sharp, { type Sharp } from "sharp";
import type { ImageMediaType, ImageQuality } from "../contracts/image.ts";
import type { Network } from "../contracts/pack.ts";
import { Problem } from "../contracts/problems.ts";
import { decodeBmp } from "./bmp.ts";
import { type Box, discBox } from "./disc-box.ts";
import { equalise } from "./equalise.ts";
import { measureQuality } from "./quality.ts";

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

interface Encoded {
  readonly bytes: Uint8Array;
  readonly mediaType: ImageMediaType;
}

/** A picture as a network wants it. */
export interface Decoded {
  /** RGB, uint8, row-major, `3 * width * height`, in memory of its own. */
  readonly pixels: Uint8Array;
  /** Measured before the contrast was changed. */
  readonly quality: ImageQuality;
}

/**
 * Decodes one image, squeezes it to a network's input and prepares it as the network was trained.
 * @throws {Problem} image-undecodable, also when only part of the picture is there
 */
export async function decode(image: Encoded, input: Network["input"]): Promise<Decoded> {
  const { width, height, prepare } = input;
  try {
    const whole = await squeeze(open(image).autoOrient(), width, height);
    const box = prepare !== "none" && width === height ? discBox(whole, width) : undefined;
    const pixels = box === undefined ? whole : await squeezePart(image, box, width, height);
    const quality = measureQuality(pixels, width, height);
    return { pixels: prepare === "fundus" ? equalise(pixels, width, height) : pixels, quality };
  } catch (cause) {
    throw new Problem("image-undecodable", { detail: "the picture data is damaged", cause });
  }
}

function squeeze(picture: Sharp, width: number, height: number): Promise<Uint8Array> {
  return picture
    .resize(width, height, { fit: "fill", kernel: "cubic", fastShrinkOnLoad: false })
    .removeAlpha()
    .toColourspace("srgb")
    .timeout({ seconds: secondsMax })
    .raw({ depth: "uchar" })
    .toUint8Array()
    .then(({ data }) => data);
}

/** The cut is made on the upright picture at its full size, so nothing of the disc's detail is lost. */
async function squeezePart(image: Encoded, box: Box, width: number, height: number): Promise<Uint8Array> {
  const upright = await open(image)
    .autoOrient()
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { info, data } = upright;
  const left = Math.round(box.left * info.width);
  const top = Math.round(box.top * info.height);
  const part = {
    left,
    top,
    width: Math.max(1, Math.round(box.right * info.width) - left),
    height: Math.max(1, Math.round(box.bottom * info.height) - top),
  };
  const raw = { width: info.width, height: info.height, channels: info.channels };
  return squeeze(sharp(data, { raw }).extract(part), width, height);
}

/**
 * `failOn: "warning"` and not "error": with the latter libjpeg fills up a picture that was cut in the middle of its
 * last scan, and half a picture would get a score.
 */
function open({ bytes, mediaType }: Encoded): Sharp {
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
