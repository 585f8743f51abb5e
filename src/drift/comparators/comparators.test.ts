import { describe, expect, it } from "vitest";
import { Random } from "../../contracts/random.ts";
import { eventStream } from "../generators/streams.ts";
import { Adwin } from "./adwin.ts";
import { alwaysAlarm, type Comparator, neverAlarm } from "./comparator.ts";
import { DriftDetectionMethod } from "./ddm.ts";
import { PageHinkley } from "./page-hinkley.ts";

const delayOf = (detector: Comparator, after: number, seed = 1, casesMax = 8000): number => {
  let cases = 0;
  for (const event of eventStream(seed, 0.06, after, 500)) {
    cases++;
    if (detector.update(event ? 1 : 0)) return cases - 500;
    if (cases === casesMax) return Infinity;
  }
  return Infinity;
};

describe("the comparators", () => {
  it("that always or never alarm do so", () => {
    expect(delayOf(alwaysAlarm(), 0.3)).toBe(-499);
    expect(delayOf(neverAlarm(), 0.3)).toBe(Infinity);
  });

  it("find a rate five times as high", () => {
    expect(delayOf(new PageHinkley(), 0.3)).toBeLessThan(500);
    expect(delayOf(new PageHinkley({ tolerance: 0.02, threshold: 8 }), 0.3)).toBeLessThan(200);
    expect(delayOf(new Adwin(), 0.3)).toBeLessThan(300);
    const delays = Array.from({ length: 21 }, (_, seed) => delayOf(new DriftDetectionMethod(), 0.3, seed));
    expect(delays.sort((a, b) => a - b)[10]).toBeLessThan(200);
  });

  it("with their defaults miss most doublings of a rare event", () => {
    const missed = Array.from({ length: 20 }, (_, seed) => delayOf(new Adwin(), 0.12, seed)).filter(
      (d) => d === Infinity,
    );
    expect(missed.length).toBeGreaterThan(10);
  });

  it("ADWIN forgets what came before the change, and alarms on growth only", () => {
    const adwin = new Adwin();
    const random = new Random(3);
    const alarms: number[] = [];
    for (let i = 0; i < 6000; i++)
      if (adwin.update(Number(random.chance(i < 2000 ? 0.5 : i < 4000 ? 0.1 : 0.5)))) alarms.push(i);
    expect(alarms.length).toBeGreaterThan(0);
    expect(Math.min(...alarms)).toBeGreaterThan(4000);
    expect(Math.max(...alarms)).toBeLessThan(4600);
  });

  it("DDM says nothing before 30 cases and before the first event", () => {
    const detector = new DriftDetectionMethod();
    for (let i = 0; i < 100; i++) expect(detector.update(0)).toBe(false);
  });
});
