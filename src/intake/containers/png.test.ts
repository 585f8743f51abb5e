import { crc32, deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canary, insert, limits, picture, pixelsOf } from "../../../test/support/pictures.ts";
import { exifWithOrientation } from "./orientation.ts";
import { rebuildPng } from "./png.ts";

const plain = await picture().png().toBuffer();
const indexed = await picture().png({ palette: true, colours: 16 }).toBuffer();
const HEADER_END = 33;
const refusal = (code: string) => expect.objectContaining({ name: "Problem", code });
const rebuild = (bytes: Buffer) => rebuildPng(bytes, limits);

function chunk(type: string, payload: Buffer | string): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), Buffer.from(payload as string, "latin1")]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length - 4);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/** Changes IHDR and mends its checksum. */
function withHeader(file: Buffer, change: (header: Buffer) => void): Buffer {
  const copy = Buffer.from(file);
  change(copy.subarray(16, 29));
  copy.writeUInt32BE(crc32(copy.subarray(12, 29)), 29);
  return copy;
}

describe("rebuildPng refuses", () => {
  it("every file that is cut off, wherever the cut is", () => {
    for (const file of [plain, indexed])
      for (let length = 8; length < file.length; length += 3)
        expect(() => rebuild(file.subarray(0, length)), `cut at ${length}`).toThrow(refusal("image-malformed"));
  });

  it("pixel data and headers that fail their checksum", () => {
    for (const at of [19, plain.indexOf("IDAT") + 20]) {
      const copy = Buffer.from(plain);
      copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
      expect(() => rebuild(copy)).toThrow(refusal("image-malformed"));
    }
  });

  it("a header that lies, by its pixels or by the data that could fill them", () => {
    const huge = withHeader(plain, (header) => header.writeUInt32BE(50_000, 0) && header.writeUInt32BE(50_000, 4));
    expect(() => rebuild(huge)).toThrow(refusal("image-too-many-pixels"));
    const wide = withHeader(plain, (header) => header.writeUInt32BE(6000, 0) && header.writeUInt32BE(6000, 4));
    expect(() => rebuild(wide)).toThrow(/far less picture data/);
  });

  it("an interlaced file that would take more than the bound, and accepts the same one streamed", () => {
    const large = (interlace: number) =>
      withHeader(plain, (header) => {
        header.writeUInt32BE(7000, 0);
        header.writeUInt32BE(7000, 4);
        header.set([16, 6, 0, 0, interlace], 8);
      });
    expect(() => rebuild(large(1))).toThrow(refusal("image-too-many-pixels"));
    expect(() => rebuild(large(0))).toThrow(refusal("image-malformed"));
  });

  it.each([
    ["a bit depth its colours cannot have", (header: Buffer) => header.writeUInt8(3, 8)],
    ["a colour type that does not exist", (header: Buffer) => header.writeUInt8(5, 9)],
    ["an unknown compression", (header: Buffer) => header.writeUInt8(1, 10)],
    ["an unknown interlacing", (header: Buffer) => header.writeUInt8(2, 12)],
    ["no width", (header: Buffer) => header.writeUInt32BE(0, 0)],
  ])("%s", (_name, change) => {
    expect(() => rebuild(withHeader(plain, change))).toThrow(refusal("image-malformed"));
  });

  it("a second header, torn pixel data, a missing or doubled palette, an unknown critical chunk", () => {
    const idat = plain.indexOf("IDAT") - 4;
    const end = plain.length - 12;
    const more = chunk("IDAT", "");
    const palette = chunk("PLTE", "\0\0\0");
    expect(() => rebuild(insert(plain, HEADER_END, plain.subarray(8, HEADER_END)))).toThrow(refusal("image-malformed"));
    expect(() => rebuild(insert(plain, end, chunk("tIME", "1234567"), more))).toThrow(/torn/);
    expect(() => rebuild(insert(indexed, HEADER_END, palette))).toThrow(/palette/);
    expect(() => rebuild(withHeader(plain, (header) => header.writeUInt8(3, 9)))).toThrow(/palette/);
    expect(() => rebuild(insert(plain, idat, chunk("CgBI", "1234")))).toThrow(refusal("image-type-unsupported"));
    expect(() => rebuild(insert(plain, idat, chunk("a~!b", "")))).toThrow(refusal("image-malformed"));
  });

  it("a storm of chunks", () => {
    const storm = Buffer.alloc(12 * 33_000, chunk("teXt", ""));
    expect(() => rebuild(insert(plain, HEADER_END, storm))).toThrow(/chunks/);
  });

  it("a file without pixel data", () => {
    const none = Buffer.concat([plain.subarray(0, HEADER_END), plain.subarray(-12)]);
    expect(() => rebuild(none)).toThrow(refusal("image-malformed"));
  });
});

describe("rebuildPng keeps every pixel of", () => {
  it.each([
    ["a true-colour file", async () => plain],
    ["a file with alpha", () => picture(4).png().toBuffer()],
    ["a grey file", () => picture(1).toColourspace("b-w").png().toBuffer()],
    ["a file of 16 bits a sample", () => picture().toColourspace("rgb16").png().toBuffer()],
    ["a palette", async () => indexed],
    ["a palette with transparency", () => picture(4).png({ palette: true }).toBuffer()],
    ["an interlaced file", () => picture().png({ progressive: true }).toBuffer()],
    ["one bit a pixel", () => picture(1).threshold().png({ palette: true, colours: 2 }).toBuffer()],
    ["a file with a colour profile", () => picture().withIccProfile("p3").png().toBuffer()],
    ["a colour that is transparent", async () => insert(plain, HEADER_END, chunk("tRNS", "\0\x01\0\x02\0\x03"))],
    ["pixel data in many pieces", async () => inPieces(plain)],
  ])("%s", async (_name, make) => {
    const file = await make();
    const rebuilt = rebuild(file);
    expect(await pixelsOf(rebuilt.bytes)).toEqual(await pixelsOf(file));
    expect(rebuild(Buffer.from(rebuilt.bytes)).bytes).toEqual(rebuilt.bytes);
  });

  it.each([2, 3, 4, 5, 6, 7, 8])("a file held as EXIF orientation %i", async (orientation) => {
    const file = insert(plain, HEADER_END, chunk("eXIf", exifWithOrientation(orientation)));
    const rebuilt = rebuild(file);
    const pixels = await pixelsOf(file);
    expect(await pixelsOf(rebuilt.bytes)).toEqual(pixels);
    expect(rebuilt).toMatchObject({ width: pixels.width, height: pixels.height });
  });

  it("the default image of an animation", async () => {
    const animated = insert(plain, HEADER_END, chunk("acTL", "\0\0\0\x02\0\0\0\0"), chunk("fcTL", Buffer.alloc(26)));
    expect(rebuild(animated).bytes).toEqual(rebuild(plain).bytes);
  });
});

it("rebuildPng leaves behind texts, profiles, EXIF, suggested palettes and whatever follows the end", () => {
  const exif = Buffer.concat([exifWithOrientation(6), Buffer.from(canary)]);
  const noted = insert(
    Buffer.concat([plain, Buffer.from(canary)]),
    HEADER_END,
    chunk("tEXt", `Patient\0${canary}`),
    chunk("zTXt", Buffer.concat([Buffer.from("Patient\0\0"), deflateSync(canary)])),
    chunk("iTXt", `Patient\0\0\0\0\0${canary}`),
    chunk("eXIf", exif),
    chunk("iCCP", `${canary}\0\0`),
    chunk("prVt", canary),
    chunk("PLTE", canary.slice(0, 18)),
  );
  const { bytes } = rebuild(noted);
  expect(Buffer.from(bytes).includes("CANARY")).toBe(false);
  expect(bytes.length).toBe(rebuild(plain).bytes.length + 12 + exifWithOrientation(6).length);
});

it("rebuildPng ends with an image or a Problem, whatever bytes are changed", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(plain, indexed),
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      (file, flips) => {
        const copy = withHeader(file, (header) => {
          for (const [at, value] of flips) if (at < header.length) header[at] = value;
        });
        for (const [at, value] of flips) copy[HEADER_END + at] = value;
        try {
          rebuild(copy);
        } catch (error) {
          expect(error).toMatchObject({ name: "Problem" });
        }
      },
    ),
    { numRuns: 600 },
  );
});

function inPieces(file: Buffer): Buffer {
  const start = file.indexOf("IDAT") - 4;
  const payload = file.subarray(start + 8, start + 8 + file.readUInt32BE(start));
  const pieces = Array.from({ length: Math.ceil(payload.length / 100) }, (_, index) =>
    chunk("IDAT", payload.subarray(100 * index, 100 * index + 100)),
  );
  return Buffer.concat([file.subarray(0, start), ...pieces, file.subarray(-12)]);
}
