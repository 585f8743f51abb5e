import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { changedPicture } from "./changed-picture.ts";
import { type PictureChange, pictureChanges } from "./changed-picture-task.ts";

const [width, height] = [240, 180];

/** Soft slopes with a chequered pattern on them, nowhere so bright that a gain of 1.6 would be cut off. */
function drawn(): Promise<Buffer> {
  const pixels = Buffer.alloc(3 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++)
        pixels[3 * (y * width + x) + c] = 60 + (40 * x) / width + (20 * y) / height + (((x >> 3) + (y >> 3)) % 2) * 25;
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

interface Seen {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Mean of red, green and blue. */
  readonly means: readonly [number, number, number];
  /** Root mean square of the difference of neighbours in a row: edges count, the rounding of slopes does not. */
  readonly sharpness: number;
}

async function seen(change: PictureChange, seed = 7): Promise<Seen> {
  const bytes = await changedPicture({ bytes: await drawn(), mediaType: "image/png", change, seed });
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const sums: [number, number, number] = [0, 0, 0];
  let steps = 0;
  for (const [i, value] of data.entries()) {
    sums[i % 3] = (sums[i % 3] as number) + value;
    const column = Math.floor(i / 3) % info.width;
    if (column > 0) steps += (value - (data[i - 3] as number)) ** 2;
  }
  const pixels = info.width * info.height;
  const means = sums.map((sum) => sum / pixels) as [number, number, number];
  return { bytes, width: info.width, height: info.height, means, sharpness: Math.sqrt(steps / data.length) };
}

const light = ({ means }: Seen): number => means.reduce((sum, mean) => sum + mean, 0) / 3;
const redToBlue = ({ means: [red, , blue] }: Seen): number => red / blue;

describe("a changed picture", () => {
  it.each(pictureChanges)("is the same file from the same seed, another from another: %s", async (change) => {
    const first = await seen(change);
    expect(Buffer.compare((await seen(change)).bytes, first.bytes)).toBe(0);
    expect(Buffer.compare((await seen(change, 8)).bytes, first.bytes)).not.toBe(0);
  });

  it("loses a few pixels at most, as many as the unchanged one", async () => {
    const sizes = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const none = await seen("none", seed);
      const blur = await seen("blur", seed);
      expect([blur.width, blur.height]).toEqual([none.width, none.height]);
      expect(none.width).toBeGreaterThanOrEqual(width - 8);
      expect(none.height).toBeGreaterThanOrEqual(height - 6);
      sizes.add(`${none.width} ${none.height}`);
    }
    expect(sizes.size).toBeGreaterThan(5);
  });

  it("keeps light, colours and detail without a change", async () => {
    const none = await seen("none");
    const { data } = await sharp(await drawn())
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(Math.abs(light(none) - data.reduce((sum, value) => sum + value, 0) / data.length)).toBeLessThan(1);
    expect(redToBlue(none)).toBeCloseTo(1, 1);
  });

  it.each([
    ["dark", 0.55],
    ["bright", 1.6],
  ] as const)("%s has the light times %f and the same colours", async (change, factor) => {
    const [none, changed] = [await seen("none"), await seen(change)];
    expect(light(changed) / light(none)).toBeCloseTo(factor, 1);
    expect(redToBlue(changed)).toBeCloseTo(1, 1);
    // Edges of whole numbers: a step of 13.75 is 13 or 14.
    expect(Math.abs(changed.sharpness / none.sharpness / factor - 1)).toBeLessThan(0.1);
  });

  it("with a colour cast has more red, less blue, and the green of before", async () => {
    const [none, cast] = [await seen("none"), await seen("colour-cast")];
    expect(redToBlue(cast) / redToBlue(none)).toBeCloseTo(1.25 / 0.75, 1);
    expect(cast.means[1] / none.means[1]).toBeCloseTo(1, 1);
  });

  it("blurred has less detail, and the light and colours of before", async () => {
    const [none, blurred] = [await seen("none"), await seen("blur")];
    expect(blurred.sharpness).toBeLessThan(0.8 * none.sharpness);
    expect(light(blurred) / light(none)).toBeCloseTo(1, 1);
    expect(redToBlue(blurred)).toBeCloseTo(1, 1);
  });

  it("at quality 20 is a smaller file of the same light and colours", async () => {
    const [none, poor] = [await seen("none"), await seen("jpeg-20")];
    expect(poor.bytes.length).toBeLessThan(0.6 * none.bytes.length);
    expect(light(poor) / light(none)).toBeCloseTo(1, 1);
    expect(redToBlue(poor)).toBeCloseTo(1, 1);
  });

  it("is refused when it cannot be decoded", async () => {
    const bytes = (await drawn()).subarray(0, 200);
    await expect(changedPicture({ bytes, mediaType: "image/png", change: "none", seed: 1 })).rejects.toThrow();
  });
});
