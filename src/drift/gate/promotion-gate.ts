import { calibrationError } from "../../ensemble/index.ts";
import { type HoldoutUse, useHoldout } from "./holdout-use.ts";
import { holm, lossMidP, mcnemarMidP } from "./mcnemar.ts";
import { notInferior, type PairCounts, tangoScore } from "./tango.ts";

/** One case that both have read, with its truth. */
export interface GatePair {
  readonly id: string;
  /** Patient, else cluster of look-alikes. */
  readonly group: string;
  readonly positive: boolean;
  readonly champion: Read;
  readonly candidate: Read;
  /** Site, camera, age band and so on, as "name=value". */
  readonly subgroups: readonly string[];
  /** In the region that an alarm was about. */
  readonly alarmed: boolean;
}

interface Read {
  readonly calledPositive: boolean;
  /** Calibrated, of any positive label. */
  readonly probability: number;
}

export interface GateQuestion {
  readonly pairs: readonly GatePair[];
  /**
   * How the cases were chosen. Cases labelled because the champion was in doubt over-count its weak spots and are no
   * evidence for or against a candidate.
   */
  readonly selection: "frozen-holdout" | "random-audit" | "champion-doubt";
  readonly holdout: HoldoutUse;
  /** The retraining was started by an alarm: then the candidate must be better where it was. */
  readonly afterAlarm: boolean;
}

export type GateVerdict =
  | { readonly refused: string; readonly passed: false }
  | {
      readonly refused: undefined;
      readonly passed: boolean;
      /** Empty when passed. */
      readonly failures: readonly string[];
      readonly evidence: Readonly<Record<string, number>>;
      readonly holdout: HoldoutUse;
    };

const margin = 0.02;
const alpha = 0.05;
/** Below this a sub-group is not assessed, because it could only be judged by luck. */
export const subgroupPositivesMin = 30;
const calibrationLossMax = 0.01;

/**
 * G1: may the candidate replace the champion? Not inferior by 2 points in sensitivity and in specificity, each at
 * one-sided 5 % (intersection-union, so no correction); better on the alarmed slice when an alarm was the reason; no
 * sub-group with 30 positives or more significantly worse; calibration error not worse by more than 0.01.
 *
 * @returns refused, without using up the holdout, when the question itself is wrong
 */
export function judgeCandidate({ pairs, selection, holdout, afterAlarm }: GateQuestion): GateVerdict {
  const used = useHoldout(holdout);
  if (!used.allowed) return { refused: used.reason, passed: false };
  const refused = refusal(pairs, selection, afterAlarm);
  if (refused !== undefined) return { refused, passed: false };
  const positives = countPairs(pairs.filter(({ positive }) => positive));
  const negatives = countPairs(pairs.filter(({ positive }) => !positive));
  const slice = pairs.filter(({ alarmed }) => alarmed);
  const sliceCounts = countPairs(slice);
  const lostGroups = worseSubgroups(pairs);
  const calibrationLoss = errorOf(pairs, "candidate") - errorOf(pairs, "champion");
  const failures = [
    ...(notInferior(positives, margin) ? [] : ["sensitivity is not shown to be within the margin"]),
    ...(notInferior(negatives, margin) ? [] : ["specificity is not shown to be within the margin"]),
    ...(afterAlarm && !superior(sliceCounts) ? ["it is not better on the alarmed slice"] : []),
    ...lostGroups.map((group) => `it is worse in ${group}`),
    ...(calibrationLoss > calibrationLossMax ? ["its calibration is worse"] : []),
  ];
  return {
    refused: undefined,
    passed: failures.length === 0,
    failures,
    evidence: {
      positives: positives.pairs,
      negatives: negatives.pairs,
      zSensitivity: tangoScore(positives, margin),
      zSpecificity: tangoScore(negatives, margin),
      ...(afterAlarm ? { slicePairs: slice.length, sliceMidP: mcnemarMidP(sliceCounts) } : {}),
      calibrationLoss,
      holdoutUses: used.use.uses,
    },
    holdout: used.use,
  };
}

/** Better by McNemar's mid-p at two-sided 5 %, and in the right direction. */
export const superior = (counts: PairCounts): boolean => counts.won > counts.lost && mcnemarMidP(counts) <= alpha;

function refusal(
  pairs: readonly GatePair[],
  selection: GateQuestion["selection"],
  afterAlarm: boolean,
): string | undefined {
  if (selection === "champion-doubt") return "cases chosen by the champion's doubt cannot judge a candidate";
  if (new Set(pairs.map(({ group }) => group)).size < pairs.length) return "a group is counted twice";
  const positives = pairs.filter(({ positive }) => positive).length;
  if (positives === 0 || positives === pairs.length) return "the cases lack a class";
  if (afterAlarm && !pairs.some(({ alarmed }) => alarmed)) return "no case is of the alarmed slice";
  return undefined;
}

export function countPairs(pairs: readonly GatePair[]): PairCounts {
  const right = ({ calledPositive }: Read, positive: boolean): boolean => calledPositive === positive;
  const lost = pairs.filter((pair) => right(pair.champion, pair.positive) && !right(pair.candidate, pair.positive));
  const won = pairs.filter((pair) => !right(pair.champion, pair.positive) && right(pair.candidate, pair.positive));
  return { lost: lost.length, won: won.length, pairs: pairs.length };
}

/** Sub-groups, one test a side, in one Holm family. */
function worseSubgroups(pairs: readonly GatePair[]): string[] {
  const tests = [...new Set(pairs.flatMap(({ subgroups }) => subgroups))].sort().flatMap((name) => {
    const own = pairs.filter(({ subgroups }) => subgroups.includes(name));
    const positives = own.filter(({ positive }) => positive);
    if (positives.length < subgroupPositivesMin) return [];
    const negatives = own.filter(({ positive }) => !positive);
    return [
      { name: `${name} (sensitivity)`, pValue: lossMidP(countPairs(positives)) },
      ...(negatives.length === 0 ? [] : [{ name: `${name} (specificity)`, pValue: lossMidP(countPairs(negatives)) }]),
    ];
  });
  const significant = holm(
    tests.map(({ pValue }) => pValue),
    alpha,
  );
  return tests.flatMap(({ name }, i) => (significant[i] ? [name] : []));
}

const errorOf = (pairs: readonly GatePair[], who: "champion" | "candidate"): number =>
  calibrationError(
    pairs.map(({ positive }) => (positive ? 1 : 0)),
    pairs.map((pair) => pair[who].probability),
    10,
    // Only the value is asked for, not its interval.
    { draws: 2 },
  ).error.value;
