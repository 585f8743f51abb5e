import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { canary, insert, jpegSegment, limits, picture, pixelsOf } from "../../../test/support/pictures.ts";
import { DECODED_BYTES_MAX } from "../limits.ts";
import { rebuildJpeg } from "./jpeg.ts";
import { SCANS_MAX } from "./jpeg-walk.ts";

const plain = await picture().jpeg({ mozjpeg: false }).toBuffer();
const progressive = await picture().jpeg({ progressive: true }).toBuffer();
const refusal = (code: string) => expect.objectContaining({ name: "Problem", code });
const rebuild = (bytes: Buffer) => rebuildJpeg(bytes, limits);
const sofAt = (bytes: Buffer) => bytes.indexOf(Buffer.from([0xff, bytes === progressive ? 0xc2 : 0xc0]));
const sosAt = (bytes: Buffer, from = 0) => bytes.indexOf(Buffer.from([0xff, 0xda]), from);

function patched(bytes: Buffer, at: number, ...values: number[]): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(values, at);
  return copy;
}

describe("rebuildJpeg refuses", () => {
  it("every file that is cut off, wherever the cut is", () => {
    for (const file of [plain, progressive])
      for (let length = 0; length < file.length; length++)
        expect(() => rebuild(file.subarray(0, length)), `cut at ${length}`).toThrow(refusal("image-malformed"));
  });

  it("a progressive file that was cut between two scans and given a new end: half a picture must never get a score", async () => {
    const last = progressive.lastIndexOf(Buffer.from([0xff, 0xda]));
    const blurred = Buffer.concat([progressive.subarray(0, last), Buffer.from([0xff, 0xd9])]);
    // The decoder sees nothing wrong with it.
    await expect(pixelsOf(blurred)).resolves.toBeDefined();
    expect(() => rebuild(blurred)).toThrow(refusal("image-malformed"));
  });

  it.each([
    ["lossless", 0xc3],
    ["hierarchical", 0xc5],
    ["arithmetic-coded", 0xc9],
  ])("a %s frame", (_name, marker) => {
    expect(() => rebuild(patched(plain, sofAt(plain) + 1, marker))).toThrow(refusal("image-type-unsupported"));
  });

  it("12 bits a sample", () => {
    expect(() => rebuild(patched(plain, sofAt(plain) + 4, 12))).toThrow(refusal("image-type-unsupported"));
  });

  it("a height of 0, and the DNL marker that would give it later", () => {
    expect(() => rebuild(patched(plain, sofAt(plain) + 5, 0, 0))).toThrow(refusal("image-malformed"));
    expect(() => rebuild(insert(plain, sosAt(plain), jpegSegment(0xdc, "\0\x25")))).toThrow(refusal("image-malformed"));
  });

  it("a header that lies, by its pixels or by the data that could fill them", () => {
    const at = sofAt(plain) + 5;
    expect(() => rebuild(patched(plain, at, 0xc3, 0x50, 0xc3, 0x50))).toThrow(refusal("image-too-many-pixels"));
    expect(() => rebuild(patched(plain, at, 0x10, 0, 0x10, 0))).toThrow(refusal("image-malformed"));
  });

  it("a progressive file whose coefficients would take more than the bound", () => {
    const sides = [0x1b, 0x58, 0x1b, 0x58];
    expect(7000 * 7000 * 3 * 2).toBeLessThan(DECODED_BYTES_MAX);
    expect(() => rebuildJpeg(patched(progressive, sofAt(progressive) + 5, ...sides), limits)).not.toThrow(
      refusal("image-too-many-pixels"),
    );
    const large = { ...limits, imagePixelsMax: 400_000_000 };
    const wide = patched(progressive, sofAt(progressive) + 5, 0x40, 0, 0x40, 0);
    expect(() => rebuildJpeg(wide, large)).toThrow(refusal("image-too-many-pixels"));
  });

  it("sides below 16 pixels", async () => {
    const thin = await picture(3, 200, 15).jpeg().toBuffer();
    expect(() => rebuild(thin)).toThrow(refusal("image-too-small"));
  });

  it("a storm of scans or of segments", () => {
    const start = sosAt(progressive);
    const scan = progressive.subarray(start, sosAt(progressive, start + 2));
    const scans = insert(progressive, start, ...new Array<Buffer>(SCANS_MAX).fill(scan));
    expect(() => rebuild(scans)).toThrow(/scans/);
    expect(() => rebuild(insert(plain, 2, Buffer.alloc(4 * 5000, jpegSegment(0xfe, ""))))).toThrow(/segments/);
  });

  it("tables with bytes that belong to no table", () => {
    expect(() => rebuild(insert(plain, 2, jpegSegment(0xdb, `\0${"x".repeat(65)}`)))).toThrow(
      refusal("image-malformed"),
    );
    expect(() => rebuild(insert(plain, 2, jpegSegment(0xc4, `\0${"\0".repeat(16)}tail`)))).toThrow(
      refusal("image-malformed"),
    );
  });
});

describe("rebuildJpeg keeps every pixel of", () => {
  const cmyk = () => picture(4).toColourspace("cmyk").jpeg().toBuffer();
  it.each([
    ["a baseline file", async () => plain],
    ["a progressive file", async () => progressive],
    ["a grey file", () => picture(1).toColourspace("b-w").jpeg().toBuffer()],
    ["a file without chroma subsampling", () => picture().jpeg({ chromaSubsampling: "4:4:4" }).toBuffer()],
    ["a file of another encoder setting", () => picture().jpeg({ mozjpeg: true }).toBuffer()],
    ["a CMYK file of Adobe", cmyk],
    ["a file with a colour profile", () => picture().withIccProfile("p3").jpeg().toBuffer()],
    ["an RGB file that only an Adobe marker tells from YCbCr", async () => withAdobe(plain, 0)],
    ["a file in which JFIF outvotes an Adobe marker", async () => withJfif(withAdobe(plain, 0))],
    ["a file with fill bytes before its markers", async () => insert(plain, sofAt(plain), Buffer.alloc(9, 0xff))],
  ])("%s", async (_name, make) => {
    const file = await make();
    const rebuilt = rebuild(file);
    expect(await pixelsOf(rebuilt.bytes)).toEqual(await pixelsOf(file));
    expect(rebuild(Buffer.from(rebuilt.bytes)).bytes).toEqual(rebuilt.bytes);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("a file held as EXIF orientation %i", async (orientation) => {
    const file = await picture().withMetadata({ orientation }).jpeg().toBuffer();
    const rebuilt = rebuild(file);
    const pixels = await pixelsOf(file);
    expect(await pixelsOf(rebuilt.bytes)).toEqual(pixels);
    expect(rebuilt).toMatchObject({ width: pixels.width, height: pixels.height });
  });
});

it("the Adobe and JFIF markers of the tests above do change how colours are read", async () => {
  const usual = await pixelsOf(plain);
  expect(await pixelsOf(withAdobe(plain, 0))).not.toEqual(usual);
  expect(await pixelsOf(withJfif(withAdobe(plain, 0)))).toEqual(usual);
});

describe("rebuildJpeg leaves behind", () => {
  it("all application data, comments and whatever follows the end", async () => {
    const notes = [0xe0, 0xe1, 0xe2, 0xed, 0xee, 0xef, 0xfe].map((marker) =>
      jpegSegment(marker, `${marker === 0xee ? "Adobe" : "Exif\0\0"}${canary.repeat(50)}`),
    );
    const file = Buffer.concat([insert(plain, sosAt(plain), ...notes), Buffer.from(canary)]);
    const withExif = await sharp(file, { failOn: "none" })
      .withExif({ IFD0: { Artist: canary } })
      .jpeg()
      .toBuffer();
    for (const upload of [file, withExif]) {
      expect(upload.includes(canary)).toBe(true);
      expect(Buffer.from(rebuild(upload).bytes).includes("CANARY")).toBe(false);
    }
  });

  it("comments between the scans of a progressive file", () => {
    const noted = insert(progressive, sosAt(progressive, sosAt(progressive) + 2), jpegSegment(0xfe, canary));
    expect(rebuild(noted).bytes).toEqual(rebuild(progressive).bytes);
  });
});

it("rebuildJpeg ends with an image or a Problem, whatever bytes are changed", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(plain, progressive),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      (file, flips) => {
        const copy = Buffer.from(file);
        for (const [at, value] of flips) copy[at % copy.length] = value;
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

const withJfif = (bytes: Buffer) => insert(bytes, 2, jpegSegment(0xe0, "JFIF\0\x01\x01\0\0\x01\0\x01\0\0"));
const withAdobe = (bytes: Buffer, transform: number) =>
  insert(
    bytes,
    bytes.indexOf(Buffer.from([0xff, 0xdb])),
    jpegSegment(0xee, `Adobe\0\x64\0\0\0\0${String.fromCharCode(transform)}`),
  );
