import { describe, expect, it } from "vitest";
import { systemClock } from "../platform/index.ts";
import { FineLane } from "./fine-lane.ts";

function lane(slots: number) {
  const time = { ms: 0 };
  const made = new FineLane({ ...systemClock, now: () => time.ms }, () => slots);
  return { lane: made, pass: (ms: number) => (time.ms += ms) };
}

describe("the fine lane", () => {
  it("costs nothing while it is idle, however long", () => {
    const { lane: idle, pass } = lane(2);
    pass(1e9);
    expect(idle.price).toBe(0);
  });

  it("takes the share of each second in which its slots were in use", () => {
    const { lane: busy, pass } = lane(2);
    const ends = [busy.enter(), busy.enter(), busy.enter()];
    pass(1000);
    // More than there are slots is no more than full.
    expect(busy.price).toBeCloseTo(0.02 * 0.2, 12);
    pass(500);
    for (const end of ends) end();
    pass(500);
    // Half a second of use is below the goal.
    expect(busy.price).toBe(0);
  });

  it("is cheaper where it has more slots", () => {
    const prices = [1, 2, 4].map((slots) => {
      const { lane: each, pass } = lane(slots);
      each.enter();
      pass(60_000);
      return each.price;
    });
    expect(prices[0]).toBeCloseTo(60 * 0.02 * 0.2, 9);
    expect(prices.slice(1)).toEqual([0, 0]);
  });

  it("counts seconds that nobody asked about", () => {
    const { lane: busy, pass } = lane(1);
    const end = busy.enter();
    pass(10_500);
    end();
    expect(busy.price).toBeCloseTo(10 * 0.02 * 0.2, 9);
    pass(3500);
    expect(busy.price).toBe(0);
  });
});
