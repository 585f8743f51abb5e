import type { Band, Calibration, Question } from "../contracts/pack.ts";
import {
  bandSettings,
  binomialCdf,
  certifyBand,
  chooseBand,
  chooseCalibration,
  chooseFusion,
  combine,
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

export interface Calibrations {
  readonly fast: FittedCalibration;
  readonly fine: FittedCalibration;
}

export interface Opinions {
  readonly fast: Opinion;
  readonly fine: Opinion;
}

export const opinionsOf = (each: Scored, { fast, fine }: Calibrations, question: Question): Opinions => ({
  fast: opinionOf(each.fast, fast, question),
  fine: opinionOf(each.fine, fine, question),
});

/**
 * Fusion, band, cut-points and certificate from out-of-fold scores. The band is certified where the validation split is
 * large enough to prove one; else it is chosen by rule, and says so.
 */
export function combineReaders(cases: readonly Scored[], calibrations: Calibrations, question: Question): Band {
  const opinions = cases.map((each) => opinionsOf(each, calibrations, question));
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
  const several = question.task !== "binary";
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
    // The fast reader may not say which of several findings it is: only a negative leaves early.
    hi: several ? 1 : chosen.hi,
    fuse,
    a: chosen.a,
    b: chosen.b,
    ...(cutpoints && { cutpoints }),
    target,
    certificate: chosen.certificate,
  };
}

type BandCases = Parameters<typeof certifyBand>[0];

function bandOf(question: Question, tune: BandCases, calibrate: BandCases, all: BandCases) {
  const enough =
    new Set(calibrate.map(({ positive }) => positive)).size === 2 &&
    new Set(tune.map(({ positive }) => positive)).size === 2;
  if (enough) {
    const proof = certifyBand(tune, calibrate, target);
    if (proof.setting !== undefined) return { ...proof.setting, certificate: proof.certificate };
  }
  const rule = (cases: BandCases) =>
    question.task === "binary"
      ? chooseBand(
          cases.map(({ fast }) => logit(fast)),
          escalatedShare,
        )
      : (bandSettings(cases, target)[plainStep - 1] as ReturnType<typeof chooseBand>);
  return { ...rule(all), certificate: uncertified(enough ? rule(tune) : undefined, calibrate) };
}

/** What the held-out cases do prove about the rule, where that is not enough for a certificate. */
function uncertified(band: ReturnType<typeof chooseBand> | undefined, cases: BandCases): Band["certificate"] {
  const positives = cases.filter(({ positive }) => positive);
  const negatives = cases.length - positives.length;
  const negativeCall = ({ fast, combined }: BandCases[number]): boolean =>
    band !== undefined && (fast <= band.lo || (fast < band.hi && combined <= band.a));
  const positiveCall = (each: BandCases[number]): boolean =>
    band !== undefined && !negativeCall(each) && (each.fast >= band.hi || each.combined >= band.b);
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

/** What each reader alone and the cascade would have said of every case. */
export function judge(
  cases: readonly Pick<Scored, "labels" | "group" | "fast" | "fine">[],
  calibrations: Calibrations,
  band: Pick<Band, "lo" | "hi" | "a" | "b" | "fuse" | "cutpoints">,
  question: Question,
): { readonly fast: Judged[]; readonly fine: Judged[]; readonly cascade: (Judged & Routed)[] } {
  const name = (opinion: Opinion): number =>
    question.labels.indexOf(labelOf(opinion, "person", question, band.cutpoints));
  const alone = (each: Pick<Scored, "labels" | "group">, opinion: Opinion): Judged => ({
    labels: each.labels,
    group: each.group,
    opinion,
    said: name(opinion),
  });
  const out = { fast: [] as Judged[], fine: [] as Judged[], cascade: [] as (Judged & Routed)[] };
  for (const each of cases) {
    const pair = opinionsOf(each as Scored, calibrations, question);
    out.fast.push(alone(each, pair.fast));
    out.fine.push(alone(each, pair.fine));
    const p = pair.fast.positive;
    const escalated = p > band.lo && p < band.hi;
    const opinion = escalated ? combine("cascade", pair, band.fuse, question) : pair.fast;
    const outcome = !escalated
      ? p <= band.lo
        ? ("negative" as const)
        : ("positive" as const)
      : opinion.positive <= band.a
        ? ("negative" as const)
        : opinion.positive >= band.b
          ? ("positive" as const)
          : ("person" as const);
    const said = question.labels.indexOf(labelOf(opinion, outcome, question, band.cutpoints));
    out.cascade.push({ ...alone(each, opinion), said, outcome, escalated });
  }
  return out;
}
