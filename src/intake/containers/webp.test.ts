import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { canary, insert, limits, picture, pixelsOf } from "../../../test/support/pictures.ts";
import { rebuildWebp } from "./webp.ts";

const lossy = await picture().webp().toBuffer();
const lossless = await picture().webp({ lossless: true }).toBuffer();
const withAlpha = await picture(4).webp().toBuffer();
const refusal = (code: string) => expect.objectContaining({ name: "Problem", code });
const rebuild = (bytes: Buffer) => rebuildWebp(bytes, limits);

function chunk(name: string, payload: Buffer | string): Buffer {
  const bytes = Buffer.from(payload as string, "latin1");
  const head = Buffer.alloc(8);
  head.write(name, 0, "latin1");
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes, Buffer.alloc(bytes.length % 2)]);
}

function riff(...chunks: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from("WEBP"), ...chunks]);
  const head = Buffer.from("RIFF\0\0\0\0", "latin1");
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

const extended = (flags: number, width = 53, height = 37) => {
  const payload = Buffer.alloc(10);
  payload.writeUInt8(flags, 0);
  payload.writeUIntLE(width - 1, 4, 3);
  payload.writeUIntLE(height - 1, 7, 3);
  return chunk("VP8X", payload);
};
const picturePart = (file: Buffer) => file.subarray(12);

describe("rebuildWebp refuses", () => {
  it("every file that is cut off, wherever the cut is", () => {
    for (const file of [lossy, lossless, withAlpha])
      for (let length = 12; length < file.length; length++)
        expect(() => rebuild(file.subarray(0, length)), `cut at ${length}`).toThrow(refusal("image-malformed"));
  });

  it("a file cut off whose outer length was corrected", () => {
    const half = riff(picturePart(lossy).subarray(0, 300));
    expect(() => rebuild(half)).toThrow(refusal("image-malformed"));
  });

  it("animations", async () => {
    const pages = [picture(), picture().negate()].map((each) => each.png().toBuffer());
    const animated = await sharp(await Promise.all(pages), { join: { animated: true } })
      .webp()
      .toBuffer();
    expect(() => rebuild(animated)).toThrow(refusal("image-multiframe"));
    expect(() => rebuild(riff(extended(0), chunk("ANMF", "frame")))).toThrow(refusal("image-multiframe"));
  });

  it("256 megapixels in 40 bytes", () => {
    const header = Buffer.from([0x2f, 0, 0, 0, 0]);
    header.writeUInt32LE((15_999 | (15_999 << 14)) >>> 0, 1);
    expect(() => rebuild(riff(chunk("VP8L", header)))).toThrow(refusal("image-too-many-pixels"));
    expect(() => rebuild(riff(extended(0, 60_000, 60_000), picturePart(lossy)))).toThrow(
      refusal("image-too-many-pixels"),
    );
  });

  it("two different sizes, two pictures, no picture, no first picture, an unknown version", () => {
    const version = Buffer.from(lossless);
    version.writeUInt8(version.readUInt8(24) | 0x20, 24);
    const files = [
      riff(extended(0, 54, 37), picturePart(lossy)),
      riff(picturePart(lossy), picturePart(lossless)),
      riff(extended(0)),
      riff(chunk("EXIF", "x"), picturePart(lossy)),
      version,
    ];
    for (const file of files) expect(() => rebuild(file)).toThrow(refusal("image-malformed"));
  });
});

describe("rebuildWebp keeps every pixel of", () => {
  it.each([
    ["a lossy file", async () => lossy],
    ["a lossless file", async () => lossless],
    ["a lossy file with alpha", async () => withAlpha],
    ["a lossless file with alpha", () => picture(4).webp({ lossless: true }).toBuffer()],
    ["a file with a colour profile", () => picture().withIccProfile("p3").webp().toBuffer()],
    ["a file with an unused extended header", async () => riff(extended(0), picturePart(lossy))],
  ])("%s", async (_name, make) => {
    const file = await make();
    const rebuilt = rebuild(file);
    expect(await pixelsOf(rebuilt.bytes)).toEqual(await pixelsOf(file));
    expect(rebuild(Buffer.from(rebuilt.bytes)).bytes).toEqual(rebuilt.bytes);
  });

  it.each([2, 3, 4, 5, 6, 7, 8])("files held as EXIF orientation %i", async (orientation) => {
    for (const source of [picture(), picture(4)])
      for (const isLossless of [true, false]) {
        const file = await source.clone().withMetadata({ orientation }).webp({ lossless: isLossless }).toBuffer();
        const rebuilt = rebuild(file);
        const pixels = await pixelsOf(file);
        expect(await pixelsOf(rebuilt.bytes)).toEqual(pixels);
        expect(rebuilt).toMatchObject({ width: pixels.width, height: pixels.height });
      }
  });
});

it("rebuildWebp leaves behind EXIF, XMP, profiles, unknown chunks and whatever follows the end", async () => {
  const exif = await picture(4)
    .withExif({ IFD0: { Artist: canary, Orientation: "6" } })
    .webp()
    .toBuffer();
  const chunks = ["EXIF", "XMP ", "ICCP", "PRIV"].map((name) => chunk(name, canary));
  const file = Buffer.concat([riff(extended(0x2c), picturePart(lossy), ...chunks), Buffer.from(canary)]);
  for (const upload of [file, exif, insert(exif, exif.length, Buffer.from(canary))]) {
    expect(upload.includes(canary)).toBe(true);
    expect(Buffer.from(rebuild(upload).bytes).includes("CANARY")).toBe(false);
  }
});

it("rebuildWebp ends with an image or a Problem, whatever bytes are changed", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(lossy, lossless, withAlpha),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      (file, flips) => {
        const copy = Buffer.from(file);
        for (const [at, value] of flips) copy[at % Math.min(copy.length, 60)] = value;
        try {
          const { bytes } = rebuild(copy);
          expect(rebuild(Buffer.from(bytes)).bytes).toEqual(bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: "Problem" });
        }
      },
    ),
    { numRuns: 600 },
  );
});
