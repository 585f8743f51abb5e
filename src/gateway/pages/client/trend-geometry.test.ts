import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { niceTicks, trendGeometry } from "./trend-geometry.ts";

const day = 86_400_000;
const size = { width: 640, height: 220 };

describe("a trend", () => {
  it("lies on its axes, in the order of time, with the usual range where it belongs", () => {
    const found = trendGeometry(
      [
        { at: 30 * day, value: 24 },
        { at: 0, value: 15 },
      ],
      { low: 10, high: 21 },
      size,
    );
    expect(found.points.map(({ value }) => value)).toEqual([15, 24]);
    expect(found.valueTicks.map(({ value }) => value)).toEqual([10, 15, 20, 25]);
    const [low, high] = [found.valueTicks[0]?.y, found.valueTicks.at(-1)?.y];
    expect(found.usual?.bottom).toBe(low);
    // 24 of 10 to 25.
    expect(found.points[1]?.y).toBeCloseTo((low as number) + ((high as number) - (low as number)) * (14 / 15));
    expect(found.timeTicks.map(({ at }) => at)).toEqual([0, 30 * day]);
  });

  it("shows one measurement in the middle", () => {
    const { points, left, right, timeTicks } = trendGeometry([{ at: day, value: 40 }], undefined, size);
    expect(points[0]?.x).toBe((left + right) / 2);
    expect(timeTicks).toHaveLength(1);
  });

  it("draws nothing outside, and writes no day over another, whatever was measured", () => {
    const points = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 4e12 }), value: fc.double({ min: 0, max: 1000, noNaN: true }) }),
      { minLength: 1, maxLength: 200 },
    );
    fc.assert(
      fc.property(points, fc.integer({ min: 240, max: 1200 }), (given, width) => {
        const found = trendGeometry(given, undefined, { width, height: 220 });
        for (const { x, y } of found.points) {
          expect(x).toBeGreaterThanOrEqual(found.left);
          expect(x).toBeLessThanOrEqual(found.right);
          expect(y).toBeGreaterThanOrEqual(found.top - 1e-6);
          expect(y).toBeLessThanOrEqual(found.bottom + 1e-6);
        }
        const days = found.timeTicks.map(({ x }) => x);
        expect(days.every((x, i) => i === 0 || x - (days[i - 1] as number) >= 105)).toBe(true);
      }),
    );
  });

  it("has round ticks around every value", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (a, b) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          const ticks = niceTicks(low, high);
          expect(ticks.length).toBeGreaterThanOrEqual(2);
          expect(ticks.length).toBeLessThanOrEqual(7);
          const slack = (high - low) * 1e-9 + high * 1e-9;
          expect(ticks[0]).toBeLessThanOrEqual(low + slack);
          expect(ticks.at(-1)).toBeGreaterThanOrEqual(high - slack);
        },
      ),
    );
  });
});
