import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ArrivalPlan, arrivalTimes, planInWords } from "./arrivals.ts";

const plans: fc.Arbitrary<ArrivalPlan> = fc
  .record({
    kind: fc.constantFrom("constant", "poisson", "steps", "burst"),
    rate: fc.integer({ min: 1, max: 200 }),
    rates: fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 4 }),
    burst: fc.integer({ min: 1, max: 30 }),
    everySeconds: fc.integer({ min: 1, max: 5 }),
    seconds: fc.integer({ min: 1, max: 12 }),
  })
  .map((all) => all as ArrivalPlan);

describe("arrival times", () => {
  it("ascend, stay inside the plan, and depend on the seed alone", () => {
    fc.assert(
      fc.property(plans, fc.nat(), (plan, seed) => {
        const times = [...arrivalTimes(plan, seed)];
        expect(times.every((at, i) => at >= (times[i - 1] ?? 0) && at < plan.seconds * 1000)).toBe(true);
        expect([...arrivalTimes(plan, seed)]).toEqual(times);
      }),
    );
  });

  it("are evenly spaced when constant", () => {
    expect([...arrivalTimes({ kind: "constant", rate: 4, seconds: 1 }, 7)]).toEqual([0, 250, 500, 750]);
  });

  it("have exponential gaps when poisson: mean and deviation are the same", () => {
    const times = [...arrivalTimes({ kind: "poisson", rate: 100, seconds: 200 }, 3)];
    const gaps = times.slice(1).map((at, i) => at - (times[i] as number));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    // 20,000 gaps: the standard error of both is under 1 %.
    expect(mean).toBeGreaterThan(9.7);
    expect(mean).toBeLessThan(10.3);
    expect(deviation / mean).toBeGreaterThan(0.96);
    expect(deviation / mean).toBeLessThan(1.04);
  });

  it("change their rate from step to step", () => {
    const times = [...arrivalTimes({ kind: "steps", rates: [10, 0, 1000], seconds: 30 }, 1)];
    const inStep = (i: number) => times.filter((at) => at >= i * 10_000 && at < (i + 1) * 10_000).length;
    expect(inStep(0)).toBeLessThan(200);
    expect(inStep(1)).toBe(0);
    expect(inStep(2)).toBeGreaterThan(9000);
  });

  it("come together in a burst", () => {
    const plan: ArrivalPlan = { kind: "burst", rate: 1, seconds: 4, burst: 5, everySeconds: 2 };
    const times = [...arrivalTimes(plan, 1)];
    expect(times.filter((at) => at === 0)).toHaveLength(5);
    expect(times.filter((at) => at === 2000)).toHaveLength(5);
    expect(planInWords(plan)).toBe("poisson 1/s, 5 at once every 2 s");
  });
});
