import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gainOf, gainTable, nextPrice } from "./second-look-price.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });
const runFor = (seconds: number, utilisation: number, from = 0): number =>
  Array.from({ length: seconds }).reduce<number>((price) => nextPrice(price, utilisation), from);

describe("the price of a second look", () => {
  it("is nothing while the fine reader is no busier than it should be", () => {
    expect(runFor(3600, 0.8)).toBe(0);
  });

  it("rises by 0.02 times what is above the goal, each second", () => {
    expect(nextPrice(0.1, 1)).toBeCloseTo(0.104, 12);
    // Even the most doubtful case waits after two minutes of full load, and none does after ten seconds.
    expect(runFor(10, 1)).toBeLessThan(0.05);
    expect(runFor(130, 1)).toBeGreaterThan(0.5);
  });

  it("falls back to nothing when the load goes", () => {
    expect(runFor(40, 0, 0.5)).toBe(0);
  });

  it("is never below nothing, and rises with the load", () => {
    fc.assert(
      fc.property(share, share, share, (price, one, other) => {
        const [less, more] = one < other ? [one, other] : [other, one];
        expect(nextPrice(price, less)).toBeGreaterThanOrEqual(0);
        expect(nextPrice(price, less)).toBeLessThanOrEqual(nextPrice(price, more));
      }),
    );
  });
});

describe("what a second look is worth", () => {
  const computed = gainTable({ lo: 0.2, hi: 0.8 });

  it("is most in the middle of the band and nothing at its edges, and says that it was computed", () => {
    expect(computed.from).toBe("band");
    expect(computed.gains).toHaveLength(50);
    expect(gainOf(computed, 0.5)).toBeGreaterThan(0.48);
    expect(gainOf(computed, 0.35)).toBeCloseTo(gainOf(computed, 0.649), 6);
    for (const p of [0, 0.1, 0.19, 0.81, 1]) expect(gainOf(computed, p)).toBe(0);
  });

  it("is the pack's where it has measured it", () => {
    const gain = Array.from({ length: 50 }, (_, i) => i / 100);
    const measured = gainTable({ lo: 0.2, hi: 0.8, gain });
    expect(measured.from).toBe("pack");
    expect([0, 0.019, 0.02, 0.999, 1].map((p) => gainOf(measured, p))).toEqual([0, 0, 0.01, 0.49, 0.49]);
  });

  it("is nothing for a band without room, never less, and never more than one half where it is computed", () => {
    expect(gainOf(gainTable({ lo: 0.5, hi: 0.5 }), 0.5)).toBe(0);
    fc.assert(
      fc.property(share, share, share, (one, other, p) => {
        const gain = gainOf(gainTable({ lo: Math.min(one, other), hi: Math.max(one, other) }), p);
        expect(gain).toBeGreaterThanOrEqual(0);
        expect(gain).toBeLessThanOrEqual(0.5);
      }),
    );
  });
});
