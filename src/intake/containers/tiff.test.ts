import { deflateSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import {
  canary,
  handmadeTiff,
  jpegSegment,
  limits,
  picture,
  pixelsOf,
  rgbTags,
  type TiffEntry,
} from "../../../test/support/pictures.ts";
import { rebuildTiff } from "./tiff.ts";

const refusal = (code: string) => expect.objectContaining({ name: "Problem", code });
const rebuild = (bytes: Buffer) => rebuildTiff(bytes, limits);
const raw = await picture().raw().toBuffer();
const [width, height] = [53, 37];

const replaced = (tags: readonly TiffEntry[], ...others: readonly TiffEntry[]) => [
  ...tags.filter(({ tag }) => others.every((other) => other.tag !== tag)),
  ...others,
];
const one = (tag: number, value: number, type = 3): TiffEntry => ({ tag, type, count: 1, value });
const simple = (little = true) => handmadeTiff(little, rgbTags(width, height, little), [raw]);
const changed = (...entries: readonly TiffEntry[]) =>
  handmadeTiff(true, replaced(rgbTags(width, height, true), ...entries), [raw]);

describe("rebuildTiff refuses", () => {
  it("every file that is cut off, wherever the cut is", async () => {
    const encoded = await picture().tiff({ compression: "lzw" }).toBuffer();
    for (const file of [simple(), encoded])
      for (let length = 4; length < file.length; length += 5)
        expect(() => rebuild(file.subarray(0, length)), `cut at ${length}`).toThrow(refusal("image-malformed"));
  });

  it("more than one page, pyramids, and pages that are promised but absent", async () => {
    const pyramid = await picture(3, 600, 600).tiff({ pyramid: true, tile: true }).toBuffer();
    expect(() => rebuild(pyramid)).toThrow(refusal("image-multiframe"));
    expect(() => rebuild(handmadeTiff(true, rgbTags(width, height, true), [raw], 8))).toThrow(
      refusal("image-multiframe"),
    );
    expect(() => rebuild(handmadeTiff(true, rgbTags(width, height, true), [raw], 2 ** 31))).toThrow(
      refusal("image-malformed"),
    );
    expect(() => rebuild(changed(one(254, 1)))).toThrow(refusal("image-multiframe"));
  });

  it("BigTIFF", async () => {
    const big = await picture().tiff({ bigtiff: true }).toBuffer();
    expect(() => rebuild(big)).toThrow(refusal("image-type-unsupported"));
  });

  it.each([
    ["fax data", one(259, 4)],
    ["JPEG of the old kind", one(259, 6)],
    ["camera raw data", one(262, 32_803)],
    ["Lab colours", one(262, 8)],
    ["floating point samples", one(339, 3)],
    ["three samples for grey", one(262, 1)],
    ["six samples", one(277, 6)],
    ["12 bits", { tag: 258, type: 3, count: 1, value: 12 }],
    ["YCbCr without JPEG", one(262, 6)],
    ["the floating point predictor", one(317, 3)],
  ])("%s", (_name, entry) => {
    expect(() => rebuild(changed(entry))).toThrow(refusal("image-type-unsupported"));
  });

  it("sizes that lie", () => {
    expect(() => rebuild(changed(one(256, 50_000), one(257, 50_000)))).toThrow(refusal("image-too-many-pixels"));
    expect(() => rebuild(changed(one(257, height + 1), one(278, height + 1)))).toThrow(/cut off inside/);
    expect(() => rebuild(changed(one(278, 0)))).toThrow(refusal("image-malformed"));
    expect(() => rebuild(changed(one(278, 1)))).toThrow(refusal("image-malformed"));
    expect(() => rebuild(changed({ tag: 258, type: 3, count: 2 ** 31, value: 8 }))).toThrow(refusal("image-malformed"));
    expect(() => rebuild(changed({ tag: 256, type: 12, count: 1, value: 8 }))).toThrow(refusal("image-malformed"));
  });

  it("tiles that would decode to more than the bound, and a storm of strips", () => {
    const bomb = changed(one(322, 16_384), one(323, 16_384));
    expect(() => rebuild(bomb)).toThrow(refusal("image-too-many-pixels"));
    const storm = changed(one(256, 16), one(257, 65_535), one(278, 1), one(284, 2));
    expect(() => rebuild(storm)).toThrow(/pieces/);
  });

  it("pieces that share their bytes, so that the fresh file would be far larger", () => {
    const shared = handmadeTiff(
      true,
      replaced(rgbTags(width, height, true), one(278, 1), one(259, 5)),
      new Array<Buffer>(height).fill(raw.subarray(0, 9)),
    );
    const counts = shared.indexOf(Buffer.from([9, 0, 0, 0, 9, 0, 0, 0]));
    for (let index = 0; index < height; index++) shared.writeUInt32LE(400, counts + 4 * index);
    expect(() => rebuild(shared)).toThrow(refusal("image-malformed"));
  });

  it("a tag that stands there twice", () => {
    const file = simple();
    file.writeUInt16LE(256, 10 + 12);
    expect(() => rebuild(file)).toThrow(/twice/);
  });
});

describe("rebuildTiff keeps every pixel of", () => {
  const base = () => picture(3, 300, 130);
  it.each([
    ["uncompressed strips", () => base().tiff({ compression: "none" }).toBuffer()],
    ["LZW", () => base().tiff({ compression: "lzw" }).toBuffer()],
    ["deflate", () => base().tiff({ compression: "deflate" }).toBuffer()],
    ["deflate without predictor", () => base().tiff({ compression: "deflate", predictor: "none" }).toBuffer()],
    ["PackBits", () => base().tiff({ compression: "packbits" }).toBuffer()],
    ["JPEG with chroma subsampling", () => base().tiff({ compression: "jpeg", quality: 70 }).toBuffer()],
    ["JPEG of high quality", () => base().tiff({ compression: "jpeg", quality: 95 }).toBuffer()],
    ["grey JPEG", () => picture(1, 300, 130).toColourspace("b-w").tiff({ compression: "jpeg" }).toBuffer()],
    ["tiles", () => base().tiff({ tile: true, tileWidth: 64, tileHeight: 32, compression: "lzw" }).toBuffer()],
    [
      "uncompressed tiles",
      () => base().tiff({ tile: true, tileWidth: 64, tileHeight: 64, compression: "none" }).toBuffer(),
    ],
    ["JPEG tiles", () => base().tiff({ tile: true, tileWidth: 64, tileHeight: 64, compression: "jpeg" }).toBuffer()],
    ["alpha", () => picture(4).tiff({ compression: "lzw" }).toBuffer()],
    ["grey", () => picture(1).toColourspace("b-w").tiff().toBuffer()],
    ["one bit a pixel", () => picture(1).toColourspace("b-w").tiff({ bitdepth: 1, compression: "none" }).toBuffer()],
    ["four bits a pixel", () => picture(1).toColourspace("b-w").tiff({ bitdepth: 4, compression: "none" }).toBuffer()],
    ["16 bits a sample", () => picture().toColourspace("rgb16").tiff({ compression: "lzw" }).toBuffer()],
    ["CMYK", () => picture(4).toColourspace("cmyk").tiff({ compression: "lzw" }).toBuffer()],
    ["a colour profile", () => picture().withIccProfile("p3").tiff().toBuffer()],
    ["the other byte order", async () => simple(false)],
    ["many strips", async () => inStrips(5)],
    ["planes", async () => inPlanes()],
    ["16 bits in the other byte order", async () => sixteenBits(false)],
    [
      "deflate under its old number",
      async () => handmadeTiff(true, replaced(rgbTags(width, height, true), one(259, 32_946)), [deflateSync(raw)]),
    ],
    ["a palette", async () => withPalette()],
    ["white as 0", async () => greyTiff(0)],
    ["reversed bits", async () => changed(one(266, 2))],
  ])("%s", async (_name, make) => {
    const file = await make();
    const rebuilt = rebuild(file);
    expect(await pixelsOf(rebuilt.bytes)).toEqual(await pixelsOf(file));
    expect(rebuild(Buffer.from(rebuilt.bytes)).bytes).toEqual(rebuilt.bytes);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("a file held as orientation %i", async (orientation) => {
    const file = changed(one(274, orientation));
    const rebuilt = rebuild(file);
    const pixels = await pixelsOf(file);
    expect(await pixelsOf(rebuilt.bytes)).toEqual(pixels);
    expect(rebuilt).toMatchObject({ width: pixels.width, height: pixels.height });
  });
});

describe("rebuildTiff leaves behind", () => {
  const text = (tag: number): TiffEntry => ({ tag, type: 2, count: canary.length, value: Buffer.from(canary) });

  it("descriptions, names, private tags, longer strips than needed, gaps and the tail", () => {
    const tags = [270, 305, 306, 315, 316, 700, 33_432, 33_723, 34_377, 65_000].map(text);
    const longer = Buffer.concat([raw, Buffer.from(canary)]);
    const file = Buffer.concat([
      handmadeTiff(true, replaced(rgbTags(width, height, true), ...tags), [longer]),
      Buffer.from(canary),
    ]);
    expect(rebuild(file).bytes).toEqual(rebuild(simple()).bytes);
  });

  it("comments inside of embedded JPEG data and tables", async () => {
    const jpeg = await picture().jpeg().toBuffer();
    const noted = Buffer.concat([
      jpeg.subarray(0, 2),
      jpegSegment(0xfe, canary),
      jpegSegment(0xe1, canary),
      jpeg.subarray(2),
    ]);
    const subsampling = { tag: 530, type: 3, count: 2, value: Buffer.from([2, 0, 2, 0]) };
    const tables = Buffer.concat([Buffer.from("ffd8", "hex"), jpegSegment(0xfe, canary), Buffer.from("ffd9", "hex")]);
    const tags = replaced(rgbTags(width, height, true), one(259, 7), one(262, 6), subsampling, {
      tag: 347,
      type: 7,
      count: tables.length,
      value: tables,
    });
    const embedded = handmadeTiff(true, tags, [noted]);
    const { bytes } = rebuild(embedded);
    expect(Buffer.from(bytes).includes("CANARY")).toBe(false);
    expect(await pixelsOf(bytes)).toEqual(await pixelsOf(embedded));
  });
});

it("rebuildTiff ends with an image or a Problem, whatever bytes are changed", async () => {
  const sources = [
    simple(),
    simple(false),
    inStrips(3),
    withPalette(),
    await picture(3, 100, 80).tiff({ compression: "jpeg", tile: true, tileWidth: 32, tileHeight: 32 }).toBuffer(),
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...sources),
      fc.array(fc.tuple(fc.nat(220), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      (file, flips) => {
        const copy = Buffer.from(file);
        const little = copy.readUInt8(0) === 0x49;
        const directory = little ? copy.readUInt32LE(4) : copy.readUInt32BE(4);
        for (const [at, value] of flips) copy[(directory + at) % copy.length] = value;
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

function inStrips(rows: number): Buffer {
  const strips = Array.from({ length: Math.ceil(height / rows) }, (_, index) =>
    raw.subarray(index * rows * width * 3, (index + 1) * rows * width * 3),
  );
  return handmadeTiff(true, replaced(rgbTags(width, height, true), one(278, rows)), strips);
}

function inPlanes(): Buffer {
  const planes = [0, 1, 2].map((sample) => Buffer.from(raw.filter((_, at) => at % 3 === sample)));
  return handmadeTiff(true, replaced(rgbTags(width, height, true), one(284, 2)), planes);
}

function sixteenBits(little: boolean): Buffer {
  const samples = Buffer.alloc(raw.length * 2);
  for (const [at, value] of raw.entries())
    little ? samples.writeUInt16LE(value * 257, 2 * at) : samples.writeUInt16BE(value * 257, 2 * at);
  return handmadeTiff(little, rgbTags(width, height, little, 16), [samples]);
}

function greyTiff(photometric: number): Buffer {
  const grey = Buffer.from(raw.filter((_, at) => at % 3 === 0));
  const tags = replaced(rgbTags(width, height, true), one(258, 8), one(262, photometric), one(277, 1));
  return handmadeTiff(true, tags, [grey]);
}

function withPalette(): Buffer {
  const colours = Buffer.alloc(2 * 3 * 256);
  for (let at = 0; at < 768; at++) colours.writeUInt16LE((at * 257 * 7) & 65_535, 2 * at);
  const grey = Buffer.from(raw.filter((_, at) => at % 3 === 0));
  const map = { tag: 320, type: 3, count: 768, value: colours };
  return handmadeTiff(true, replaced(rgbTags(width, height, true), one(258, 8), one(262, 3), one(277, 1), map), [grey]);
}

it("the handmade files of these tests are read by others too", async () => {
  expect((await sharp(simple(false)).raw().toBuffer()).equals(raw)).toBe(true);
});
