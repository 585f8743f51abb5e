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
 * Decodes one image, brings it to a network's input and prepares it as the network was trained.
 * @throws {Problem} image-undecodable, also when only part of the picture is there
 */
export async function decode(image: Encoded, input: Network["input"]): Promise<Decoded> {
  const { width, height, prepare } = input;
  try {
    const whole = await bring(open(image).autoOrient(), input);
    const box = await boxOf(image, input, whole);
    const pixels = box === undefined ? whole : await bringPart(image, box, input);
    const quality = measureQuality(pixels, width, height);
    return { pixels: prepare === "fundus" ? equalise(pixels, width, height) : pixels, quality };
  } catch (cause) {
    throw new Problem("image-undecodable", { detail: "the picture data is damaged", cause });
  }
}

/** The middle of an eye photograph: more telling than the whole, and as telling as where a circle is found (ADR 0016). */
const middle: Box = { left: 0.2, top: 0.2, right: 0.8, bottom: 0.8 };

async function boxOf(image: Encoded, input: Network["input"], whole: Uint8Array): Promise<Box | undefined> {
  if (input.prepare === "centre") return middle;
  return input.prepare !== "none" && input.width === input.height ? discOf(image, input, whole) : undefined;
}

/** The disc's place is a share of the whole picture, so it is looked for before anything is cut away. */
async function discOf(image: Encoded, input: Network["input"], whole: Uint8Array): Promise<Box | undefined> {
  const { width, fit } = input;
  return discBox(fit === "squash" ? whole : await squeeze(open(image).autoOrient(), width, width), width);
}

const bring = (picture: Sharp, { fit, width, height }: Network["input"]): Promise<Uint8Array> =>
  fit === "squash" ? squeeze(picture, width, height) : cover(picture, width, height);

const squeeze = (picture: Sharp, width: number, height: number): Promise<Uint8Array> =>
  rgbOf(picture.resize(width, height, { fit: "fill", kernel: "cubic", fastShrinkOnLoad: false }));

/**
 * Not libvips' own `cover`: it rounds the longer side and the cut in other ways than those whose encoders are used.
 * @see torchvision.transforms: Resize cuts the longer side to whole pixels, CenterCrop rounds half to even
 */
async function cover(picture: Sharp, width: number, height: number): Promise<Uint8Array> {
  const { autoOrient: upright } = await picture.metadata();
  const across = Math.max(width, Math.floor((height * upright.width) / upright.height));
  const down = Math.max(height, Math.floor((width * upright.height) / upright.width));
  return rgbOf(
    picture
      .resize(across, down, { fit: "fill", kernel: "cubic", fastShrinkOnLoad: false })
      .extract({ left: halfToEven(across - width), top: halfToEven(down - height), width, height }),
  );
}

/** Half of a whole number. */
function halfToEven(whole: number): number {
  const half = Math.floor(whole / 2);
  return whole % 2 === 1 && half % 2 === 1 ? half + 1 : half;
}

function rgbOf(picture: Sharp): Promise<Uint8Array> {
  return picture
    .removeAlpha()
    .toColourspace("srgb")
    .timeout({ seconds: secondsMax })
    .raw({ depth: "uchar" })
    .toUint8Array()
    .then(({ data }) => data);
}

/** The cut is made on the upright picture at its full size, so nothing of the disc's detail is lost. */
async function bringPart(image: Encoded, box: Box, input: Network["input"]): Promise<Uint8Array> {
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
  const { fit, width, height } = input;
  // The middle of a part is cut out of a picture of its own: of this one, libvips knows the size before the cut only.
  if (fit === "squash") return squeeze(sharp(data, { raw }).extract(part), width, height);
  const cut = await sharp(data, { raw }).extract(part).raw().toBuffer();
  return cover(sharp(cut, { raw: { ...raw, width: part.width, height: part.height } }), width, height);
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
