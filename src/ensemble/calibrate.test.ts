import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calibrate, conformalPValue } from "./calibrate.ts";
import { logit, sigmoid } from "./probability.ts";

describe("calibrate", () => {
  it("keeps the 0.5 decision under temperature scaling", () => {
    const raws = fc.oneof(
      fc.double({ min: -50, max: -1e-9, noNaN: true }),
      fc.double({ min: 1e-9, max: 50, noNaN: true }),
    );
    fc.assert(
      fc.property(raws, fc.double({ min: 0.05, max: 5, noNaN: true }), (raw, slope) => {
        expect(calibrate(raw, { slope, intercept: 0 }) >= 0.5).toBe(raw > 0);
      }),
    );
  });

  it("never leaves [0, 1], also for scores no float could hold in the exponent", () => {
    for (const raw of [-1e6, -745, 0, 745, 1e6]) {
      const probability = calibrate(raw, { slope: 1, intercept: 0 });
      expect(probability).toBeGreaterThanOrEqual(0);
      expect(probability).toBeLessThanOrEqual(1);
    }
  });

  it("is undone by logit", () => {
    fc.assert(
      fc.property(fc.double({ min: -15, max: 15, noNaN: true }), (x) => {
        expect(logit(sigmoid(x))).toBeCloseTo(x, 6);
      }),
    );
  });
});

describe("conformalPValue", () => {
  const reference = [0.1, 0.2, 0.3, 0.4];
  it.each([
    [0.05, 1 / 5],
    [0.1, 2 / 5],
    [0.25, 3 / 5],
    [0.9, 1],
  ])("similarity %f has p-value %f", (similarity, expected) => {
    expect(conformalPValue(similarity, reference)).toBeCloseTo(expected, 12);
  });
});
