import sharp, { type Sharp } from "sharp";
import { Random } from "../../contracts/random.ts";
import { decodeBmp } from "../bmp.ts";
import type { ChangeTask, PictureChange } from "./changed-picture-task.ts";

sharp.concurrency(1);
sharp.cache(false);

/** Cut from a side at most: a few pixels, so that the file is new and the picture the same. */
const cutMax = 4;
/** Nor more than this share of a small picture. */
const cutShareMax = 0.02;
const blurSigma = 2.5;
const jpegQuality = 95;
const poorQuality = 20;

/** Red, green and blue are multiplied by these. */
const gains: Partial<Record<PictureChange, readonly [red: number, green: number, blue: number]>> = {
  dark: [0.55, 0.55, 0.55],
  bright: [1.6, 1.6, 1.6],
  "colour-cast": [1.25, 1, 0.75],
};

/**
 * A picture, upright, a few pixels smaller, and changed. All of them go through the same steps, so that a changed one
 * differs from an unchanged one by the change alone.
 *
 * @returns a JPEG
 * @throws when the picture cannot be decoded
 */
export async function changedPicture({ change, seed, ...picture }: ChangeTask): Promise<Uint8Array> {
  const upright = await open(picture)
    .autoOrient()
    .toColourspace("srgb")
    .removeAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = upright.info;
  const whole = sharp(upright.data, { raw: { width, height, channels } });
  const cut = whole.extract(placeOf(width, height, new Random(seed)));
  const { data, info } = await (change === "blur" ? cut.blur(blurSigma) : cut)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const gain = gains[change];
  const pixels = gain === undefined ? data : multiplied(data, gain);
  const raw = { width: info.width, height: info.height, channels: info.channels };
  const made = sharp(pixels, { raw });
  return change === "jpeg-20"
    ? made.jpeg({ quality: poorQuality }).toBuffer()
    : made.jpeg({ quality: jpegQuality, chromaSubsampling: "4:4:4" }).toBuffer();
}

function open({ bytes, mediaType }: Pick<ChangeTask, "bytes" | "mediaType">): Sharp {
  if (mediaType !== "image/bmp") return sharp(bytes, { failOn: "warning", pages: 1 });
  const { data, width, height } = decodeBmp(bytes);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

function placeOf(width: number, height: number, random: Random) {
  const cutOf = (side: number): number =>
    Math.floor(random.next() * (Math.min(cutMax, Math.floor(side * cutShareMax)) + 1));
  const [left, top, right, bottom] = [cutOf(width), cutOf(height), cutOf(width), cutOf(height)];
  return { left, top, width: width - left - right, height: height - top - bottom };
}

/** @param data RGB, uint8 */
function multiplied(data: Uint8Array, gain: readonly [number, number, number]): Uint8Array {
  return data.map((value, i) => Math.min(255, Math.round(value * (gain[i % 3] as number))));
}
