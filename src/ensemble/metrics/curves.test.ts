import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areaUnderCurve } from "./auc.ts";
import { deferralCurve, riskCoverageCurve, rocCurve } from "./curves.ts";

const bit = fc.integer({ min: 0, max: 1 });
const cases = fc.array(fc.tuple(bit, bit, fc.integer({ min: 0, max: 9 })), { minLength: 4, maxLength: 80 });

describe("rocCurve", () => {
  it("refuses lists that differ, NaN and an absent side", () => {
    expect(() => rocCurve([0, 1], [1])).toThrow(RangeError);
    expect(() => rocCurve([0, 1], [1, Number.NaN])).toThrow(RangeError);
    expect(() => rocCurve([1, 1], [1, 2])).toThrow(RangeError);
  });

  it("is what scikit-learn gives", () => {
    const { points, positives, negatives } = rocCurve([0, 0, 1, 1, 0, 1], [0.1, 0.4, 0.35, 0.8, 0.35, 0.9]);
    // sklearn.metrics.roc_curve(drop_intermediate=False)
    expect(points.map(({ falsePositiveRate }) => falsePositiveRate)).toEqual([0, 0, 0, 1 / 3, 2 / 3, 1]);
    expect(points.map(({ sensitivity }) => sensitivity)).toEqual([0, 1 / 3, 2 / 3, 2 / 3, 1, 1]);
    expect(points.map(({ threshold }) => threshold)).toEqual([Infinity, 0.9, 0.8, 0.4, 0.35, 0.1]);
    expect([positives, negatives]).toEqual([3, 3]);
  });

  it("has the area that the ranks give", () => {
    fc.assert(
      fc.property(cases, (rows) => {
        const truth = [0, 0, 1, 1, ...rows.map(([label]) => label)];
        const score = [1, 2, 2, 3, ...rows.map(([, , each]) => each)];
        const { points } = rocCurve(truth, score);
        const area = points.slice(1).reduce((sum, point, i) => {
          const before = points[i] as (typeof points)[number];
          const width = point.falsePositiveRate - before.falsePositiveRate;
          return sum + (width * (point.sensitivity + before.sensitivity)) / 2;
        }, 0);
        expect(area).toBeCloseTo(areaUnderCurve(truth, score).value, 4);
      }),
    );
  });
});

describe("riskCoverageCurve", () => {
  it("refuses lists that differ, NaN and what is neither right nor wrong", () => {
    expect(() => riskCoverageCurve([0, 1], [1])).toThrow(RangeError);
    expect(() => riskCoverageCurve([0, 1], [1, Number.NaN])).toThrow(RangeError);
    expect(() => riskCoverageCurve([0, 0.5], [1, 2])).toThrow(RangeError);
  });

  it("takes the surest first and equally sure ones together", () => {
    expect(riskCoverageCurve([1, 1, 0, 1, 0], [9, 8, 7, 7, 1])).toEqual({
      points: [
        { coverage: 0.2, risk: 0 },
        { coverage: 0.4, risk: 0 },
        { coverage: 0.8, risk: 0.25 },
        { coverage: 1, risk: 0.4 },
      ],
      n: 5,
    });
  });
});

describe("deferralCurve", () => {
  it("refuses lists that differ and NaN", () => {
    expect(() => deferralCurve([0, 1], [1], [1, 2])).toThrow(RangeError);
    expect(() => deferralCurve([0, 1], [1, 0], [1, Number.NaN])).toThrow(RangeError);
    expect(() => deferralCurve([0, 2], [1, 0], [1, 2])).toThrow(RangeError);
  });

  it("escalates the least sure first", () => {
    const { byConfidence, oracle, random, n } = deferralCurve([0, 1, 1, 0], [1, 1, 0, 1], [0.1, 0.4, 0.9, 0.2]);
    expect(byConfidence.map(({ accuracy }) => accuracy)).toEqual([0.5, 0.75, 1, 1, 0.75]);
    expect(oracle).toEqual([
      { escalated: 0, accuracy: 0.5 },
      { escalated: 0.5, accuracy: 1 },
      { escalated: 0.75, accuracy: 1 },
      { escalated: 1, accuracy: 0.75 },
    ]);
    expect(random).toEqual([
      { escalated: 0, accuracy: 0.5 },
      { escalated: 1, accuracy: 0.75 },
    ]);
    expect(n).toBe(4);
  });

  it("starts at the fast reader, ends at the fine one, and never beats the oracle", () => {
    fc.assert(
      fc.property(cases, (rows) => {
        const { byConfidence, oracle } = deferralCurve(
          rows.map(([fast]) => fast),
          rows.map(([, fine]) => fine),
          rows.map(([, , sure]) => sure),
        );
        const share = (reader: 0 | 1): number => rows.reduce((sum, row) => sum + row[reader], 0) / rows.length;
        for (const curve of [byConfidence, oracle]) {
          expect(curve[0]?.accuracy).toBeCloseTo(share(0), 12);
          expect(curve.at(-1)?.accuracy).toBeCloseTo(share(1), 12);
        }
        const best = (at: number): number => {
          const right = oracle.findIndex(({ escalated }) => escalated >= at - 1e-12);
          const [high, low] = [oracle[right], oracle[Math.max(0, right - 1)]] as [
            (typeof oracle)[0],
            (typeof oracle)[0],
          ];
          const width = high.escalated - low.escalated;
          return width === 0
            ? high.accuracy
            : low.accuracy + ((at - low.escalated) / width) * (high.accuracy - low.accuracy);
        };
        for (const { escalated, accuracy } of byConfidence)
          expect(accuracy).toBeLessThanOrEqual(best(escalated) + 1e-9);
      }),
    );
  });
});
