import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bins, binFeatures } from "./bins.ts";

function binsOf(column: Float32Array, bins: number): Bins {
  const steps = binFeatures(column, 1, bins, 1);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

describe("binFeatures", () => {
  it("puts a value in the first bin whose threshold it does not exceed, for all float32", () => {
    const value = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 2, max: 63 }),
        (values, bins) => {
          const { index, thresholds } = binsOf(Float32Array.from(values), bins);
          const cuts = thresholds[0] as Float32Array;
          expect(cuts.length).toBeLessThan(bins);
          for (const [i, each] of values.entries()) {
            const above = cuts.findIndex((cut) => each <= cut);
            expect(index[i]).toBe(above === -1 ? cuts.length : above);
          }
        },
      ),
    );
  });

  it("separates neighbouring float32 values, whose middle is one of them", () => {
    const one = 1;
    const next = 1 + 2 ** -23;
    const { index, thresholds } = binsOf(Float32Array.of(next, one, next, next + 2 ** -23), 63);
    expect([...index]).toEqual([1, 0, 1, 2]);
    expect(thresholds[0]?.[0]).toBeLessThan(next);
  });

  it("gives few values a bin each and many about equal shares", () => {
    expect([...binsOf(Float32Array.of(5, 1, 5, 3), 63).index]).toEqual([2, 0, 2, 1]);
    const { index } = binsOf(
      Float32Array.from({ length: 6300 }, (_, i) => ((i * 37) % 6300) ** 2),
      63,
    );
    const counts = Array.from({ length: 63 }, (_, bin) => index.filter((each) => each === bin).length);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(99);
    expect(Math.max(...counts)).toBeLessThanOrEqual(101);
  });
});
