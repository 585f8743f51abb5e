import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseBand } from "./choose-band.ts";
import { fitCalibration } from "./fit-calibration.ts";
import { chooseFusion, fitFusion } from "./fit-fusion.ts";

const rows = readFileSync(new URL("../../../models/cataract/cascade-1/out-of-fold.csv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split(","));
const fold = rows.map((row) => Number(row[1]));
const truth = rows.map(([, , label]) => (label === "cataract" ? 1 : 0));
const calibrated = (column: number): number[] => {
  const raw = rows.map((row) => Number(row[column]));
  const { slope } = fitCalibration("temperature", raw, truth);
  return raw.map((each) => slope * each);
};
const readers = { fast: calibrated(3), fine: calibrated(4), truth };

describe("fitFusion", () => {
  it("refuses lists that differ, NaN, one side only and a pull of nothing", () => {
    expect(() => fitFusion({ ...readers, fast: [1] }, 1)).toThrow(RangeError);
    expect(() => fitFusion({ ...readers, fine: readers.fine.with(5, Number.NaN) }, 1)).toThrow(RangeError);
    expect(() => fitFusion({ ...readers, truth: truth.map(() => 1) }, 1)).toThrow(RangeError);
    expect(() => fitFusion(readers, 0)).toThrow(RangeError);
  });

  // cascade.py fit_fusion (scipy 1.17.1, L-BFGS-B, stops at a gradient of 1e-5) on the committed out-of-fold scores
  it.each([
    [0.003, -0.20662, 0.05025, 0.94456],
    [0.01, -0.15614, 0.04163, 0.95645],
  ])("with the ridge %f finds what the Python recipe found", (ridge, w0, w1, w2) => {
    const fitted = fitFusion(readers, ridge);
    expect(fitted.w0).toBeCloseTo(w0, 3);
    expect(fitted.w1).toBeCloseTo(w1, 3);
    expect(fitted.w2).toBeCloseTo(w2, 3);
  });

  it("lets no reader count against itself, and falls back to fine alone under a strong pull", () => {
    const value = fc.double({ min: -4, max: 4, noNaN: true });
    const cases = fc.array(fc.tuple(value, value, fc.integer({ min: 0, max: 1 })), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(cases, fc.constantFrom(0.003, 0.1, 10), (all, ridge) => {
        const three = {
          fast: [1, -1, ...all.map(([fast]) => fast)],
          fine: [-1, 1, ...all.map(([, fine]) => fine)],
          truth: [0, 1, ...all.map(([, , label]) => label)],
        };
        const { w1, w2 } = fitFusion(three, ridge);
        expect(w1).toBeGreaterThanOrEqual(0);
        expect(w2).toBeGreaterThanOrEqual(0);
        const { w0, w1: one, w2: two } = fitFusion(three, 1e6);
        expect([w0, one, two].map((each) => Math.round(1000 * each) + 0)).toEqual([0, 0, 1000]);
      }),
    );
  });
});

describe("chooseFusion", () => {
  it("refuses one fold", () => {
    expect(() =>
      chooseFusion(
        readers,
        fold.map(() => 0),
      ),
    ).toThrow(RangeError);
  });

  it("chooses the ridge of the committed band, and its weights", () => {
    // models/cataract/cascade-1/band.json: -0.00045, 0.00026, 1; fusion_loss of the recipe at ridge 10: 0.149304
    const { fusion, ridge, logLoss } = chooseFusion(readers, fold);
    expect(ridge).toBe(10);
    expect(logLoss).toBeCloseTo(0.149304, 5);
    expect(fusion.w0).toBeCloseTo(-0.00045, 4);
    expect(fusion.w1).toBeCloseTo(0.00026, 4);
    expect(fusion.w2).toBeCloseTo(1, 4);
  });

  it("uses the fast reader where it knows what the fine one does not", () => {
    // Each reader sees one half of the evidence.
    const n = 400;
    const wave = (i: number, k: number): number => Math.sin(i * k) * 2;
    const fast = Array.from({ length: n }, (_, i) => wave(i, 1.3));
    const fine = Array.from({ length: n }, (_, i) => wave(i, 2.7));
    const both = fast.map((each, i) => (each + (fine[i] as number) + wave(i, 5.1) > 0 ? 1 : 0));
    const { fusion } = chooseFusion(
      { fast, fine, truth: both },
      fast.map((_, i) => i % 5),
    );
    expect(fusion.w1 / fusion.w2).toBeGreaterThan(0.7);
  });
});

describe("chooseBand", () => {
  it("refuses no cases, NaN and a share beyond 1", () => {
    expect(() => chooseBand([], 0.2)).toThrow(RangeError);
    expect(() => chooseBand([1, Number.NaN], 0.2)).toThrow(RangeError);
    expect(() => chooseBand([1, 2], 1.2)).toThrow(RangeError);
  });

  it("is the committed band at a share of 18 %", () => {
    // models/cataract/cascade-1/band.json
    expect(chooseBand(readers.fast, 0.18)).toEqual({ lo: 0.1858, hi: 0.8142, a: 0.1858, b: 0.8142 });
  });

  it("is never empty and never wider on the second look than .2 to .8", () => {
    const logOdds = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(logOdds, fc.double({ min: 0, max: 1, noNaN: true }), (fast, share) => {
        const { lo, hi, a, b } = chooseBand(fast, share);
        expect(lo).toBeLessThanOrEqual(0.49);
        expect(hi).toBeGreaterThanOrEqual(0.51);
        expect(a).toBeLessThanOrEqual(0.2);
        expect(b).toBeGreaterThanOrEqual(0.8);
      }),
    );
  });
});
