import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { meanLogLoss } from "../metrics/calibration-error.ts";
import { sigmoid } from "../probability.ts";
import { chooseCalibration, crossFittedLogOdds, fitCalibration, fitClassTemperature } from "./fit-calibration.ts";

// The committed out-of-fold scores of 260 photographs; what the Python recipe made of them is committed beside them.
const rows = readFileSync(new URL("../../../models/cataract/cascade-1/out-of-fold.csv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split(","));
const fold = rows.map((row) => Number(row[1]));
const truth = rows.map(([, , label]) => (label === "cataract" ? 1 : 0));
const fast = rows.map((row) => Number(row[3]));
const fine = rows.map((row) => Number(row[4]));

describe("fitCalibration", () => {
  it.each([
    [[], []],
    [[1, 2], [0]],
    [
      [1, Number.NaN],
      [0, 1],
    ],
    [
      [1, Number.POSITIVE_INFINITY],
      [0, 1],
    ],
    [
      [1, 2],
      [1, 1],
    ],
    [
      [1, 2],
      [0, 0],
    ],
    [
      [1, 2],
      [0, 0.5],
    ],
  ])("refuses the scores %j with the truth %j", (raw, labels) => {
    expect(() => fitCalibration("platt", raw, labels)).toThrow(RangeError);
  });

  it.each(["temperature", "platt"] as const)(
    "keeps the slope of a %s positive when scores point the wrong way",
    (method) => {
      const { slope, intercept } = fitCalibration(method, [3, 2, 1, -1, -2, -3], [0, 0, 1, 0, 1, 1]);
      expect(slope).toBe(1e-6);
      expect(intercept).toBeCloseTo(0, 4);
    },
  );

  it.each(["temperature", "platt"] as const)(
    "does not believe in infinite evidence: a %s of separable scores",
    (method) => {
      const raw = [-3, -2, -1, 1, 2, 3];
      const { slope, intercept } = fitCalibration(method, raw, [0, 0, 0, 1, 1, 1]);
      expect(slope).toBeLessThanOrEqual(8);
      expect(Number.isFinite(intercept)).toBe(true);
    },
  );

  // models/recipes/cataract/calibrate.py fit (scipy 1.17.1, Nelder-Mead); the temperatures are those of the committed packs
  it.each([
    ["temperature", fast, 1.040195, 0],
    ["temperature", fine, 1.260127, 0],
    ["platt", fast, 1.009352, -0.201736],
    ["platt", fine, 1.233483, -0.244869],
  ] as const)("as %s finds what the Python recipe found", (method, raw, slope, intercept) => {
    const fitted = fitCalibration(method, raw, truth);
    expect(fitted.slope).toBeCloseTo(slope, 5);
    expect(fitted.intercept).toBeCloseTo(intercept, 5);
  });

  it("is never worse than the raw score or a shifted fit", () => {
    const score = fc.double({ min: -6, max: 6, noNaN: true });
    const cases = fc.array(fc.tuple(score, fc.integer({ min: 0, max: 1 })), { minLength: 10, maxLength: 60 });
    fc.assert(
      fc.property(cases, score, (pairs, shift) => {
        const raw = [-1, 1, -0.5, 0.5, ...pairs.map(([each]) => each)];
        const labels = [0, 1, 1, 0, ...pairs.map(([, label]) => label)];
        const loss = (slope: number, intercept: number): number =>
          meanLogLoss(
            labels,
            raw.map((each) => sigmoid(slope * each + intercept)),
          );
        const { slope, intercept } = fitCalibration("platt", raw, labels);
        expect(slope).toBeGreaterThan(0);
        expect(loss(slope, intercept)).toBeLessThanOrEqual(loss(1, 0) + 1e-7);
        expect(loss(slope, intercept)).toBeLessThanOrEqual(loss(Math.abs(shift) + 0.01, shift / 3) + 1e-7);
      }),
    );
  });
});

describe("fitClassTemperature", () => {
  const scores = [
    [3, 1, 0],
    [0.5, 2, 1],
    [2.5, 2, 0],
    [0, 1, 4],
    [1, 0.2, 0.1],
    [0, 0.5, 0.3],
    [2, 3, 1],
    [1, 0, 1.5],
    [3, 0.5, 2.8],
  ];
  const labels = [0, 1, 1, 2, 0, 2, 1, 2, 0];

  it("refuses a label without cases, rows that differ and NaN", () => {
    expect(() =>
      fitClassTemperature(
        scores,
        labels.map((each) => each % 2),
      ),
    ).toThrow(RangeError);
    expect(() => fitClassTemperature(scores.with(3, [1, 2]), labels)).toThrow(RangeError);
    expect(() => fitClassTemperature(scores.with(3, [1, 2, Number.NaN]), labels)).toThrow(RangeError);
  });

  it("finds what scipy finds", () => {
    // scipy.optimize.minimize_scalar over scipy.special.log_softmax(s * scores): 2.8099150
    expect(fitClassTemperature(scores, labels)).toMatchObject({ method: "temperature", intercept: 0 });
    expect(fitClassTemperature(scores, labels).slope).toBeCloseTo(2.809915, 5);
  });

  it("of two labels is the binary temperature of their difference", () => {
    const two = fitClassTemperature(
      fine.map((each) => [0.3, each + 0.3]),
      truth,
    );
    expect(two.slope).toBeCloseTo(fitCalibration("temperature", fine, truth).slope, 5);
  });
});

describe("chooseCalibration", () => {
  it("refuses one fold, and a fold whose others lack a side", () => {
    expect(() =>
      chooseCalibration(
        fast,
        truth,
        fold.map(() => 0),
      ),
    ).toThrow(RangeError);
    expect(() => crossFittedLogOdds("platt", [1, 2, 3, 4], [0, 0, 1, 1], [0, 0, 1, 1])).toThrow(RangeError);
  });

  // calibrate.py cross_fitted_loss on the same file and folds
  it.each([
    ["fast", fast, 0.236784892688813, 0.24231951278021524],
    ["fine", fine, 0.1553297318302952, 0.1605958199304218],
  ] as const)("takes a temperature for the %s reader, as the recipe did", (_, raw, temperature, platt) => {
    const { calibration, logLoss } = chooseCalibration(raw, truth, fold);
    expect(calibration.method).toBe("temperature");
    expect(logLoss.temperature).toBeCloseTo(temperature, 6);
    expect(logLoss.platt).toBeCloseTo(platt, 6);
  });

  it("takes an intercept where the score needs one", () => {
    const shifted = fast.map((each) => each + 3);
    const { calibration, logOdds } = chooseCalibration(shifted, truth, fold);
    expect(calibration.method).toBe("platt");
    expect(logOdds).toEqual(crossFittedLogOdds("platt", shifted, truth, fold));
  });

  it("never lets a case calibrate itself", () => {
    const before = crossFittedLogOdds("platt", fast, truth, fold);
    const first = fold.indexOf(0);
    const after = crossFittedLogOdds("platt", fast, truth.with(first, truth[first] === 1 ? 0 : 1), fold);
    for (const [i, k] of fold.entries()) if (k === 0) expect(after[i]).toBe(before[i]);
    expect(after).not.toEqual(before);
  });
});
