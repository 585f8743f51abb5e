import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialCdf, upperBound, wilson } from "./statistics.ts";

describe("wilson", () => {
  // R 4.3, binom::binom.confint(method = "wilson"): 54/57, 113/121, 0/10, 10/10.
  it.each([
    [54, 57, 0.8563, 0.9819],
    [113, 121, 0.8749, 0.9661],
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
  ])("%i of %i lies in [%f, %f]", (k, n, low, high) => {
    expect(wilson(k, n).low).toBeCloseTo(low, 3);
    expect(wilson(k, n).high).toBeCloseTo(high, 3);
  });

  it("is vacuous without trials", () => expect(wilson(0, 0)).toEqual({ low: 0, high: 1 }));

  it("holds the observed share and stays in [0, 1]", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const k = Math.round(share * n);
        const { low, high } = wilson(k, n);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(k / n + 1e-12);
        expect(high).toBeGreaterThanOrEqual(k / n - 1e-12);
      }),
    );
  });
});

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
