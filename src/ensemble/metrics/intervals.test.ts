import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bootstrap, figure, quantile, wilson } from "./intervals.ts";

describe("figure", () => {
  it("is none without cases or without a number", () => {
    expect(() => figure(0.5, 0, 1, 0, "none")).toThrow(RangeError);
    expect(() => figure(Number.NaN, 0, 1, 9, "none")).toThrow(RangeError);
  });
});

describe("wilson", () => {
  it.each([
    [0, 0],
    [-1, 5],
    [6, 5],
    [1.5, 5],
    [Number.NaN, 5],
  ])("refuses %f of %f", (hits, n) => expect(() => wilson(hits, n)).toThrow(RangeError));

  // scipy.stats.binomtest(k, n).proportion_ci(confidence, method="wilson"), scipy 1.17.1
  it.each([
    [54, 57, 0.95, 0.8563, 0.98194],
    [3, 20, 0.9, 0.06158, 0.32183],
    [0, 16, 0.95, 0, 0.19361],
  ])("of %i in %i at %f is %f to %f", (hits, n, confidence, low, high) => {
    expect(wilson(hits, n, confidence)).toEqual({
      value: Number((hits / n).toFixed(5)),
      interval: [low, high],
      n,
      method: "wilson",
    });
  });

  it("is the figure of the committed evaluation: 244 of 260", () => {
    // models/cataract/cascade-1/evaluation.json, accuracy, by the Python recipe
    expect(wilson(244, 260)).toEqual({ value: 0.93846, interval: [0.90239, 0.96177], n: 260, method: "wilson" });
  });

  it("holds its share, within 0 and 1", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(), (n, i) => {
        const { value, interval } = wilson(i % (n + 1), n);
        expect(interval[0]).toBeGreaterThanOrEqual(0);
        expect(interval[1]).toBeLessThanOrEqual(1);
        expect(interval[0]).toBeLessThanOrEqual(value);
        expect(interval[1]).toBeGreaterThanOrEqual(value);
      }),
    );
  });
});

describe("quantile", () => {
  it("refuses nothing and what is no share", () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
    expect(() => quantile([1], 1.5)).toThrow(RangeError);
  });

  it("interpolates as numpy does", () => {
    // numpy.quantile([1, 2, 4, 8], [0, .1, .5, .9, 1])
    expect([0, 0.1, 0.5, 0.9, 1].map((q) => Number(quantile([1, 2, 4, 8], q).toFixed(9)))).toEqual([1, 1.3, 3, 6.8, 8]);
  });
});

describe("bootstrap", () => {
  const values = Array.from({ length: 400 }, (_, i) => (i * 7919) % 400);
  const mean = (cases: Int32Array): number => cases.reduce((sum, i) => sum + (values[i] as number), 0) / cases.length;

  it("refuses one group, groups of another length, and a statistic that is never defined", () => {
    expect(() => bootstrap(mean, 400, { groups: values.map(() => "one") })).toThrow(RangeError);
    expect(() => bootstrap(mean, 400, { groups: ["a", "b"] })).toThrow(RangeError);
    let first = true;
    const undefinedLater = (): number => {
      if (!first) return Number.NaN;
      first = false;
      return 1;
    };
    expect(() => bootstrap(undefinedLater, 400, { draws: 10 })).toThrow(RangeError);
  });

  it("of a mean is near the normal interval", () => {
    const spread = Math.sqrt(values.reduce((sum, each) => sum + (each - 199.5) ** 2, 0) / 400 / 400);
    const { value, interval, n, method } = bootstrap(mean, 400);
    expect({ value, n, method }).toEqual({ value: 199.5, n: 400, method: "bootstrap, 1000 draws" });
    expect(Math.abs(interval[0] - (199.5 - 1.96 * spread))).toBeLessThan(spread / 4);
    expect(Math.abs(interval[1] - (199.5 + 1.96 * spread))).toBeLessThan(spread / 4);
  });

  it("is the same for the same seed and wider when copies are one group", () => {
    const copied = (cases: Int32Array): number =>
      cases.reduce((sum, i) => sum + (values[i >> 2] as number), 0) / cases.length;
    const groups = values.map((_, i) => `patient ${i >> 2}`);
    const alone = bootstrap(copied, 400, { seed: 3 });
    expect(bootstrap(copied, 400, { seed: 3 })).toEqual(alone);
    const grouped = bootstrap(copied, 400, { seed: 3, groups });
    const width = ([low, high]: readonly [number, number]): number => high - low;
    expect(width(grouped.interval) / width(alone.interval)).toBeGreaterThan(1.7);
    expect(grouped.method).toBe("group bootstrap, 1000 draws");
  });
});
