import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  accuracy,
  balancedAccuracy,
  confusionOf,
  quadraticWeightedKappa,
  recalls,
  sensitivityAndSpecificity,
  sensitivityAt,
} from "./confusion.ts";

const truth = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 4];
const decided = [0, 0, 1, 0, 1, 2, 1, 2, 2, 1, 3, 3, 2, 4, 4, 2];
const draws = 200;

describe("every figure of a confusion", () => {
  const figures = { confusionOf, recalls, balancedAccuracy, quadraticWeightedKappa };
  it.each(Object.entries(figures))("%s refuses lists that differ, no cases, and what is no label", (_, of) => {
    expect(() => of([0, 1], [0], 2)).toThrow(RangeError);
    expect(() => of([], [], 2)).toThrow(RangeError);
    expect(() => of([0, Number.NaN], [0, 1], 2)).toThrow(RangeError);
    expect(() => of([0, 1], [0, 2], 2)).toThrow(RangeError);
  });

  it("refuses a recall of a label without cases", () => {
    expect(() => recalls([0, 0], [0, 1], 2)).toThrow(RangeError);
    expect(() => balancedAccuracy([0, 0], [0, 1], 2)).toThrow(RangeError);
    expect(() => sensitivityAndSpecificity([1, 1], [0, 1])).toThrow(RangeError);
  });

  // sklearn.metrics 1.9.1: confusion_matrix, accuracy_score, balanced_accuracy_score on the lists above
  it("is what scikit-learn gives", () => {
    expect(confusionOf(truth, decided, 5)).toEqual([
      [3, 1, 0, 0, 0],
      [0, 2, 1, 0, 0],
      [0, 1, 2, 1, 0],
      [0, 0, 1, 1, 0],
      [0, 0, 1, 0, 2],
    ]);
    expect(accuracy(truth, decided)).toMatchObject({ value: 0.625, n: 16 });
    expect(balancedAccuracy(truth, decided, 5, { draws })).toMatchObject({ value: 0.61667, n: 16 });
    expect(recalls(truth, decided, 5).map(({ value, n }) => [value, n])).toEqual([
      [0.75, 4],
      [0.66667, 3],
      [0.5, 4],
      [0.5, 2],
      [0.66667, 3],
    ]);
  });
});

describe("quadraticWeightedKappa", () => {
  it("refuses cases of one grade only", () => {
    expect(() => quadraticWeightedKappa([2, 2, 2], [2, 2, 2], 5)).toThrow(RangeError);
  });

  it("is what scikit-learn gives", () => {
    // sklearn.metrics.cohen_kappa_score(weights="quadratic") = 0.8434782608695652
    const { value, interval, n } = quadraticWeightedKappa(truth, decided, 5, { draws });
    expect({ value, n }).toEqual({ value: 0.84348, n: 16 });
    expect(interval[0]).toBeLessThan(value);
    expect(interval[1]).toBeGreaterThan(value);
  });

  it("is 1 for perfect grades and forgives a neighbour more than a stranger", () => {
    expect(quadraticWeightedKappa(truth, truth, 5, { draws }).value).toBe(1);
    const far = decided.with(0, 4);
    const near = decided.with(0, 1);
    expect(quadraticWeightedKappa(truth, near, 5, { draws }).value).toBeGreaterThan(
      quadraticWeightedKappa(truth, far, 5, { draws }).value,
    );
  });
});

describe("sensitivityAt", () => {
  const sample = {
    truth: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1],
    score: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 4, 9.5, 11, 12],
  };

  it("refuses a specificity of 0, NaN scores and a sample without negatives", () => {
    expect(() => sensitivityAt(0, sample, sample)).toThrow(RangeError);
    expect(() => sensitivityAt(0.9, { ...sample, score: sample.score.with(2, Number.NaN) }, sample)).toThrow(
      RangeError,
    );
    expect(() => sensitivityAt(0.9, sample, { truth: [1, 1], score: [1, 2] })).toThrow(RangeError);
  });

  it("takes the threshold from one sample and measures on the other", () => {
    expect(sensitivityAt(0.9, sample, sample)).toMatchObject({
      threshold: 9,
      sensitivity: { value: 0.75, n: 4 },
      specificity: { value: 0.9, n: 10 },
    });
    const other = { truth: [0, 0, 1, 1], score: [9.5, 1, 10, 2] };
    expect(sensitivityAt(0.9, sample, other)).toMatchObject({
      threshold: 9,
      sensitivity: { value: 0.5, n: 2 },
      specificity: { value: 0.5, n: 2 },
    });
  });

  it("never falls short of the specificity where it was chosen", () => {
    const scores = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 3, maxLength: 60 });
    fc.assert(
      fc.property(scores, fc.constantFrom(0.5, 0.9, 0.95, 1), (score, wanted) => {
        const labels = score.map((_, i) => (i === 0 || i % 3 === 1 ? 1 : 0)).with(1, 0);
        const scored = { truth: labels, score };
        expect(sensitivityAt(wanted, scored, scored).specificity.value).toBeGreaterThanOrEqual(wanted - 1e-5);
      }),
    );
  });
});
