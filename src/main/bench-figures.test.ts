import { describe, expect, it } from "vitest";
import { type BenchCase, bottleneckOf, medianOf, rateOf, sharesOf } from "./bench-figures.ts";

const took = (change: Partial<BenchCase> = {}): BenchCase => ({
  endedAt: 0,
  totalMs: 20,
  decodeMs: 4,
  networkMs: 10,
  recordsMs: 5,
  wide: false,
  secondLook: false,
  ...change,
});

describe("images a second", () => {
  it("are exact when they come evenly", () => {
    const even = Array.from({ length: 200 }, (_, i) => i * 20 + 10);
    expect(rateOf(even, 4)).toEqual({ perSecond: 50, interval: [50, 50], n: 200, seconds: 4 });
  });

  it("have an interval as wide as they come unevenly", () => {
    // 20 in each odd slice of 0.1 s, none in the even ones: mean 100, standard deviation of the slices 105.4.
    const uneven = Array.from({ length: 100 }, (_, i) => 200 * Math.floor(i / 20) + 150);
    const { perSecond, interval } = rateOf(uneven, 1);
    expect(perSecond).toBe(100);
    expect(interval[0]).toBeCloseTo(100 - (2.262 * 105.409) / Math.sqrt(10), 1);
    expect(interval[1]).toBeCloseTo(100 + (2.262 * 105.409) / Math.sqrt(10), 1);
  });

  it("do not count what came late, and nothing is below none", () => {
    expect(rateOf([999, 1000], 1)).toMatchObject({ n: 1, perSecond: 1, interval: [0, expect.any(Number)] });
    expect(rateOf([1500], 1)).toEqual({ perSecond: 0, interval: [0, 0], n: 0, seconds: 1 });
  });
});

describe("a median", () => {
  it("is the middle with ranks around it", () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(medianOf(values)).toEqual({ ms: 50.5, interval: [41, 60], n: 100 });
  });

  it("of few has an interval from the first to the last", () =>
    expect(medianOf([3, 1, 2])).toEqual({ ms: 2, interval: [1, 3], n: 3 }));

  it("of nothing is none", () => expect(() => medianOf([])).toThrow(RangeError));
});

describe("where the time goes", () => {
  it("adds up to one", () =>
    expect(sharesOf([took(), took({ totalMs: 40, decodeMs: 8, networkMs: 20, recordsMs: 4 })])).toEqual({
      decode: 12 / 60,
      network: 30 / 60,
      records: 9 / 60,
      other: expect.closeTo(9 / 60, 10),
    }));

  it.each([
    ["network", took()],
    ["decode", took({ decodeMs: 12, networkMs: 2 })],
  ])("says %s where the workers are busy with it", (what, each) => {
    // 14 ms of two workers' time an image, 140 images in a second: 98 %.
    expect(bottleneckOf(Array(140).fill(each), 1, 2)).toEqual({ what, workersBusy: expect.closeTo(0.98, 10) });
  });

  it("says records where the workers wait", () =>
    expect(bottleneckOf(Array(40).fill(took()), 1, 2)).toEqual({
      what: "records",
      workersBusy: expect.closeTo(0.28, 10),
    }));
});
