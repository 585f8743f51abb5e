import { expect, it } from "vitest";
import { grade } from "./gradability.ts";

const floor = (contrastMin: number, sharpnessMin: number) => ({
  luminanceMin: 10,
  luminanceMax: 245,
  contrastMin,
  sharpnessMin,
});
const limits = { ungradable: floor(5, 1), usable: floor(15, 4) };

it.each([
  [{ luminance: 120, contrast: 40, sharpness: 50 }, "gradable"],
  [{ luminance: 120, contrast: 10, sharpness: 50 }, "usable"],
  [{ luminance: 120, contrast: 40, sharpness: 2 }, "usable"],
  [{ luminance: 120, contrast: 2, sharpness: 50 }, "ungradable"],
  [{ luminance: 5, contrast: 40, sharpness: 50 }, "ungradable"],
  [{ luminance: 250, contrast: 40, sharpness: 50 }, "ungradable"],
])("%j is %s", (quality, expected) => expect(grade(quality, limits)).toBe(expected));
