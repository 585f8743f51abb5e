import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areaUnderCurve, compareAreas } from "./auc.ts";

// The committed out-of-fold scores of 260 photographs.
const rows = readFileSync(new URL("../../../models/cataract/cascade-1/out-of-fold.csv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split(","));
const truth = rows.map(([, , label]) => (label === "cataract" ? 1 : 0));
const fast = rows.map((row) => Number(row[3]));
const fine = rows.map((row) => Number(row[4]));

const refused = [
  [[], []],
  [
    [0, 1, 0, 1],
    [1, 2, 3],
  ],
  [
    [0, 1, 0, 1],
    [1, 2, Number.NaN, 3],
  ],
  [
    [0, 0, 0, 0],
    [1, 2, 3, 4],
  ],
  [
    [1, 1, 1, 1],
    [1, 2, 3, 4],
  ],
  [
    [0, 0, 0, 1],
    [1, 2, 3, 4],
  ],
  [
    [0, 2, 0, 1],
    [1, 2, 3, 4],
  ],
] as const;

describe("areaUnderCurve", () => {
  it.each(refused)("refuses the truth %j with the scores %j", (labels, scores) => {
    expect(() => areaUnderCurve(labels, scores)).toThrow(RangeError);
  });

  // sklearn.metrics.roc_auc_score (0.9532602813852814) and evaluate.delong of the Python recipe on the same file
  it("is what scikit-learn and the recipe give on the committed scores", () => {
    const method = "delong, logit scale";
    expect(areaUnderCurve(truth, fast)).toEqual({ value: 0.95326, interval: [0.91263, 0.9755], n: 260, method });
    expect(areaUnderCurve(truth, fine)).toEqual({ value: 0.97578, interval: [0.94333, 0.98985], n: 260, method });
  });

  it("of a reader that is never wrong is 1, but its interval does not claim that", () => {
    const { value, interval, method } = areaUnderCurve([0, 0, 0, 1, 1, 1, 1, 1], [1, 2, 3, 4, 5, 6, 7, 8]);
    expect({ value, method }).toEqual({ value: 1, method: "wilson, independent pairs" });
    expect(interval[0]).toBeCloseTo(0.4385, 4);
    expect(interval[1]).toBe(1);
  });

  it("is the share of pairs in order, ties half, and does not move under a rising map", () => {
    const cases = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: -5, max: 5 })), { minLength: 6 });
    fc.assert(
      fc.property(cases, (pairs) => {
        const labels = [0, 0, 1, 1, ...pairs.map(([label]) => label)];
        const scores = [0, 1, 1, 2, ...pairs.map(([, score]) => score)];
        let [sum, count] = [0, 0];
        for (const [i, a] of scores.entries())
          for (const [j, b] of scores.entries())
            if (labels[i] === 1 && labels[j] === 0) {
              sum += (Math.sign(a - b) + 1) / 2;
              count++;
            }
        const { value } = areaUnderCurve(labels, scores);
        expect(value).toBeCloseTo(sum / count, 4);
        expect(
          areaUnderCurve(
            labels,
            scores.map((each) => Math.exp(each)),
          ).value,
        ).toBe(value);
        expect(
          areaUnderCurve(
            labels,
            scores.map((each) => -each),
          ).value,
        ).toBeCloseTo(1 - value, 4);
      }),
    );
  });
});

describe("compareAreas", () => {
  it.each(refused)("refuses the truth %j with the scores %j", (labels, scores) => {
    expect(() =>
      compareAreas(
        labels,
        labels.map((_, i) => i),
        scores,
      ),
    ).toThrow(RangeError);
  });

  it("refuses a difference that has no variance", () => {
    expect(() => compareAreas([0, 0, 1, 1], [1, 2, 3, 4], [3, 4, 1, 2])).toThrow(RangeError);
  });

  // numpy: variance of the paired placement differences over both classes; p by scipy.stats.norm.sf
  it("of the committed readers finds the fine one better", () => {
    const { difference, pValue } = compareAreas(truth, fast, fine);
    expect(difference).toEqual({ value: -0.02252, interval: [-0.04301, -0.00204], n: 260, method: "delong, paired" });
    expect(pValue).toBeCloseTo(0.031180380202, 10);
  });

  it("of a reader with itself is nothing", () => {
    expect(compareAreas(truth, fast, fast)).toMatchObject({ difference: { value: 0, interval: [0, 0] }, pValue: 1 });
  });
});
