import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { proveBand } from "../certificate.ts";
import { decideFirst, decideSecond } from "../decide.ts";
import {
  type BandCase,
  bandSettings,
  bandSteps,
  certifyBand,
  countErrors,
  onePerGroup,
  violationPValue,
} from "./certify-band.ts";

const target = { missRate: 0.05, falsePositiveRate: 0.05, confidence: 0.95 };

/** Cases with a spread of evidence; `noise` is how far a reader may be off. */
function cases(prefix: string, positives: number, negatives: number, noise = 3): BandCase[] {
  return Array.from({ length: positives + negatives }, (_, i) => {
    const positive = i < positives;
    const wave = (k: number): number => noise * Math.sin(i * k + prefix.length);
    const probability = (x: number): number => 1 / (1 + Math.exp(-x));
    const side = positive ? 3 : -3;
    const id = `${prefix}${i}`;
    return {
      id,
      group: id,
      positive,
      fast: probability(side + wave(1.7)),
      combined: probability(side + wave(3.1) / 2),
    };
  });
}

describe("certifyBand refuses", () => {
  const tune = cases("t", 80, 80);
  const calibrate = cases("cc", 80, 80);
  it.each([
    ["the same sample twice", tune, tune],
    ["a shared id", tune, [...calibrate, { ...(tune[3] as BandCase), group: "new" }]],
    ["a shared group", tune, [...calibrate, { ...(calibrate[3] as BandCase), id: "new", group: "t3" }]],
    ["two images of one group where it counts", tune, [...calibrate, { ...(calibrate[3] as BandCase), id: "new" }]],
    ["a sample to choose on without positives", cases("t", 0, 80), calibrate],
    ["a sample to choose on without negatives", cases("t", 80, 0), calibrate],
    ["NaN to choose on", tune.with(0, { ...(tune[0] as BandCase), fast: Number.NaN }), calibrate],
    ["NaN to prove with", tune, calibrate.with(0, { ...(calibrate[0] as BandCase), combined: Number.NaN })],
    ["log-odds instead of probabilities", tune, calibrate.with(0, { ...(calibrate[0] as BandCase), fast: -2.5 })],
  ])("%s", (_, one, other) => expect(() => certifyBand(one, other, target)).toThrow(RangeError));
});

describe("certifyBand", () => {
  it("says how many cases are missing when there are too few", () => {
    const { setting, certificate, pValues } = certifyBand(cases("t", 80, 80), cases("cc", 58, 58, 0), target);
    expect(setting).toBeUndefined();
    expect(pValues).toHaveLength(1);
    expect(certificate).toMatchObject({
      certified: false,
      positives: 58,
      misses: 0,
      neededPositives: 59,
      neededNegatives: 59,
    });
    expect(certificate.reason).toContain("58 positives are fewer than the 59 needed");
  });

  it("certifies nothing without any case to prove with", () => {
    const { setting, certificate } = certifyBand(cases("t", 80, 80), [], target);
    expect(setting).toBeUndefined();
    expect(certificate).toMatchObject({
      positives: 0,
      negatives: 0,
      provableMissRate: 1,
      provableFalsePositiveRate: 1,
    });
  });

  it("certifies from 59 of each side on, when nothing goes wrong", () => {
    const { setting, certificate } = certifyBand(cases("t", 80, 80), cases("cc", 59, 59, 0), target);
    expect(setting?.step).toBe(bandSteps);
    expect(certificate).toMatchObject({ certified: true, misses: 0, falsePositives: 0 });
  });

  it("gives nothing when readers that looked good are wrong afterwards", () => {
    const wrong = cases("cc", 200, 200, 0).map((each) => ({
      ...each,
      fast: 1 - each.fast,
      combined: 1 - each.combined,
    }));
    const { setting, certificate } = certifyBand(cases("t", 200, 200), wrong, target);
    expect(setting).toBeUndefined();
    expect(certificate.reason).toContain("safest setting failed");
  });

  it("stops at the first setting that fails and returns the one before", () => {
    const [tune, calibrate] = [cases("t", 300, 700, 6), cases("cc", 300, 700, 6)];
    const { setting, pValues, certificate } = certifyBand(tune, calibrate, target);
    const settings = bandSettings(tune, target);
    const all = settings.map((each) => violationPValue(countErrors(each, calibrate), target));
    const firstFailure = all.findIndex((p) => p > 0.05);
    expect(firstFailure).toBeGreaterThan(0);
    expect(pValues).toEqual(all.slice(0, firstFailure + 1));
    expect(setting).toEqual(settings[firstFailure - 1]);
    expect(certificate).toMatchObject(countErrors(setting as NonNullable<typeof setting>, calibrate));
  });

  it("writes counts that prove the band when a pack with them is read", () => {
    const { certificate } = certifyBand(cases("t", 300, 700, 6), cases("cc", 300, 700, 6), target);
    const proof = proveBand({ target, certificate });
    expect(proof.certified).toBe(certificate.certified);
    expect(proof.missRate).toBe(certificate.provableMissRate);
    expect(proof.missRate).toBeLessThanOrEqual(0.05);
  });
});

describe("violationPValue", () => {
  it("is the worse of both sides", () => {
    // scipy.stats.binom.cdf(0, 59, .05) = 0.048495; binom.cdf(1, 84, .05) = 0.072926
    const counts = { positives: 59, misses: 0, negatives: 84, falsePositives: 1 };
    expect(violationPValue(counts, target)).toBeCloseTo(0.072926, 5);
    expect(violationPValue({ ...counts, falsePositives: 0 }, target)).toBeCloseTo(0.048495, 5);
  });
});

const probability = fc.double({ min: 0, max: 1, noNaN: true });
const drawn = fc
  .uniqueArray(fc.record({ positive: fc.boolean(), fast: probability, combined: fc.integer({ min: 1, max: 40 }) }), {
    minLength: 2,
    maxLength: 120,
    selector: ({ fast }) => fast,
  })
  .map((list) =>
    list.map(({ positive, fast, combined }, i) => ({
      id: `${i}`,
      group: `${i}`,
      positive: i < 2 ? i === 0 : positive,
      fast,
      combined: combined / 41,
    })),
  );

describe("bandSettings", () => {
  it("are bands, and spend no more than their share of the budget beyond the quantile's own case", () => {
    fc.assert(
      fc.property(drawn, (tune) => {
        for (const setting of bandSettings(tune, target)) {
          const { lo, hi, a, b, step } = setting;
          expect(lo).toBeLessThanOrEqual(hi);
          expect(a).toBeLessThanOrEqual(b);
          if (lo === hi) continue;
          const { misses, positives, falsePositives, negatives } = countErrors(setting, tune);
          const share = (1.3 * step * 0.05) / 100;
          expect(misses).toBeLessThanOrEqual(share * positives + 1);
          expect(falsePositives).toBeLessThanOrEqual(share * negatives + 1);
        }
      }),
    );
  });

  it("count errors exactly as the cascade decides", () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 0, max: 99 }), (tune, at) => {
        const setting = bandSettings(tune, target)[at] as ReturnType<typeof bandSettings>[number];
        const look = { strategy: "cascade" as const, gradability: "gradable" as const, outOfDomain: false };
        const outcomes = tune.map(
          ({ fast, combined }) =>
            (decideFirst({ ...look, fast }, setting) ?? decideSecond({ ...look, fast, combined }, setting)).outcome,
        );
        const { misses, falsePositives } = countErrors(setting, tune);
        expect(misses).toBe(tune.filter(({ positive }, i) => positive && outcomes[i] === "negative").length);
        expect(falsePositives).toBe(tune.filter(({ positive }, i) => !positive && outcomes[i] === "positive").length);
      }),
    );
  });
});

describe("onePerGroup", () => {
  it("keeps one image of each group, whichever comes first", () => {
    const list = [
      { id: "b", group: "one" },
      { id: "a", group: "one" },
      { id: "c", group: "two" },
    ];
    expect(onePerGroup(list)).toEqual([list[1], list[2]]);
    expect(onePerGroup(list.toReversed()).map(({ id }) => id)).toEqual(["c", "a"]);
  });
});
