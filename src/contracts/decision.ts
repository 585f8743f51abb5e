import type { ImageQuality, ImageRef } from "./image.ts";
import type { Band, BandOverride, ReaderKind } from "./pack.ts";

/**
 * How the readers are combined for one case.
 * `cascade` is the programme's own way; the others exist for callers that ask for one reader or for the plain mean.
 */
export const strategies = ["cascade", "fast", "fine", "mean"] as const;
export type Strategy = (typeof strategies)[number];

export type Outcome = "negative" | "positive" | "person";

/** Why a decision is what it is; a closed set, so that it can label a metric. */
export const reasons = [
  "fast-confident",
  "fine-confident",
  "fine-uncertain",
  "out-of-domain",
  "ungradable",
  "fast-uncertain",
  "mean-confident",
  "mean-uncertain",
  "second-look-pending",
  "second-look-overdue",
  "second-look-release-gone",
  "second-look-failed",
] as const;
export type Reason = (typeof reasons)[number];

/** Whether the pixels can carry a finding at all; `usable` is read by both readers, `ungradable` goes to a person. */
export type Gradability = "gradable" | "usable" | "ungradable";

/** One reader's opinion, calibrated. */
export interface Reading {
  readonly reader: ReaderKind;
  /** Pack id and version, e.g. `cataract/fast-1`. */
  readonly pack: string;
  /** SHA-256 of the pack's manifest, which names every file by SHA-256. */
  readonly digest: string;
  /** Calibrated probability per label; sums to 1 but for findings, of which several may be there at once. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Calibrated probability that any positive label is there, [0, 1]; absent in records of version 0.1. */
  readonly positiveProbability?: number;
  readonly timings: { readonly queueMs: number; readonly decodeMs: number; readonly computeMs: number };
  /** Which worker thread read, stable per thread. */
  readonly worker: string;
  /** Conformal p-value of "this image is of the kind the pack was trained on", (0, 1]. */
  readonly domainPValue?: number;
}

export interface Decision {
  readonly outcome: Outcome;
  /**
   * The most probable label on the side of the outcome, also when a person decides. While a second look is missing it is
   * the most probable positive one: nothing may read as harmless before that.
   */
  readonly label: string;
  /** Of `label`, calibrated, [0, 1]. */
  readonly probability: number;
  readonly probabilities: Readonly<Record<string, number>>;
  /** What the band's thresholds are laid on: that any positive label is there; absent in records of version 0.1. */
  readonly positiveProbability?: number;
  /** The last reader whose opinion the decision rests on. */
  readonly stage: ReaderKind;
  readonly escalated: boolean;
  readonly reason: Reason;
  /** One sentence for a person. */
  readonly explanation: string;
  readonly strategy: Strategy;
  /** The thresholds in force and what is proved about them. */
  readonly band: Pick<Band, "lo" | "hi" | "a" | "b" | "fuse" | "target" | "certificate"> & {
    readonly pack: string;
    /** Why the thresholds are safer than the pack's own; absent when they are those. */
    readonly override?: BandOverride;
  };
  readonly gradability: Gradability;
  readonly quality: ImageQuality;
}

/** Who and what the image is, when the caller knows. Never logged. */
export interface CaseSubject {
  readonly patientId?: string;
  readonly laterality?: "left" | "right" | "both" | "unknown";
  readonly view?: string;
  readonly site?: string;
  readonly externalId?: string;
  /** Which visit the image belongs to, e.g. pre-treatment or follow-up. */
  readonly visitType?: string;
  readonly notes?: string;
  /** Whether the image may be used for training; absent: nobody was asked, so it may not. */
  readonly trainingConsent?: boolean;
}

/** Why the fine reader did not read a case at once. */
export const secondLookCauses = ["unavailable", "no-time", "load"] as const;
export type SecondLookCause = (typeof secondLookCauses)[number];

/** A second look that could not be had at once. Kept in the record for good: it says that the decision came in two steps. */
export interface SecondLook {
  readonly cause: SecondLookCause;
  /** What a second look is worth here: how much more probably right it makes the answer, [0, 1]. */
  readonly gain: number;
  /** `pack`: measured when the band was chosen; `band`: computed from the distance to the band's middle. */
  readonly gainFrom: "pack" | "band";
  /** RFC 3339 with Z: if there was no second look by then, a person decides without it. */
  readonly dueAt: string;
  /** RFC 3339 with Z: when it was decided; absent while the case is provisional. */
  readonly settledAt?: string;
}

/**
 * Life of a case: *decided* at once, or *provisional* (the first reader has read, nothing is decided, a ticket for the
 * second look is as durable as the case) -> *decided*, exactly once.
 */
export const caseStatuses = ["decided", "provisional"] as const;
export type CaseStatus = (typeof caseStatuses)[number];

export interface CaseRecord extends CaseSubject {
  readonly id: string;
  readonly programme: string;
  readonly status: CaseStatus;
  /** Only of a case that is, or was, provisional. */
  readonly secondLook?: SecondLook;
  readonly decision: Decision;
  readonly readings: readonly Reading[];
  readonly image: ImageRef;
  /** RFC 3339 with Z. */
  readonly createdAt: string;
  readonly disclaimer: string;
}

/** What a second look needs that the record of its case does not say. */
export interface SecondLookTicket {
  /** Which packs took the case: `releaseOf` its programme. */
  readonly release: string;
  /** As in the record; tickets of a higher one go first. */
  readonly gain: number;
  /** The image is unlike what the fast reader was trained on. */
  readonly outOfDomain: boolean;
  /** From now on; after that a person decides, ms. */
  readonly waitMsMax: number;
}

/** On every page and answer that shows a result. */
export const disclaimer =
  "Research use only. Not a medical device: no diagnosis, and no substitute for the judgement of a qualified person.";
