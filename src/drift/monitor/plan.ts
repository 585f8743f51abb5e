import type { Stratum } from "../../contracts/drift.ts";
import type { EmbeddingReference } from "../../contracts/index.ts";
import type { AuditRates } from "../audit/probability.ts";
import type { GroupPlan } from "../engine/detector-group.ts";
import { type EventCount, rateNull } from "../engine/reference.ts";
import { calibrationGapNull, weightedLossNull } from "../streams/audited.ts";
import { embeddingNulls } from "../streams/embedding-monitor.ts";
import { scoreNull } from "../streams/score-shift.ts";
import type { OwnBand, ShareVotes } from "../streams/shares.ts";

/** What looks different. An alarm asks for a closer look and never for a training. */
export type LookStream = "witness" | "radius" | "tail" | "score" | keyof ShareVotes | "band-disagreement";
/** What does harm, or is suspected to. */
export type HarmStream =
  | "disagreement-negative"
  | "disagreement-positive"
  | "error"
  | "probability-too-low"
  | "probability-too-high";

/**
 * What live cases are compared with, all of it from the calibrate split of the release that serves. Events and cases are
 * of groups: ten images of one patient are as good as one.
 */
export interface DriftReference {
  /** Names the reference; a state made with another one is not taken up. */
  readonly id: string;
  /** Left out when the fast reader's pack has none. */
  readonly embedding?: EmbeddingReference;
  /** Of the fast reader. */
  readonly fastLogOdds: readonly number[];
  /** How many of these are independent of each other. */
  readonly groups: number;
  readonly band: OwnBand;
  /** How often a score alone leaves a case there. */
  readonly shares: Readonly<Record<Stratum, EventCount>>;
  /** How often a case is escalated although its score was sure; left out when nobody knows. */
  readonly poor?: EventCount;
  /** How often the fine reader contradicted the fast one. */
  readonly disagreement: Readonly<Record<Stratum, EventCount>>;
  /** Share of wrong automatic decisions that the certificate allows. */
  readonly errorRateMax: number;
}

export interface DriftPlan {
  readonly look: GroupPlan<LookStream>;
  readonly harm: GroupPlan<HarmStream>;
  /** A patient votes once in so many cases. */
  readonly windowCases: number;
}

/** At most one false alarm in so many cases on average. */
const thresholds = { look: 10_000, harm: 50_000 } as const;
const windowCases = 1000;
/** How far probabilities may be off on average: two points, as much as a candidate may be worse. */
const calibrationSlack = 0.02;

/** The streams of a release, their nulls and thresholds. */
export function driftPlan(reference: DriftReference, { human }: AuditRates): DriftPlan {
  const { embedding, groups, disagreement, errorRateMax } = reference;
  const rates = Object.values(human);
  const probabilityMin = Math.min(...rates);
  const range = { probabilityMin, probabilityTypical: Math.sqrt(probabilityMin * Math.max(...rates)) };
  const calibration = calibrationGapNull(calibrationSlack, range);
  return {
    look: {
      id: "look",
      threshold: thresholds.look,
      streams: {
        ...(embedding === undefined ? {} : embeddingNulls(embedding)),
        score: scoreNull(groups),
        ...sharesPlan(reference),
        "band-disagreement": rateNull(disagreement.band),
      },
    },
    harm: {
      id: "harm",
      threshold: thresholds.harm,
      streams: {
        "disagreement-negative": rateNull(disagreement["fast-negative"]),
        "disagreement-positive": rateNull(disagreement["fast-positive"]),
        error: weightedLossNull(errorRateMax, range),
        "probability-too-low": calibration,
        "probability-too-high": calibration,
      },
    },
    windowCases,
  };
}

/** A share that was everything cannot rise, and one that nobody knows is not watched. */
function sharesPlan({ shares, poor }: DriftReference): GroupPlan<keyof ShareVotes>["streams"] {
  const known = {
    "share-negative": shares["fast-negative"],
    "share-positive": shares["fast-positive"],
    "share-band": shares.band,
    "poor-picture": poor,
  };
  const streams = Object.entries(known) as [keyof ShareVotes, EventCount | undefined][];
  return Object.fromEntries(
    streams.flatMap(([stream, count]) =>
      count === undefined || count.events === count.cases ? [] : [[stream, rateNull(count)]],
    ),
  );
}
