import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Latencies } from "./latencies.ts";

function counted(values: readonly number[]): Latencies {
  const latencies = new Latencies();
  for (const value of values) latencies.add(value);
  return latencies;
}

describe("latencies", () => {
  it("give the percentiles of the sorted values within half a per cent, from microseconds to an hour", () => {
    const values = fc.array(fc.double({ min: 0.002, max: 3_600_000, noNaN: true }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const sorted = [...all].sort((a, b) => a - b);
        const found = counted(all).at(share);
        if (found === null) {
          expect(all.length * (1 - share)).toBeLessThan(1);
          return;
        }
        const exact = sorted[Math.max(0, Math.ceil(share * all.length - 1e-9) - 1)] as number;
        expect(Math.abs(found - exact) / exact).toBeLessThan(0.005);
      }),
    );
  });

  it("say nothing of a tail that nobody was in", () => {
    const values = Array.from({ length: 99 }, (_, i) => i + 1);
    expect(counted(values).at(0.99)).toBeNull();
    expect(counted([...values, 100]).at(0.99)).not.toBeNull();
    expect(counted(values).summary()).toMatchObject({ n: 99, p99: null, p999: null, min: 1, max: 99, mean: 50 });
    expect(new Latencies().summary()).toEqual({
      n: 0,
      mean: null,
      min: null,
      p50: null,
      p90: null,
      p95: null,
      p99: null,
      p999: null,
      max: null,
    });
  });

  it("add up to what they would be together", () => {
    const [odd, even] = [counted([1, 3, 5, 900]), counted([2, 4, 6])];
    odd.addAll(even);
    expect(odd.summary()).toEqual(counted([1, 2, 3, 4, 5, 6, 900]).summary());
  });

  it("draw a curve that ascends to the slowest", () => {
    const curve = counted(Array.from({ length: 1000 }, (_, i) => i + 1)).curve();
    expect(curve[0]).toEqual([0, 1]);
    expect(curve.at(-1)).toEqual([0.999, 1000]);
    expect(
      curve.every(([share, ms], i) => i === 0 || (share >= (curve[i - 1]?.[0] ?? 0) && ms >= (curve[i - 1]?.[1] ?? 0))),
    ).toBe(true);
  });
});
