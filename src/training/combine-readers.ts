import type { Outcome } from "../contracts/decision.ts";
import type { Band, Calibration, Question } from "../contracts/pack.ts";
import {
  bandSettings,
  binomialCdf,
  certifyBand,
  chooseBand,
  chooseCalibration,
  chooseFusion,
  combine,
  decideFirst,
  decideSecond,
  type FirstLook,
  labelOf,
  logit,
  type Opinion,
  onePerGroup,
  opinionOf,
  positivesNeeded,
  upperBound,
} from "../ensemble/index.ts";
import { chooseCutpoints } from "./cutpoints.ts";
import { fitEvidence } from "./fit-evidence.ts";
import type { Judged, Routed } from "./measure.ts";
import { classWeights, isPositive } from "./targets.ts";

/** One learning image with both readers' raw scores, each from a reader that did not see its fold. */
export interface Scored {
  readonly id: string;
  readonly group: string;
  readonly split: string;
  readonly labels: readonly number[];
  readonly fold: number;
  readonly fast: readonly number[];
  readonly fine: readonly number[];
}

const target: Band["target"] = { missRate: 0.05, falsePositiveRate: 0.05, confidence: 0.95 };
/** Share of cases that a two-label cascade sends to the fine reader where no band can be certified. */
const escalatedShare = 0.18;
/** Least share of cases that the fast reader must be able to end. */
const exitsMin = 0.25;
/** The fallback's place among the settings of `bandSettings`: spends exactly the targets on the sample that chose it. */
const plainStep = 77;

export type FittedCalibration = Pick<Calibration, "method" | "slope" | "intercept" | "fittedOn"> & {
  readonly logLoss?: unknown;
};

/** Raw scores to probabilities: the better of temperature and Platt by cross-fitting for two labels, one slope else. */
export function calibrateReader(
  cases: readonly Scored[],
  reader: "fast" | "fine",
  question: Question,
): FittedCalibration {
  const labels = cases.map((each) => each.labels);
  const positives = labels.filter((each) => isPositive(each, question)).length;
  const fittedOn = { what: "grouped out-of-fold scores of the images to learn from", images: cases.length, positives };
  if (question.task !== "binary") {
    const weights = classWeights(labels, question, question.task === "classes" ? 1 : 0);
    return {
      ...fitEvidence(
        cases.map((each) => each[reader]),
        labels,
        weights,
        question,
      ),
      fittedOn,
    };
  }
  const raw = cases.map((each) => each[reader][0] as number);
  const truth = labels.map((each) => (isPositive(each, question) ? 1 : 0));
  const { calibration, logLoss } = chooseCalibration(
    raw,
    truth,
    cases.map(({ fold }) => fold),
  );
  return { ...calibration, fittedOn, logLoss };
}

interface Calibrations {
  readonly fast: FittedCalibration;
  readonly fine: FittedCalibration;
}

interface Opinions {
  readonly fast: Opinion;
  readonly fine: Opinion;
}

/**
 * Fusion, band, cut-points and certificate from out-of-fold scores. The band is certified where the validation split is
 * large enough to prove one; else it is chosen by rule, and says so.
 */
export function combineReaders(cases: readonly Scored[], calibrations: Calibrations, question: Question): Band {
  const opinions = cases.map(
    (each): Opinions => ({
      fast: opinionOf(each.fast, calibrations.fast, question),
      fine: opinionOf(each.fine, calibrations.fine, question),
    }),
  );
  const truth = cases.map(({ labels }) => (isPositive(labels, question) ? 1 : 0));
  const fold = cases.map((each) => each.fold);
  const readers = {
    fast: opinions.map(({ fast }) => logit(fast.positive)),
    fine: opinions.map(({ fine }) => logit(fine.positive)),
    truth,
  };
  const fuse = chooseFusion(readers, fold).fusion;
  const combined = opinions.map((pair) => combine("cascade", pair, fuse, question));
  const bandCases = cases.map((each, i) => ({
    id: each.id,
    group: each.group,
    positive: truth[i] === 1,
    fast: (opinions[i] as Opinions).fast.positive,
    combined: (combined[i] as Opinion).positive,
  }));
  const held = bandCases.filter((_, i) => (cases[i] as Scored).split === "val");
  const rest = bandCases.filter((_, i) => (cases[i] as Scored).split !== "val");
  const groupsHeld = new Set(held.map(({ group }) => group));
  const tune = onePerGroup(rest.filter(({ group }) => !groupsHeld.has(group)));
  const calibrate = onePerGroup(held);
  const chosen = bandOf(question, tune, calibrate, bandCases);
  const cutpoints =
    question.task === "grades"
      ? chooseCutpoints(
          combined.map(({ probabilities }) => probabilities.reduce((sum, p, grade) => sum + p * grade, 0)),
          cases.map(({ labels }) => labels[0] as number),
          question.labels.length,
        )
      : undefined;
  return {
    format: 1,
    lo: chosen.lo,
    hi: chosen.hi,
    fuse,
    a: chosen.a,
    b: chosen.b,
    ...(cutpoints && { cutpoints }),
    target,
    certificate: chosen.certificate,
    ...(chosen.steps && { steps: chosen.steps }),
  };
}

type BandCases = Parameters<typeof certifyBand>[0];
type Step = NonNullable<Band["steps"]>[number];
interface ChosenBand extends Pick<Band, "lo" | "hi" | "a" | "b" | "certificate"> {
  /** Safer settings that passed as well: to fall back on when something is wrong. */
  readonly steps?: Step[];
}

function bandOf(question: Question, tune: BandCases, calibrate: BandCases, all: BandCases): ChosenBand {
  const enough =
    new Set(calibrate.map(({ positive }) => positive)).size === 2 &&
    new Set(tune.map(({ positive }) => positive)).size === 2;
  if (enough) {
    const proof = certifyBand(tune, calibrate, target, question.task === "binary");
    if (proof.setting !== undefined) {
      const { step } = proof.setting;
      const passed = bandSettings(tune, target).slice(0, step);
      const isBinary = question.task === "binary";
      const steps = passed.map(({ lo, hi, a, b }): Step => [lo, isBinary ? hi : 1, a, b]);
      return { ...proof.setting, certificate: proof.certificate, steps };
    }
  }
  const rule = (cases: BandCases) =>
    question.task === "binary"
      ? chooseBand(
          cases.map(({ fast }) => logit(fast)),
          escalatedShare,
        )
      : withFewExits(bandSettings(cases, target)[plainStep - 1] as ReturnType<typeof chooseBand>, cases);
  return { ...rule(all), certificate: enough ? uncertified(rule(tune), calibrate) : uncertified(rule(all), []) };
}

/**
 * The fast reader may not say which of several labels it is: only a negative leaves early. Where hardly any does, its
 * errors would be paid for with little work saved, and the fine reader reads everything.
 */
function withFewExits(band: ReturnType<typeof chooseBand>, cases: BandCases): ReturnType<typeof chooseBand> {
  const exits = cases.filter(({ fast }) => fast <= band.lo).length / cases.length;
  return { ...band, lo: exits < exitsMin ? 0 : band.lo, hi: 1 };
}

/** What the held-out cases do prove about the rule, where that is not enough for a certificate. */
function uncertified(band: ReturnType<typeof chooseBand>, cases: BandCases): Band["certificate"] {
  const positives = cases.filter(({ positive }) => positive);
  const negatives = cases.length - positives.length;
  const negativeCall = ({ fast, combined }: BandCases[number]): boolean =>
    fast <= band.lo || (fast < band.hi && combined <= band.a);
  const positiveCall = (each: BandCases[number]): boolean =>
    !negativeCall(each) && (each.fast >= band.hi || each.combined >= band.b);
  const misses = positives.filter(negativeCall).length;
  const falsePositives = cases.filter((each) => !each.positive && positiveCall(each)).length;
  const needed = positivesNeeded(target.missRate, target.confidence);
  const round = (value: number): number => Math.round(value * 1e5) / 1e5;
  const pValue = Math.max(
    binomialCdf(misses, positives.length, target.missRate),
    binomialCdf(falsePositives, negatives, target.falsePositiveRate),
  );
  return {
    certified: false,
    method: "fixed-sequence learn-then-test",
    positives: positives.length,
    misses,
    negatives,
    falsePositives,
    neededPositives: needed,
    provableMissRate: round(upperBound(misses, positives.length, target.confidence)),
    provableFalsePositiveRate: round(upperBound(falsePositives, negatives, target.confidence)),
    reason:
      positives.length < needed
        ? `${positives.length} positives are fewer than the ${needed} that a miss rate of ${target.missRate * 100} % needs even without a single miss; the band is chosen by rule.`
        : `The targets are not met with confidence on ${cases.length} held-out cases (p = ${round(pValue)}); the band is chosen by rule.`,
  };
}

/** A case as both readers scored it, and what else the cascade looks at. */
export type Seen = Pick<Scored, "labels" | "group" | "fast" | "fine"> &
  Partial<Pick<FirstLook, "gradability" | "outOfDomain">>;

export interface JudgedBy {
  readonly fast: Judged[];
  readonly fine: Judged[];
  readonly cascade: (Judged & Routed)[];
}

/** What each reader alone and the cascade would have said of every case. */
export function judge(
  cases: readonly Seen[],
  calibrations: { readonly [reader in "fast" | "fine"]: Pick<Calibration, "slope" | "intercept"> },
  band: Pick<Band, "lo" | "hi" | "a" | "b" | "fuse" | "cutpoints">,
  question: Question,
): JudgedBy {
  const said = (opinion: Opinion, outcome: Outcome): number =>
    question.labels.indexOf(labelOf(opinion, outcome, question, band.cutpoints));
  const out: JudgedBy = { fast: [], fine: [], cascade: [] };
  for (const { labels, group, ...each } of cases) {
    const fast = opinionOf(each.fast, calibrations.fast, question);
    const fine = opinionOf(each.fine, calibrations.fine, question);
    const { gradability = "gradable", outOfDomain = false } = each;
    const look: FirstLook = { strategy: "cascade", fast: fast.positive, gradability, outOfDomain };
    const combined = combine("cascade", { fast, fine }, band.fuse, question);
    const verdict = decideFirst(look, band) ?? decideSecond({ ...look, combined: combined.positive }, band);
    const opinion = verdict.stage === "fast" ? fast : combined;
    const { outcome, escalated } = verdict;
    out.fast.push({ labels, group, opinion: fast, said: said(fast, "person") });
    out.fine.push({ labels, group, opinion: fine, said: said(fine, "person") });
    out.cascade.push({ labels, group, opinion, said: said(opinion, outcome), outcome, escalated });
  }
  return out;
}
