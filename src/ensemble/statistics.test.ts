import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialCdf, upperBound } from "./statistics.ts";

describe("binomialCdf", () => {
  // scipy.stats.binom.cdf
  it.each([
    [0, 59, 0.05, 0.048495],
    [1, 84, 0.05, 0.072926],
    [3, 10, 0.5, 0.171875],
    [50, 1000, 0.05, 0.537529],
  ])("P(X <= %i), n %i, p %f is %f", (k, n, p, expected) => expect(binomialCdf(k, n, p)).toBeCloseTo(expected, 5));

  it("is 0 below, 1 at n, and falls as p grows", () => {
    expect(binomialCdf(-1, 5, 0.3)).toBe(0);
    expect(binomialCdf(5, 5, 0.3)).toBe(1);
    expect(binomialCdf(0, 5, 1)).toBe(0);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.nat(),
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        (n, i, p) => {
          const k = i % n;
          expect(binomialCdf(k, n, p)).toBeGreaterThanOrEqual(binomialCdf(k, n, p + 0.05) - 1e-9);
        },
      ),
    );
  });
});

describe("upperBound", () => {
  it("without events is the rule of three, exactly", () => {
    expect(upperBound(0, 16, 0.95)).toBeCloseTo(1 - 0.05 ** (1 / 16), 9);
    expect(upperBound(0, 20, 0.95)).toBeCloseTo(0.139, 3);
  });

  it("proves nothing without a sample or when every trial is an event", () => {
    expect(upperBound(0, 0, 0.95)).toBe(1);
    expect(upperBound(7, 7, 0.95)).toBe(1);
  });
});
