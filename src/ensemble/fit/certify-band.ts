import type { Band } from "../../contracts/pack.ts";
import { positivesNeeded } from "../certificate.ts";
import { quantile } from "../metrics/intervals.ts";
import { allProbabilities } from "../metrics/refuse.ts";
import { binomialCdf, upperBound } from "../statistics.ts";

type Thresholds = Pick<Band, "lo" | "hi" | "a" | "b">;
export type BandTarget = Band["target"];

/** One labelled image as both readers see it; probabilities are of any positive label, calibrated. */
export interface BandCase {
  readonly id: string;
  /** Patient, else cluster of look-alikes. */
  readonly group: string;
  readonly positive: boolean;
  readonly fast: number;
  /** Both readers together. */
  readonly combined: number;
}

/** A band on its place between "everything to a person" and "bolder than the targets". */
export interface BandSetting extends Thresholds {
  /** From 1, safest, to `bandSteps`, boldest. */
  readonly step: number;
}

/** What a setting would have decided without a person. */
export interface AutomaticErrors {
  readonly positives: number;
  /** Positives decided negative. */
  readonly misses: number;
  readonly negatives: number;
  /** Negatives decided positive. */
  readonly falsePositives: number;
}

export const bandSteps = 100;
/** The boldest setting spends more than its targets on `tune`: the walk must end by the test, not by the list. */
const boldest = 1.3;
/** Share of both budgets that is spent on the fast exits. */
const fastShare = 0.4;
const method = "fixed-sequence learn-then-test";

export interface BandCertification {
  /** The boldest setting that passed; undefined when none did: then everything goes to a person. */
  readonly setting: BandSetting | undefined;
  /** Counts of that setting, else of the first one tried. */
  readonly certificate: Band["certificate"] & { readonly neededNegatives: number };
  /** p-value of each setting in the order tried; the last one failed unless all passed. */
  readonly pValues: readonly number[];
}

/**
 * Fixed-sequence Learn-then-Test with an intersection-union p-value. `tune` orders the settings from safest to boldest;
 * `calibrate` tests them in that order and stops at the first that fails. The probability that the setting returned
 * violates either target is at most `1 - target.confidence`, for any readers and any sample size, as long as later
 * cases are exchangeable with `calibrate` within each class.
 *
 * @throws {RangeError} when the samples share an id or a group, `calibrate` has two images of a group (the binomial
 *   count would be wrong; `onePerGroup` chooses), `tune` lacks a class, or a value is no probability
 * @param positiveExit whether the fast reader may decide a positive alone; else `hi` is 1 in every setting tested
 * @see Angelopoulos et al. 2021, Learn then Test; Jung et al. 2025, Trust or Escalate
 */
export function certifyBand(
  tune: readonly BandCase[],
  calibrate: readonly BandCase[],
  target: BandTarget,
  positiveExit = true,
): BandCertification {
  refuseOverlap(tune, calibrate);
  const settings = bandSettings(tune, target).map((each) => (positiveExit ? each : { ...each, hi: 1 }));
  const refused = 1 - target.confidence;
  const pValues: number[] = [];
  let passed: BandSetting | undefined;
  let counts = countErrors(settings[0] as BandSetting, calibrate);
  for (const setting of settings) {
    const errors = countErrors(setting, calibrate);
    const pValue = violationPValue(errors, target);
    pValues.push(pValue);
    if (pValue > refused) break;
    passed = setting;
    counts = errors;
  }
  const neededPositives = positivesNeeded(target.missRate, target.confidence);
  const neededNegatives = positivesNeeded(target.falsePositiveRate, target.confidence);
  return {
    setting: passed,
    certificate: {
      ...counts,
      certified: passed !== undefined,
      method,
      neededPositives,
      neededNegatives,
      provableMissRate: upperBound(counts.misses, counts.positives, target.confidence),
      provableFalsePositiveRate: upperBound(counts.falsePositives, counts.negatives, target.confidence),
      reason: reasonOf(passed, counts, neededPositives, neededNegatives),
    },
    pValues,
  };
}

/**
 * The settings to walk through, safest first. Setting k spends 1.3 k / 100 of both budgets on `tune`: 40 % as
 * quantiles of the fast probability, the rest as order statistics of the combined one among escalated cases.
 *
 * @throws {RangeError} when `tune` lacks a class, or a value is no probability
 */
export function bandSettings(tune: readonly BandCase[], target: BandTarget, steps = bandSteps): BandSetting[] {
  allProbabilities([target.missRate, target.falsePositiveRate, target.confidence]);
  allProbabilities(tune.flatMap(({ fast, combined }) => [fast, combined]));
  const positives = sideOf(tune, true);
  const negatives = sideOf(tune, false);
  return Array.from({ length: steps }, (_, i) => {
    const spent = (boldest * (i + 1)) / steps;
    const missed = Math.min(1, spent * target.missRate);
    const alarmed = Math.min(1, spent * target.falsePositiveRate);
    const [lo, hi] = uncrossed(
      quantile(positives.fast, fastShare * missed),
      quantile(negatives.fast, 1 - fastShare * alarmed),
    );
    const [a, b] = uncrossed(
      lastWithin(positives.byCombined, missed * positives.n, lo, hi, true),
      lastWithin(negatives.byCombined, alarmed * negatives.n, lo, hi, false),
    );
    return { step: i + 1, lo, hi, a, b };
  });
}

export function countErrors({ lo, hi, a, b }: Thresholds, cases: readonly BandCase[]): AutomaticErrors {
  let [positives, misses, falsePositives] = [0, 0, 0];
  for (const { positive, fast, combined } of cases) {
    const negativeCall = fast <= lo || (fast < hi && combined <= a);
    const positiveCall = !negativeCall && (fast >= hi || combined >= b);
    if (positive) positives++;
    if (positive && negativeCall) misses++;
    if (!positive && positiveCall) falsePositives++;
  }
  return { positives, misses, negatives: cases.length - positives, falsePositives };
}

/**
 * p-value of "the miss rate or the false-positive rate is above its target". The worse of two binomial tails: the
 * null is a union, so no correction for two tests is needed.
 */
export function violationPValue(errors: AutomaticErrors, target: BandTarget): number {
  const { positives, misses, negatives, falsePositives } = errors;
  return Math.max(
    binomialCdf(misses, positives, target.missRate),
    binomialCdf(falsePositives, negatives, target.falsePositiveRate),
  );
}

/** One image of each group, the one with the lowest id: a choice that knows neither label nor score. */
export function onePerGroup<Case extends Pick<BandCase, "id" | "group">>(cases: readonly Case[]): Case[] {
  const chosen = new Map<string, Case>();
  for (const each of cases) {
    const other = chosen.get(each.group);
    if (other === undefined || each.id < other.id) chosen.set(each.group, each);
  }
  return [...chosen.values()];
}

interface Side {
  readonly n: number;
  /** Fast probabilities, ascending. */
  readonly fast: Float64Array;
  /** The side's cases in the order the second look would call them wrong: most wrong first. */
  readonly byCombined: readonly BandCase[];
}

function sideOf(tune: readonly BandCase[], positive: boolean): Side {
  const own = tune.filter((each) => each.positive === positive);
  if (own.length === 0) throw new RangeError(`no ${positive ? "positive" : "negative"} case to choose settings on`);
  const sign = positive ? 1 : -1;
  return {
    n: own.length,
    fast: Float64Array.from(own, ({ fast }) => fast).sort(),
    byCombined: own.sort((one, other) => sign * (one.combined - other.combined)),
  };
}

/**
 * The boldest threshold on the combined probability with which, fast exits included, at most `budget` cases go wrong.
 * Equal probabilities go together or not at all.
 */
function lastWithin(cases: readonly BandCase[], budget: number, lo: number, hi: number, positive: boolean): number {
  let spent = cases.filter(({ fast }) => (positive ? fast <= lo : fast >= hi)).length;
  let [threshold, before] = positive ? [0, 0] : [1, 1];
  for (const { fast, combined } of cases) {
    if (fast <= lo || fast >= hi) continue;
    if (++spent > budget) return combined === threshold ? before : threshold;
    if (combined !== threshold) before = threshold;
    threshold = combined;
  }
  return threshold;
}

/** Readers that hardly overlap leave room between the budgets: then everything on either side of the middle is clear. */
const uncrossed = (low: number, high: number): readonly [number, number] =>
  low < high ? [low, high] : [(low + high) / 2, (low + high) / 2];

function refuseOverlap(tune: readonly BandCase[], calibrate: readonly BandCase[]): void {
  const groups = new Set(tune.map(({ group }) => group));
  const ids = new Set(tune.map(({ id }) => id));
  const seen = new Set<string>();
  for (const { id, group, fast, combined } of calibrate) {
    if (ids.has(id)) throw new RangeError(`case ${id} is in both samples: what chose a band cannot prove it`);
    if (groups.has(group)) throw new RangeError(`group ${group} is in both samples: what chose a band cannot prove it`);
    if (seen.has(group)) throw new RangeError(`group ${group} is counted twice in the sample that proves`);
    seen.add(group);
    allProbabilities([fast, combined]);
  }
}

function reasonOf(
  passed: BandSetting | undefined,
  { positives, misses, negatives, falsePositives }: AutomaticErrors,
  neededPositives: number,
  neededNegatives: number,
): string {
  const counts = `${misses} of ${positives} positives missed, ${falsePositives} of ${negatives} negatives called positive`;
  if (passed !== undefined) return `Setting ${passed.step} of ${bandSteps} is the boldest that passed: ${counts}.`;
  const few = [
    ...(positives < neededPositives ? [`${positives} positives are fewer than the ${neededPositives} needed`] : []),
    ...(negatives < neededNegatives ? [`${negatives} negatives are fewer than the ${neededNegatives} needed`] : []),
  ];
  if (few.length > 0) return `${few.join("; ")} even without a single error: every case goes to a person.`;
  return `Already the safest setting failed: ${counts}. Every case goes to a person.`;
}
