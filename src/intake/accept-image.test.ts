import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { handmadeBmp, limits, picture, pixelsOf } from "../../test/support/pictures.ts";
import { acceptImage } from "./accept-image.ts";

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64"/></svg>';
const files = {
  "image/jpeg": await picture().jpeg().toBuffer(),
  "image/png": await picture().png().toBuffer(),
  "image/webp": await picture().webp().toBuffer(),
  "image/tiff": await picture().tiff().toBuffer(),
  "image/bmp": handmadeBmp(),
};
const all = Object.values(files);

describe("acceptImage refuses as image-type-unsupported", () => {
  it.each([
    ["a GIF", "GIF89a\x10\0\x10\0\0\0\0;"],
    ["an SVG", svg],
    ["an SVG behind a declaration", `<?xml version="1.0"?>${svg}`],
    ["an SVG after 40 KB of comment", `<!--${"x".repeat(40_000)}-->${svg}`],
    ["an SVG after blanks", `\n\n  ${svg}`],
    ["a gzipped SVG", gzipSync(svg)],
    ["a PDF", "%PDF-1.7\n"],
    ["a ZIP", "PK\x03\x04"],
    ["an HEIF", "\0\0\0\x18ftypheic\0\0\0\0mif1heic"],
    ["a FITS", `SIMPLE  =                    T${" ".repeat(2850)}`],
    ["a PPM", "P6 16 16 255\n"],
    ["a JPEG 2000", "\0\0\0\x0cjP  \r\n\x87\n"],
    ["a DICOM", `${"\0".repeat(128)}DICM`],
    ["a PNG damaged by text mode", "\x89PNG\n\x1a\n"],
    ["words that begin like a BMP", "BMI and other measures of weight"],
    ["a RIFF that is no WebP", "RIFF\x10\0\0\0WAVEfmt "],
    ["a TIFF of 64 bits", "II+\0\x08\0\0\0"],
    ["a single byte", "\xff"],
    ["zeros", Buffer.alloc(5000)],
  ])("%s", (_name, bytes) => {
    expect(() => acceptImage(Buffer.from(bytes as string, "latin1"), limits, "scan.jpg")).toThrow(
      expect.objectContaining({ code: "image-type-unsupported" }),
    );
  });
});

describe("acceptImage", () => {
  it("says image-malformed for an empty file, and image-too-large for one beyond the limit", () => {
    expect(() => acceptImage(new Uint8Array(), limits)).toThrow(expect.objectContaining({ code: "image-malformed" }));
    const small = { ...limits, imageBytesMax: 100 };
    expect(() => acceptImage(files["image/png"], small)).toThrow(expect.objectContaining({ code: "image-too-large" }));
  });

  it.each(Object.entries(files))(
    "knows %s by its bytes, whatever it is called, and names it by its hash",
    (type, file) => {
      const image = acceptImage(file, limits, "x\0.svg");
      expect(image).toMatchObject({ mediaType: type, uploadedBytes: file.length, filename: "x\uFFFD.svg" });
      expect(image.sha256).toBe(createHash("sha256").update(image.bytes).digest("hex"));
      expect(image.bytes.buffer.byteLength).toBe(image.bytes.length);
      expect(acceptImage(image.bytes, limits).sha256).toBe(image.sha256);
    },
  );

  it("takes a view into a larger buffer, and leaves it as it was", () => {
    for (const file of all) {
      const around = Buffer.concat([Buffer.alloc(7, 1), file, Buffer.alloc(9, 2)]);
      const before = Buffer.from(around);
      const view = new Uint8Array(around.buffer, around.byteOffset + 7, file.length);
      expect(acceptImage(view, limits).sha256).toBe(acceptImage(file, limits).sha256);
      expect(around.equals(before)).toBe(true);
    }
  });

  it("refuses every file that was cut off", () => {
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.nat(), (file, at) => {
        expect(() => acceptImage(file.subarray(0, at % file.length), limits)).toThrow(
          expect.objectContaining({ name: "Problem" }),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("gives for random bytes behind a right beginning an image or a Problem", () => {
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.nat(60), fc.uint8Array({ maxLength: 300 }), (file, kept, noise) => {
        try {
          acceptImage(Buffer.concat([file.subarray(0, kept), noise]), limits);
        } catch (error) {
          expect(error).toMatchObject({ name: "Problem" });
        }
      }),
      { numRuns: 600 },
    );
  });

  it("lets nothing through that the decoder would read with another size", async () => {
    for (const [type, file] of Object.entries(files)) {
      if (type === "image/bmp") continue;
      for (let run = 0; run < 60; run++) {
        const copy = Buffer.from(file);
        copy[(run * 7 + 20) % 120] = (run * 37) & 255;
        const image = await Promise.resolve(copy)
          .then((bytes) => acceptImage(bytes, limits))
          .catch(() => undefined);
        if (image === undefined) continue;
        const pixels = await pixelsOf(image.bytes).catch(() => undefined);
        if (pixels !== undefined) expect([image.width, image.height]).toEqual([pixels.width, pixels.height]);
      }
    }
  });

  it("lets 24 megapixels of every kind pass", async () => {
    const large = { ...limits, imageBytesMax: 256 * 1024 * 1024 };
    const source = sharp({ create: { width: 6000, height: 4000, channels: 3, background: "#345" } });
    const made = await Promise.all([
      source.clone().jpeg({ progressive: true, chromaSubsampling: "4:4:4" }).toBuffer(),
      source.clone().png({ progressive: true, compressionLevel: 1 }).toBuffer(),
      source.clone().webp({ lossless: true, effort: 0 }).toBuffer(),
      source.clone().tiff({ compression: "none" }).toBuffer(),
    ]);
    for (const file of made) expect(acceptImage(file, large)).toMatchObject({ width: 6000, height: 4000 });
  });
});
