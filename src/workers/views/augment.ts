import sharp, { type Sharp } from "sharp";
import type { Random } from "../../contracts/random.ts";
import type { Augmentation } from "../../contracts/training.ts";

/** A picture, upright and decoded: RGB, uint8, row-major. */
export interface Picture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const mirrorShare = 0.5;
const coarseShare = 0.5;
const coarseSideMin = 48;
const blurShare = 0.2;
const motionShare = 0.15;
const greyShare = 0.1;
const jpegShare = 0.2;

/**
 * A random view of a picture: turned, cropped, mirrored, coarser, blurred, with other light and colours, through JPEG.
 * The same seeds give the same view.
 *
 * @returns RGB, uint8, `3 * side * side`
 */
export async function augmentedView(
  picture: Picture,
  side: number,
  augmentation: Augmentation,
  random: Random,
): Promise<Uint8Array> {
  const turned = await geometry(picture, augmentation, random);
  const coarse = random.chance(coarseShare)
    ? Math.round(Math.exp(random.between(Math.log(coarseSideMin), Math.log(side))))
    : undefined;
  const small =
    coarse === undefined
      ? turned
      : await rawOf(
          open(turned).resize(Math.min(coarse, turned.width), Math.min(coarse, turned.height), {
            fit: "fill",
            kernel: "linear",
          }),
        );
  const squeezed = await rawOf(blurred(open(small).resize(side, side, { fit: "fill", kernel: "cubic" }), random));
  const coloured = { ...squeezed, data: recoloured(squeezed.data, random) };
  return random.chance(jpegShare) ? throughJpeg(coloured, Math.round(random.between(25, 80))) : coloured.data;
}

const open = ({ data, width, height }: Picture): Sharp => sharp(data, { raw: { width, height, channels: 3 } });

async function rawOf(pipeline: Sharp): Promise<Picture> {
  const { data, info } = await pipeline.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

async function geometry(
  picture: Picture,
  { rotation, areaMin, aspect, mirror }: Augmentation,
  random: Random,
): Promise<Picture> {
  const flopped = mirror && random.chance(mirrorShare);
  const angle = random.between(-rotation, rotation);
  const area = random.between(areaMin, 1);
  const stretch = Math.exp(random.between(-aspect, aspect));
  // The corners that a turn uncovers get the picture's mean colour, not a black edge that no camera makes.
  const turned = await rawOf(
    (flopped ? open(picture).flop() : open(picture)).rotate(angle, { background: meanColour(picture) }),
  );
  const width = Math.max(8, Math.round(picture.width * Math.min(1, Math.sqrt(area * stretch))));
  const height = Math.max(8, Math.round(picture.height * Math.min(1, Math.sqrt(area / stretch))));
  const left = (turned.width - picture.width) / 2 + random.between(0, picture.width - width);
  const top = (turned.height - picture.height) / 2 + random.between(0, picture.height - height);
  const place = (at: number, size: number, whole: number): number =>
    Math.max(0, Math.min(whole - size, Math.round(at)));
  return rawOf(
    open(turned).extract({
      left: place(left, Math.min(width, turned.width), turned.width),
      top: place(top, Math.min(height, turned.height), turned.height),
      width: Math.min(width, turned.width),
      height: Math.min(height, turned.height),
    }),
  );
}

function meanColour({ data }: Picture): { r: number; g: number; b: number } {
  const sums = [0, 0, 0];
  for (let i = 0; i < data.length; i++) sums[i % 3] = (sums[i % 3] as number) + (data[i] as number);
  const [r = 0, g = 0, b = 0] = sums.map((sum) => Math.round((3 * sum) / data.length));
  return { r, g, b };
}

function blurred(pipeline: Sharp, random: Random): Sharp {
  const soft = random.chance(blurShare) ? pipeline.blur(random.between(0.5, 2)) : pipeline;
  if (!random.chance(motionShare)) return soft;
  const across = random.chance(0.5);
  const kernel = Array.from({ length: 25 }, (_, i) => ((across ? Math.floor(i / 5) : i % 5) === 2 ? 1 : 0));
  return soft.convolve({ width: 5, height: 5, kernel, scale: 5 });
}

/** Brightness and contrast within 30 %, saturation within 40 %, each channel within 8 %; some are grey. */
function recoloured(data: Uint8Array, random: Random): Uint8Array {
  const light = random.between(0.7, 1.3);
  const contrast = random.between(0.7, 1.3);
  const saturation = random.chance(greyShare) ? 0 : random.between(0.6, 1.4);
  const gains = [0, 0, 0].map(() => random.between(0.92, 1.08));
  let sum = 0;
  for (const value of data) sum += value;
  const mean = (light * sum) / data.length;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const grey = ((data[i] as number) + (data[i + 1] as number) + (data[i + 2] as number)) / 3;
    for (let c = 0; c < 3; c++) {
      const tinted = grey + ((data[i + c] as number) - grey) * saturation;
      const lit = ((tinted * light - mean) * contrast + mean) * (gains[c] as number);
      out[i + c] = Math.max(0, Math.min(255, Math.round(lit)));
    }
  }
  return out;
}

async function throughJpeg(picture: Picture, quality: number): Promise<Uint8Array> {
  const encoded = await open(picture).jpeg({ quality }).toBuffer();
  const { data } = await sharp(encoded).raw().toBuffer({ resolveWithObject: true });
  return data;
}
