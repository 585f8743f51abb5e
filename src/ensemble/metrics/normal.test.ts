import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalCdf, normalQuantile, reach } from "./normal.ts";

describe("normalCdf", () => {
  // scipy.stats.norm.cdf, scipy 1.17.1
  it.each([
    [-8, 6.22096057427174e-16],
    [-5, 2.866515718791933e-7],
    [-2.5, 0.006209665325776132],
    [0.3, 0.6179114221889526],
    [3.5, 0.9997673709209645],
  ])("at %f is %f", (x, expected) => expect(normalCdf(x) / expected).toBeCloseTo(1, 11));
});

describe("normalQuantile", () => {
  it.each([-0.1, 1.1, Number.NaN])("refuses %f", (p) => expect(() => normalQuantile(p)).toThrow(RangeError));

  // scipy.stats.norm.ppf
  it.each([
    [1e-9, -5.9978070150076865],
    [0.025, -1.9599639845400545],
    [0.4, -0.2533471031357997],
    [0.999, 3.090232306167813],
  ])("of %f is %f", (p, expected) => expect(normalQuantile(p)).toBeCloseTo(expected, 10));

  it("undoes the distribution", () => {
    fc.assert(
      fc.property(fc.double({ min: -7, max: 5, noNaN: true }), (x) => {
        expect(normalQuantile(normalCdf(x))).toBeCloseTo(x, 8);
      }),
    );
  });
});

describe("reach", () => {
  it.each([0, 1, Number.NaN])("refuses the confidence %f", (c) => expect(() => reach(c)).toThrow(RangeError));
  it("is 1.96 for 95 %", () => expect(reach(0.95)).toBeCloseTo(1.959964, 6));
});
