import { describe, expect, it } from "vitest";
import { decodeBmp } from "./bmp.ts";

/** A 40-byte-header bitmap from rows of raw bytes, already padded to four. */
function bitmap(
  bits: number,
  width: number,
  height: number,
  extra: readonly number[],
  pixels: readonly number[],
  compression = 0,
) {
  const bytes = new Uint8Array(54 + extra.length + pixels.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(10, 54 + extra.length, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(28, bits, true);
  view.setUint32(30, compression, true);
  bytes.set(extra, 54);
  bytes.set(pixels, 54 + extra.length);
  return bytes;
}

const red = [255, 0, 0];
const green = [0, 255, 0];
const blue = [0, 0, 255];
const white = [255, 255, 255];
const rgb = (...colours: number[][]) => colours.flat();

describe("decodeBmp", () => {
  // Two by two: red green above blue white; rows lie from the bottom.
  it("reads 24 bits, bottom-up and top-down", () => {
    const upper = [0, 0, 255, 0, 255, 0, 0, 0];
    const lower = [255, 0, 0, 255, 255, 255, 0, 0];
    const expected = rgb(red, green, blue, white);
    expect([...decodeBmp(bitmap(24, 2, 2, [], [...lower, ...upper])).data]).toEqual(expected);
    expect([...decodeBmp(bitmap(24, 2, -2, [], [...upper, ...lower])).data]).toEqual(expected);
  });

  it("reads 32 bits with and without masks", () => {
    expect([...decodeBmp(bitmap(32, 1, 1, [], [10, 20, 30, 0])).data]).toEqual([30, 20, 10]);
    const masks = [255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0];
    expect([...decodeBmp(bitmap(32, 1, 1, masks, [10, 20, 30, 0], 3)).data]).toEqual([10, 20, 30]);
  });

  it("reads 16 bits as 5-5-5, or 5-6-5 by masks, scaled to 255", () => {
    expect([...decodeBmp(bitmap(16, 1, 1, [], [0xff, 0x7f, 0, 0])).data]).toEqual(white);
    const masks = [0, 0xf8, 0, 0, 0xe0, 0x07, 0, 0, 0x1f, 0, 0, 0];
    expect([...decodeBmp(bitmap(16, 1, 1, masks, [0xe0, 0x07, 0, 0], 3)).data]).toEqual(green);
  });

  it.each([
    [1, [0b01000000, 0, 0, 0]],
    [4, [0x01, 0, 0, 0]],
    [8, [0, 1, 0, 0]],
  ])("reads %i bits through the palette", (bits, row) => {
    const palette = [0, 0, 255, 0, 255, 0, 0, 0];
    expect([...decodeBmp(bitmap(bits, 2, 1, palette, row)).data]).toEqual(rgb(red, blue));
  });

  it("refuses a pixel that names no colour, and a file that ends too soon", () => {
    expect(() => decodeBmp(bitmap(8, 2, 1, [0, 0, 0, 0], [0, 9, 0, 0]))).toThrow(RangeError);
    expect(() => decodeBmp(bitmap(24, 2, 2, [], [0, 0, 0, 0]))).toThrow(RangeError);
  });
});
