import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { inputKeyOf, type Network } from "../contracts/pack.ts";
import { decode } from "./decode.ts";
import { feed } from "./onnx-session.ts";

type Input = Network["input"];
const place = { width: 16, height: 16, kernel: "cubic", prepare: "none" } as const;
const squash: Input = { ...place, name: "pixels", type: "uint8", layout: "nhwc", fit: "squash" };
/** Mean and deviation of CLIP: github.com/openai/CLIP, clip.py. */
const clip = {
  ...place,
  name: "pixel_values",
  type: "float32",
  layout: "nchw",
  fit: "cover",
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
} satisfies Input;

/** Red rises to the right by 5, green downwards by 8, blue both ways; all wrap at 256. */
function slopes(width: number, height: number): Buffer {
  const out = Buffer.alloc(3 * width * height);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i += 3) out.set([(x * 5) % 256, (y * 8) % 256, (x * 3 + y * 7) % 256], i);
  return out;
}

const png = (width: number, height: number, orientation?: number): Promise<Buffer> => {
  const picture = sharp(slopes(width, height), { raw: { width, height, channels: 3 } });
  return (orientation === undefined ? picture : picture.withMetadata({ orientation })).png().toBuffer();
};
const decoded = async (bytes: Buffer, input: Input): Promise<Uint8Array> =>
  (await decode({ bytes, mediaType: "image/png" }, input)).pixels;
const at = (pixels: Uint8Array, y: number, x: number): number[] => [
  ...pixels.subarray(3 * (16 * y + x)).subarray(0, 3),
];

describe("decode with fit cover", () => {
  let wide: Uint8Array;
  beforeAll(async () => {
    wide = await decoded(await png(48, 30), clip);
  });

  it.each([
    // Pillow 13.0, numpy 2.4: fromarray(slopes).resize((25, 16), BICUBIC).crop((4, 0, 20, 16)); 4 is round(4.5)
    [0, 0, [41, 4, 27]],
    [0, 15, [185, 4, 114]],
    [7, 7, [108, 109, 160]],
    [8, 3, [70, 123, 150]],
    [15, 0, [41, 228, 224]],
    [15, 15, [185, 228, 55]],
  ])("has at row %i, column %i what Pillow has, within 3 of 255", (y, x, wanted) => {
    for (const [channel, value] of at(wide, y, x).entries())
      expect(Math.abs(value - (wanted[channel] as number)), `channel ${channel}`).toBeLessThanOrEqual(3);
  });

  it("cuts the rim of the longer side away, which squash keeps", async () => {
    const whole = await decoded(await png(48, 30), squash);
    expect(at(whole, 0, 0)[0]).toBeLessThan(12);
    expect(at(wide, 0, 0)[0]).toBeGreaterThan(35);
  });

  it("looks at the picture as it is meant to be held", async () => {
    // Orientation 6: the left column is the top row, from below.
    const turned = await decoded(await png(48, 30, 6), clip);
    const upright = await sharp(slopes(48, 30), { raw: { width: 48, height: 30, channels: 3 } })
      .rotate(90)
      .png();
    expect(turned).toEqual(await decoded(await upright.toBuffer(), clip));
    expect(at(turned, 0, 0)).not.toEqual(at(wide, 0, 0));
  });

  it.each([
    [1, 900],
    [900, 1],
    [16, 16],
    [17, 16],
    [3, 5],
  ])("gives the input's size for %i by %i", async (width, height) => {
    expect((await decoded(await png(width, height), clip)).length).toBe(3 * 16 * 16);
  });

  it("finds the disc of a fundus that lies where the middle cut would not show it", async () => {
    const [width, height] = [240, 80];
    const light = Buffer.alloc(3 * width * height);
    for (let i = 0; i < width * height; i++)
      if (Math.hypot((i % width) - 40, Math.floor(i / width) - 40) < 36) light.fill(200, 3 * i, 3 * i + 3);
    const bytes = await sharp(light, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    const large = { ...clip, width: 64, height: 64 } satisfies Input;
    const middle = (pixels: Uint8Array): number | undefined => pixels[3 * (64 * 32 + 32)];
    expect(middle(await decoded(bytes, large))).toBeLessThan(20);
    expect(middle(await decoded(bytes, { ...large, prepare: "disc" }))).toBeGreaterThan(180);
  });

  it("shares no pixels with squash", () => {
    expect(inputKeyOf({ input: clip })).not.toBe(inputKeyOf({ input: squash }));
    expect(inputKeyOf({ input: clip })).not.toBe(inputKeyOf({ input: { ...clip, width: 32 } }));
    expect(inputKeyOf({ input: clip })).toBe(inputKeyOf({ input: { ...clip, mean: [0, 0, 0] } }));
  });
});

describe("feed", () => {
  // Two pictures of 4 by 1.
  const pixels = Uint8Array.from({ length: 24 }, (_, i) => 10 * i);

  it("hands bytes over as they are", () => {
    const { pixels: tensor } = feed({ ...squash, width: 4, height: 1 }, pixels, 2);
    expect(tensor).toMatchObject({ type: "uint8", dims: [2, 1, 4, 3] });
    expect(tensor?.data).toEqual(pixels);
  });

  it("makes planes of standardised floats, picture by picture", () => {
    const { pixel_values: tensor } = feed({ ...clip, width: 4, height: 1 }, pixels, 2);
    expect(tensor).toMatchObject({ type: "float32", dims: [2, 3, 1, 4] });
    // numpy 2.4: ((p.reshape(2, 1, 4, 3) / 255 - mean) / std).transpose(0, 3, 1, 2), p = 0, 10, ... 230
    const wanted = [
      [-1.792263, -1.35431, -0.916357, -0.478404, -1.602019, -1.151786, -0.701553, -0.25132],
      [-1.195818, -0.769216, -0.342615, 0.083987, -0.040451, 0.397501, 0.835454, 1.273407],
      [0.198913, 0.649146, 1.099379, 1.549612, 0.510589, 0.937191, 1.363793, 1.790395],
    ].flat();
    const found = tensor?.data as Float32Array;
    expect(found.length).toBe(wanted.length);
    for (const [i, value] of wanted.entries()) expect(found[i]).toBeCloseTo(value, 5);
  });
});
