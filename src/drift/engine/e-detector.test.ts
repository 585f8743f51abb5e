import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../contracts/random.ts";
import { eventStream } from "../generators/streams.ts";
import { bernoulliBets, boundedBets, weightedBets } from "./bets.ts";
import { EDetector } from "./e-detector.ts";
import { knownRateNull, meanNull, rateNull } from "./reference.ts";

const stream = knownRateNull(0.06);
const firstAlarm = (events: Iterable<boolean>, threshold: number, casesMax: number): number => {
  const detector = new EDetector(stream);
  for (const event of events) {
    if (detector.cases === casesMax) break;
    if (detector.update(event ? 1 : 0) >= threshold) return detector.cases;
  }
  return Infinity;
};

describe("bets", () => {
  it.each([
    ["a rate of 0", () => bernoulliBets(0)],
    ["a rate of 1", () => bernoulliBets(1)],
    ["a mean of NaN", () => boundedBets(Number.NaN)],
    ["a probability of 0", () => weightedBets(0.05, 0, 0)],
    ["a mean below what is possible", () => weightedBets(0.05, 0.1, 0.5)],
  ])("are not made for %s", (_, bets) => expect(bets).toThrow(RangeError));

  it("are those of the likelihood ratio", () => {
    // (r - r0) / (r0 (1 - r0)) at r = 2 r0 is 1 / (1 - r0).
    expect(bernoulliBets(0.06)[2]).toBeCloseTo(1 / 0.94, 12);
    expect(boundedBets(0.5)).toEqual([0.2, 0.5, 1, 1.8]);
  });

  it("never stake everything, at any rate", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-4, max: 0.999, noNaN: true }), (rate) => {
        for (const bet of [...bernoulliBets(rate), ...boundedBets(rate)]) expect(1 - bet * rate).toBeGreaterThan(0);
      }),
    );
  });
});

describe("an e-detector refuses", () => {
  const detector = new EDetector(stream);
  it.each([
    ["a value above its range", 1.01],
    ["a value below its range", -0.01],
    ["NaN", Number.NaN],
  ])("%s and takes nothing", (_, value) => {
    expect(() => detector.update(value)).toThrow(RangeError);
    expect(detector.cases).toBe(0);
  });
  it("a batch", () => {
    // @ts-expect-error one value at a time
    expect(() => detector.update([0, 1])).toThrow(RangeError);
  });
  it("bets that could lose more than everything", () =>
    expect(() => new EDetector({ nullMean: 0.5, low: 0, high: 1, bets: [2.1] })).toThrow(RangeError));
  it("the state of other bets", () => {
    const state = new EDetector(meanNull(0.5, 0.03)).save();
    expect(() => new EDetector(stream, state)).toThrow(RangeError);
    expect(() => new EDetector(stream, { ...new EDetector(stream).save(), sums: [1, 2, 3, 4, Number.NaN] })).toThrow();
  });
});

describe("an e-detector", () => {
  it("follows the recursion M <- (1 + lambda (z - r0)) (M + 1)", () => {
    const detector = new EDetector({ nullMean: 0.25, low: 0, high: 1, bets: [1, 2] });
    expect(detector.update(1)).toBeCloseTo((1.75 + 2.5) / 2, 12);
    expect(detector.update(0)).toBeCloseTo((0.75 * 2.75 + 0.5 * 3.5) / 2, 12);
    expect(detector.pass()).toBeCloseTo((0.75 * 2.75 + 1 + (0.5 * 3.5 + 1)) / 2, 12);
    expect(detector.cases).toBe(3);
  });

  it("is worth the number of cases on average while nothing changes, with and without evidence", () => {
    const runs = 4000;
    const cases = 30;
    const random = new Random(7);
    let total = 0;
    for (let run = 0; run < runs; run++) {
      const detector = new EDetector({ nullMean: 0.2, low: 0, high: 1, bets: [0.3, 1] });
      for (let i = 0; i < cases; i++)
        random.chance(0.5) ? detector.update(random.chance(0.2) ? 1 : 0) : detector.pass();
      total += detector.value;
    }
    expect(total / runs).toBeGreaterThan(cases * 0.9);
    expect(total / runs).toBeLessThan(cases * 1.1);
  });

  it("raises a false alarm within the first tenth of its run length in at most a tenth of the streams", () => {
    const alarmed = Array.from({ length: 300 }, (_, seed) => firstAlarm(eventStream(seed, 0.06, 0.06, 0), 1000, 100));
    // 30 expected at most, and three standard errors.
    expect(alarmed.filter(Number.isFinite).length).toBeLessThanOrEqual(46);
  });

  it("finds a trebled rate, and where it began", () => {
    const found = Array.from({ length: 60 }, (_, seed) => {
      const detector = new EDetector(stream);
      for (const event of eventStream(seed, 0.06, 0.18, 400)) if (detector.update(event ? 1 : 0) >= 2000) break;
      return { delay: detector.cases - 400, off: Math.abs(detector.changePoint - 400) };
    }).filter(({ delay }) => delay > 0);
    expect(found.length).toBeGreaterThan(45);
    const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] as number;
    expect(middle(found.map(({ delay }) => delay))).toBeLessThan(60);
    expect(middle(found.map(({ off }) => off))).toBeLessThan(40);
  });

  it("goes on after saving and restoring as if nothing had happened, bit for bit", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.boolean()), { maxLength: 200 }), fc.nat(200), (events, at) => {
        const whole = new EDetector(stream);
        let parted = new EDetector(stream);
        for (const [i, event] of events.entries()) {
          if (i === at) parted = new EDetector(stream, JSON.parse(JSON.stringify(parted.save())));
          for (const detector of [whole, parted]) event === null ? detector.pass() : detector.update(event ? 1 : 0);
        }
        expect(parted.value).toBe(whole.value);
        expect(parted.save()).toEqual(whole.save());
      }),
    );
  });

  it("stays a number, and JSON, after any evidence", () => {
    const detector = new EDetector(stream);
    for (let i = 0; i < 5000; i++) detector.update(1);
    expect(detector.value).toBe(1e300);
    expect(JSON.parse(JSON.stringify(detector.save()))).toEqual(detector.save());
    detector.restart();
    expect(detector.save()).toEqual(new EDetector(stream).save());
  });
});

describe("a reference rate", () => {
  it("is bounded and not plugged in: 90 % of references of 1000 lie below it", () => {
    const random = new Random(3);
    const above = Array.from({ length: 400 }, () => {
      let events = 0;
      for (let i = 0; i < 1000; i++) if (random.chance(0.06)) events++;
      return rateNull({ events, cases: 1000 }).nullMean >= 0.06;
    }).filter(Boolean).length;
    expect(above / 400).toBeGreaterThan(0.86);
    // The p at which 60 or fewer of 1000 have a probability of 0.1.
    expect(rateNull({ events: 60, cases: 1000 }).nullMean).toBeCloseTo(0.070796, 6);
  });

  it("without the bound raises early false alarms more often", () => {
    const early = (nullOf: (events: number) => ReturnType<typeof rateNull>): number => {
      const random = new Random(11);
      return Array.from({ length: 300 }, () => {
        let events = 0;
        for (let i = 0; i < 1000; i++) if (random.chance(0.06)) events++;
        const detector = new EDetector(nullOf(events));
        for (let i = 0; i < 500; i++) if (detector.update(random.chance(0.06) ? 1 : 0) >= 2000) return true;
        return false;
      }).filter(Boolean).length;
    };
    const plugged = early((events) => knownRateNull(events / 1000));
    const bounded = early((events) => rateNull({ events, cases: 1000 }));
    expect(bounded).toBeLessThan(plugged);
    expect(bounded / 300).toBeLessThan(0.08);
  });

  it("of nothing is none", () => expect(() => rateNull({ events: 0, cases: 0 })).toThrow(RangeError));
  it("of a reader that always errs still leaves a bet", () =>
    expect(new EDetector(rateNull({ events: 9, cases: 9 })).update(1)).toBeGreaterThan(1));
});
