import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sigmoid } from "../probability.ts";
import { brierParts, calibrationError, classLogLoss, logLoss, reliabilityBins } from "./calibration-error.ts";

// The committed out-of-fold scores of 260 photographs with the fast reader's calibration, slope 1.040195.
const rows = readFileSync(new URL("../../../models/cataract/cascade-1/out-of-fold.csv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split(","));
const truth = rows.map(([, , label]) => (label === "cataract" ? 1 : 0));
const probability = rows.map((row) => sigmoid(1.040195 * Number(row[3])));
const few = { draws: 50 };

describe("every measure of a binary probability", () => {
  it.each(Object.entries({ logLoss, reliabilityBins, calibrationError, brierParts }))(
    "%s refuses what it cannot judge",
    (_, of) => {
      expect(() => of([0, 1], [0.5])).toThrow(RangeError);
      expect(() => of([], [])).toThrow(RangeError);
      expect(() => of([0, 1], [0.5, Number.NaN])).toThrow(RangeError);
      expect(() => of([0, 1], [0.5, 1.1])).toThrow(RangeError);
      expect(() => of([1, 1], [0.5, 0.6])).toThrow(RangeError);
      expect(() => of([0, 0], [0.5, 0.6])).toThrow(RangeError);
    },
  );
});

describe("logLoss", () => {
  it("is what scikit-learn gives", () => {
    // sklearn.metrics.log_loss = 0.22806450645561344
    const { value, interval, n } = logLoss(truth, probability);
    expect({ value, n }).toEqual({ value: 0.22806, n: 260 });
    expect(interval[0]).toBeLessThan(value);
    expect(interval[1]).toBeGreaterThan(value);
  });

  it("of a sure mistake is large and finite", () => {
    expect(logLoss([0, 1], [1, 1], few).value).toBeCloseTo(-Math.log(1e-7) / 2, 4);
  });
});

describe("classLogLoss", () => {
  it("refuses rows that do not sum to 1, differ in length, or lack the label", () => {
    expect(() =>
      classLogLoss(
        [0, 1],
        [
          [0.5, 0.6],
          [0.5, 0.5],
        ],
      ),
    ).toThrow(RangeError);
    expect(() => classLogLoss([0, 1], [[0.5, 0.5], [1]])).toThrow(RangeError);
    expect(() =>
      classLogLoss(
        [0, 2],
        [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
      ),
    ).toThrow(RangeError);
    expect(() =>
      classLogLoss(
        [0, 1],
        [
          [Number.NaN, 1],
          [0.5, 0.5],
        ],
      ),
    ).toThrow(RangeError);
  });

  it("is what scikit-learn gives", () => {
    const rows = [
      [0.7, 0.2, 0.1],
      [0.1, 0.8, 0.1],
      [0.3, 0.3, 0.4],
      [0.05, 0.9, 0.05],
      [0.2, 0.2, 0.6],
    ];
    // sklearn.metrics.log_loss(labels=[0, 1, 2]) = 1.2202558826230379
    expect(classLogLoss([0, 1, 2, 2, 0], rows, few)).toMatchObject({ value: 1.22026, n: 5 });
  });
});

describe("reliabilityBins", () => {
  it("hold equal counts, and their shares carry them", () => {
    const bins = reliabilityBins(truth, probability);
    // numpy: argsort, ten slices of 26, means of probability and truth
    expect(bins.map(({ claimed, found }) => [Number(claimed.toFixed(5)), found.value, found.n])).toEqual([
      [0.00278, 0, 26],
      [0.00647, 0.03846, 26],
      [0.01215, 0, 26],
      [0.02649, 0.07692, 26],
      [0.07669, 0.07692, 26],
      [0.15639, 0.19231, 26],
      [0.37257, 0.07692, 26],
      [0.74026, 0.76923, 26],
      [0.9684, 1, 26],
      [0.99596, 1, 26],
    ]);
  });

  it("never part equal probabilities, lose a case, or depend on the order of cases", () => {
    const cases = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 6 })), { minLength: 1 });
    fc.assert(
      fc.property(cases, (pairs) => {
        const labels = [0, 1, ...pairs.map(([label]) => label)];
        const claims = [0.5, 0.5, ...pairs.map(([, sixth]) => sixth / 6)];
        const bins = reliabilityBins(labels, claims);
        expect(bins.reduce((sum, { found }) => sum + found.n, 0)).toBe(labels.length);
        for (const [i, bin] of bins.entries()) if (i > 0) expect(bin.from).toBeGreaterThan(bins[i - 1]?.to as number);
        const backwards = reliabilityBins(labels.toReversed(), claims.toReversed());
        expect(backwards.map(({ found }) => found)).toEqual(bins.map(({ found }) => found));
      }),
    );
  });
});

describe("calibrationError", () => {
  it("is what numpy and scipy give", () => {
    // numpy as above; bias by scipy.stats.foldnorm.mean: 0.0493769 - 0.0132345
    const { error, debiased, bins, n } = calibrationError(truth, probability, 10, few);
    expect({ value: error.value, bins, n }).toEqual({ value: 0.04938, bins: 10, n: 260 });
    expect(debiased).toBeCloseTo(0.036142434535733, 10);
  });

  it("of a perfectly calibrated reader is noise, most of which the debiasing takes off", () => {
    // A low-discrepancy sequence as truth-teller: case i is positive when its own draw falls below its probability.
    const claims = Array.from({ length: 2000 }, (_, i) => (i + 0.5) / 2000);
    const labels = claims.map((p, i) => ((i * 0.6180339887498949 * 97.3) % 1 < p ? 1 : 0));
    const { error, debiased } = calibrationError(labels, claims, 20, few);
    expect(debiased).toBeLessThan(error.value);
    expect(debiased).toBeLessThan(0.02);
  });
});

describe("brierParts", () => {
  it("is what scikit-learn and numpy give", () => {
    // sklearn.metrics.brier_score_loss = 0.06435420030531112; parts by numpy over the same ten bins
    const { brier, reliability, resolution, uncertainty } = brierParts(truth, probability, 10, few);
    expect(brier).toMatchObject({ value: 0.06435, n: 260 });
    expect(reliability).toBeCloseTo(0.009427122134958, 10);
    expect(resolution).toBeCloseTo(0.160414201183432, 10);
    expect(uncertainty).toBeCloseTo(0.218698224852071, 10);
  });

  it("adds up, and within bins of one probability nothing is left over", () => {
    const { brier, reliability, resolution, uncertainty, withinBins } = brierParts(
      [0, 0, 1, 1, 1, 0, 1, 1],
      [0.2, 0.2, 0.2, 0.9, 0.9, 0.9, 0.9, 0.9],
      2,
      few,
    );
    expect(withinBins).toBeCloseTo(0, 12);
    expect(reliability - resolution + uncertainty).toBeCloseTo(brier.value, 4);
  });
});
