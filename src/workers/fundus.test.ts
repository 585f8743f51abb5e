import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { discBox } from "./disc-box.ts";
import { equalise } from "./equalise.ts";

// Golden values: models/recipes/programmes/fundus.py with numpy 2, the program that prepared what the networks were
// trained on, on the pictures made below; models/recipes/tests/test_fundus.py holds that side to the same values.

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function synthetic(width: number, height: number): Uint8Array {
  const pixels = new Uint8Array(3 * width * height);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i += 3) {
      pixels[i] = (x * 5 + y * 3) % 256;
      pixels[i + 1] = Math.floor((x * y) / 7) % 256;
      pixels[i + 2] = Math.floor((x * x + y * y) / 11) % 200;
    }
  return pixels;
}

describe("equalise", () => {
  it.each([
    [
      224,
      224,
      "da5e8c196fdf76cd6d335cd57ea5ac89ab9282a74af1f5b7ab8a657afce69f4d",
      "558d9c122e99a03ba94766e161999bc80294522608342b7be8039d210b408f9e",
    ],
    [
      97,
      61,
      "b621d1eac20669ac6239c8f7cf767c83034245ec04bad598213d080fc8d9e775",
      "82cc980f728d6a77d49dbe13aa44ca4da41e8bf8eb90dc60754cbf5ce34df441",
    ],
    [
      16,
      9,
      "1a591e88a2023b32fab34c94ec66789ddb6b78e0d3f351ab500edcee30035d6e",
      "d1e4fab070bff5039447ca9c3f1e5fbd20e387de7fb97644f4a84b2ce5b8ca92",
    ],
  ])("makes of %i by %i pixels what the recipe makes of them", (width, height, before, after) => {
    const pixels = synthetic(width, height);
    expect(sha256(pixels)).toBe(before);
    expect(sha256(equalise(pixels, width, height))).toBe(after);
    expect(sha256(pixels)).toBe(before);
  });

  it("keeps grey grey, for any picture and size", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 40 }),
        fc.integer({ min: 8, max: 40 }),
        fc.integer(),
        (width, height, seed) => {
          const pixels = new Uint8Array(3 * width * height);
          for (let i = 0; i < width * height; i++) pixels.fill(Math.imul(i * i + 1, seed | 1) >>> 24, 3 * i, 3 * i + 3);
          const out = equalise(pixels, width, height);
          expect(out.length).toBe(pixels.length);
          for (let i = 0; i < out.length; i += 3) expect([out[i + 1], out[i + 2]]).toEqual([out[i], out[i]]);
        },
      ),
    );
  });
});

const side = 224;
const picture = (light: (x: number, y: number) => number): Uint8Array =>
  Uint8Array.from({ length: 3 * side * side }, (_, i) => light(Math.floor(i / 3) % side, Math.floor(i / 3 / side)));
const framed = (left: number, top: number, right: number, bottom: number): Uint8Array =>
  picture((x, y) => (x >= left && x < right && y >= top && y < bottom ? 120 : 3));

describe("discBox", () => {
  it.each([
    ["nothing but black", [0, 0, 0, 0]],
    ["a part that is too small to be a disc", [80, 80, 147, 147]],
    ["a rim that is not worth a cut", [4, 4, 220, 220]],
    ["no rim", [0, 0, 224, 224]],
  ] as const)("leaves a picture as it is that has %s", (_, [left, top, right, bottom]) =>
    expect(discBox(framed(left, top, right, bottom), side)).toBeUndefined(),
  );

  it.each([
    [30, 10, 200, 224],
    [5, 0, 224, 224],
    [80, 80, 148, 148],
  ])("finds the lit part from %i, %i to %i, %i", (left, top, right, bottom) =>
    expect(discBox(framed(left, top, right, bottom), side)).toEqual({
      left: left / side,
      top: top / side,
      right: right / side,
      bottom: bottom / side,
    }),
  );

  it("finds a disc a little smaller than it is, as the recipe does", () =>
    expect(
      discBox(
        picture((x, y) => ((x - 100) ** 2 + (y - 118) ** 2 < 80 ** 2 ? 150 : 3)),
        side,
      ),
    ).toEqual({
      left: 21 / side,
      top: 39 / side,
      right: 180 / side,
      bottom: 198 / side,
    }));
});
