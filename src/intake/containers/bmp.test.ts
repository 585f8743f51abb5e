import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BmpParts, canary, handmadeBmp, limits } from "../../../test/support/pictures.ts";
import { rebuildBmp } from "./bmp.ts";

const refusal = (code: string) => expect.objectContaining({ name: "Problem", code });
const rebuild = (parts: BmpParts) => rebuildBmp(handmadeBmp(parts), limits);
const rowBytes = (bits: number, width = 21) => Math.ceil((width * bits) / 32) * 4;
/** Rows whose pixels differ and whose padding is zero, so that they must come through unchanged. */
function rowsOf(bits: number, width = 21, height = 17): Buffer {
  const rows = Buffer.alloc(rowBytes(bits, width) * height);
  const used = Math.ceil((width * bits) / 8);
  for (let at = 0; at < rows.length; at++) if (at % rowBytes(bits, width) < used) rows[at] = (at * 31) & 255;
  return rows;
}
const fullPalette = (bits: number, entry = 4) => Buffer.alloc(entry * 2 ** bits, "abc\0".slice(0, entry));

describe("rebuildBmp refuses", () => {
  it("every file that is cut off, wherever the cut is", () => {
    const file = handmadeBmp();
    for (let length = 18; length < file.length; length++)
      expect(() => rebuildBmp(file.subarray(0, length), limits), `cut at ${length}`).toThrow(
        refusal("image-malformed"),
      );
  });

  it.each([1, 2, 4, 5])("compression %i", (compression) => {
    expect(() => rebuild({ compression, bits: compression === 2 ? 4 : 8 })).toThrow(refusal("image-type-unsupported"));
  });

  it("sizes that lie, in either direction", () => {
    expect(() => rebuild({ width: 50_000, height: 50_000, rows: Buffer.alloc(9) })).toThrow(
      refusal("image-too-many-pixels"),
    );
    expect(() => rebuild({ width: -21, rows: Buffer.alloc(999) })).toThrow(refusal("image-malformed"));
    expect(() => rebuild({ height: 0 })).toThrow(refusal("image-malformed"));
    expect(() => rebuild({ height: -(2 ** 31), rows: Buffer.alloc(9) })).toThrow(refusal("image-too-many-pixels"));
  });

  it("depths that do not exist, pixels outside of the file, too many colours, no palette", () => {
    expect(() => rebuild({ bits: 7 })).toThrow(refusal("image-malformed"));
    expect(() => rebuild({ bits: 24, compression: 3, masks: [1, 2, 4] })).toThrow(refusal("image-malformed"));
    expect(() => rebuild({ bits: 8, palette: fullPalette(8), coloursUsed: 257 })).toThrow(refusal("image-malformed"));
    expect(() => rebuild({ bits: 8 })).toThrow(/palette/);
    const outside = handmadeBmp();
    outside.writeUInt32LE(outside.length + 1, 10);
    expect(() => rebuildBmp(outside, limits)).toThrow(refusal("image-malformed"));
    outside.writeUInt32LE(20, 10);
    expect(() => rebuildBmp(outside, limits)).toThrow(refusal("image-malformed"));
  });

  it.each([
    ["overlap", [0xff00, 0x0ff0, 0xff]],
    ["are empty", [0, 0xff00, 0xff]],
    ["have holes", [0xf0f0, 0x0f00, 0x0f]],
    ["lie beyond the pixel", [0x1f0000, 0x7e0, 0x1f]],
  ])("masks that %s", (_name, masks) => {
    expect(() => rebuild({ bits: 16, compression: 3, masks })).toThrow(refusal("image-malformed"));
  });
});

describe("rebuildBmp writes a plain header and the same rows for", () => {
  it.each([1, 4, 8, 16, 24, 32])("%i bits, with every header", (bits) => {
    for (const headerBytes of [12, 40, 108, 124] as const) {
      if (headerBytes === 12 && (bits === 16 || bits === 32)) continue;
      const palette = bits <= 8 ? fullPalette(bits, headerBytes === 12 ? 3 : 4) : Buffer.alloc(0);
      const rows = rowsOf(bits);
      const { bytes, width, height } = rebuild({ bits, headerBytes, palette, rows });
      const file = Buffer.from(bytes);
      expect([width, height, file.readUInt32LE(14), file.readUInt16LE(28)]).toEqual([21, 17, 40, bits]);
      expect(file.subarray(file.readUInt32LE(10))).toEqual(rows);
      expect(file.readUInt32LE(10)).toBe(54 + (bits <= 8 ? 4 * 2 ** bits : 0));
      expect(file.readUInt32LE(2)).toBe(file.length);
      if (bits <= 8) expect(file.subarray(54, 58).toString("latin1")).toBe("abc\0");
      expect(rebuildBmp(file, limits).bytes).toEqual(bytes);
    }
  });

  it.each([
    [16, [0xf800, 0x7e0, 0x1f]],
    [32, [0xff000000, 0xff0000, 0xff00]],
    [32, [0x3ff00000, 0xffc00, 0x3ff]],
  ])("masks of %i bits", (bits, masks) => {
    for (const headerBytes of [40, 108, 124] as const) {
      const rows = rowsOf(bits);
      const file = Buffer.from(rebuild({ bits, headerBytes, compression: 3, masks, rows }).bytes);
      expect([54, 58, 62].map((at) => file.readUInt32LE(at))).toEqual(masks);
      expect(file.subarray(66)).toEqual(rows);
    }
  });

  it("rows that begin at the top", () => {
    const { bytes, height } = rebuild({ height: -17, rows: rowsOf(24) });
    expect([height, Buffer.from(bytes).readInt32LE(22)]).toEqual([17, -17]);
  });

  it("a palette with fewer entries than the depth allows: the others become black", () => {
    const { bytes } = rebuild({ bits: 8, palette: fullPalette(1), coloursUsed: 2, rows: rowsOf(8) });
    const palette = Buffer.from(bytes).subarray(54, 54 + 1024);
    expect(palette.subarray(0, 8).toString("latin1")).toBe("abc\0abc\0");
    expect(palette.subarray(8).every((value) => value === 0)).toBe(true);
  });
});

it("rebuildBmp leaves behind what lies in large headers, gaps, padding and behind the end", () => {
  const rows = Buffer.alloc(rowBytes(24) * 17, canary);
  for (let at = 0; at < rows.length; at++) if (at % rowBytes(24) < 63) rows[at] = 1;
  const secret = Buffer.from(canary);
  const parts = { headerBytes: 124, gap: secret, tail: secret, rows } as const;
  const file = Buffer.from(rebuild(parts).bytes);
  expect(file.length).toBe(54 + rows.length);
  expect(file.subarray(54).every((value) => value <= 1)).toBe(true);
  expect(file.includes("CANARY")).toBe(false);
});

it("rebuildBmp ends with an image or a Problem, whatever bytes are changed", () => {
  const sources = [
    handmadeBmp(),
    handmadeBmp({ bits: 4, palette: fullPalette(4) }),
    handmadeBmp({ bits: 16, compression: 3, headerBytes: 108, masks: [0xf800, 0x7e0, 0x1f] }),
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...sources),
      fc.array(fc.tuple(fc.nat(70), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      (file, flips) => {
        const copy = Buffer.from(file);
        for (const [at, value] of flips) copy[at] = value;
        try {
          const { bytes } = rebuildBmp(copy, limits);
          expect(rebuildBmp(Buffer.from(bytes), limits).bytes).toEqual(bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: "Problem" });
        }
      },
    ),
    { numRuns: 600 },
  );
});
