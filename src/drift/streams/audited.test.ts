import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../contracts/random.ts";
import { EDetector } from "../engine/e-detector.ts";
import {
  calibrationGap,
  calibrationGapNull,
  controlledLoss,
  controlledLossNull,
  weightedLoss,
  weightedLossNull,
} from "./audited.ts";
import { ScoreShift, scoreNull } from "./score-shift.ts";

const range = { probabilityMin: 0.05, probabilityTypical: 0.2 };

describe("an audited value refuses", () => {
  it.each([0, -0.1, 1.1, Number.NaN])("a probability of %s", (probability) => {
    expect(() => weightedLoss({ probability, judgement: 1 })).toThrow(RangeError);
    expect(() => controlledLoss({ probability, judgement: 1 }, 0.1)).toThrow(RangeError);
    expect(() => calibrationGap({ probability, judgement: undefined })).toThrow(RangeError);
  });
  it("a claim that is no probability", () =>
    expect(() => calibrationGap({ probability: 1, judgement: { positive: true, claimed: 2 } })).toThrow(RangeError));
});

describe("audited losses", () => {
  const audits = (seed: number, cases: number) => {
    const random = new Random(seed);
    return Array.from({ length: cases }, () => {
      const doubtful = random.chance(0.2);
      const probability = doubtful ? 0.8 : 0.05;
      const wrong = random.chance(doubtful ? 0.2 : 0.02);
      const predicted = doubtful ? 0.2 : 0.02;
      return { probability, wrong, audited: random.chance(probability), predicted };
    });
  };

  it("have the mean of all losses, with and without prediction; averaged without weights they have not", () => {
    const cases = audits(1, 200_000);
    const mean = (values: number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
    const truth = 0.2 * 0.2 + 0.8 * 0.02;
    const weighted = cases.map(({ probability, wrong, audited }) =>
      weightedLoss({ probability, judgement: audited ? Number(wrong) : undefined }),
    );
    const controlled = cases.map(({ probability, wrong, audited, predicted }) =>
      controlledLoss({ probability, judgement: audited ? Number(wrong) : undefined }, predicted),
    );
    expect(mean(weighted) / truth).toBeCloseTo(1, 1);
    expect(mean(controlled) / truth).toBeCloseTo(1, 1);
    const naive = mean(cases.filter(({ audited }) => audited).map(({ wrong }) => Number(wrong)));
    expect(naive / truth).toBeGreaterThan(1.5);
  });

  it("keep their mean when the probabilities are dealt to other cases", () => {
    const mean = (probabilities: number[]): number => {
      const random = new Random(2);
      let sum = 0;
      for (const probability of probabilities) {
        const wrong = random.chance(0.1);
        const audited = random.chance(probability);
        sum += weightedLoss({ probability, judgement: audited ? Number(wrong) : undefined });
      }
      return sum / probabilities.length;
    };
    const rising = Array.from({ length: 60_000 }, (_, i) => 0.1 + (0.9 * i) / 60_000);
    expect(Math.abs(mean(rising) - mean([...rising].reverse()))).toBeLessThan(0.012);
  });

  it("stay within the range that the bets were made for", () => {
    const stream = controlledLossNull(0.05, 0.3, range);
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        fc.option(fc.boolean(), { nil: undefined }),
        fc.double({ min: 0, max: 0.3, noNaN: true }),
        (probability, wrong, predicted) => {
          const judgement = wrong === undefined ? undefined : Number(wrong);
          const value = controlledLoss({ probability, judgement }, predicted);
          for (const bet of stream.bets) expect(1 + bet * (value - stream.nullMean)).toBeGreaterThan(0);
          expect(new EDetector(stream).update(value)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it("alarm when errors treble, in either form, and the prediction does not make it later", () => {
    const delay = (form: "plain" | "controlled"): number => {
      const stream = form === "plain" ? weightedLossNull(0.05, range) : controlledLossNull(0.05, 0.2, range);
      const delays = Array.from({ length: 30 }, (_, seed) => {
        const random = new Random(seed, 8);
        const detector = new EDetector(stream);
        for (let i = 1; i < 20_000; i++) {
          const wrong = random.chance(i < 300 ? 0.04 : 0.15);
          const judgement = random.chance(0.2) ? Number(wrong) : undefined;
          const one = { probability: 0.2, judgement };
          if (detector.update(form === "plain" ? weightedLoss(one) : controlledLoss(one, 0.04)) >= 10_000) return i;
        }
        return Infinity;
      });
      return delays.sort((a, b) => a - b)[15] as number;
    };
    expect(delay("plain")).toBeLessThan(1500);
    expect(delay("controlled")).toBeLessThan(delay("plain") * 1.25);
  });
});

describe("the calibration gap", () => {
  it("has both signs, and only the right one alarms", () => {
    const random = new Random(5);
    const low = new EDetector(calibrationGapNull(0.02, { probabilityMin: 0.2, probabilityTypical: 0.2 }));
    const high = new EDetector(calibrationGapNull(0.02, { probabilityMin: 0.2, probabilityTypical: 0.2 }));
    for (let i = 0; i < 4000; i++) {
      const judgement = random.chance(0.2) ? { positive: random.chance(0.5), claimed: 0.25 } : undefined;
      const gap = calibrationGap({ probability: 0.2, judgement });
      low.update(gap.tooLow);
      high.update(gap.tooHigh);
    }
    expect(low.value).toBeGreaterThan(50_000);
    expect(high.value).toBeLessThan(1000);
  });
});

describe("the score shift", () => {
  const reference = Array.from({ length: 999 }, (_, i) => (i - 499) / 100);
  it("is near 1 on either side and near 0 in the middle", () => {
    const shift = new ScoreShift(reference);
    expect(shift.vote(9)).toBeCloseTo(0.998, 6);
    expect(shift.vote(-9)).toBeCloseTo(0.998, 6);
    expect(shift.vote(0)).toBeCloseTo(0, 2);
  });
  it("has a mean of a half on its own reference", () => {
    const shift = new ScoreShift(reference);
    const mean = reference.reduce((sum, each) => sum + shift.vote(each), 0) / reference.length;
    expect(mean).toBeCloseTo(0.5, 2);
    expect(scoreNull(reference.length).nullMean).toBeGreaterThan(0.5);
  });
  it("refuses nothing and NaN", () => {
    expect(() => new ScoreShift([])).toThrow(RangeError);
    expect(() => new ScoreShift([1, Number.NaN])).toThrow(RangeError);
    expect(() => new ScoreShift(reference).vote(Number.NaN)).toThrow(RangeError);
  });
});
