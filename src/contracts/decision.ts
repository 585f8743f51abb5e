import type { ImageQuality, ImageRef } from "./image.ts";
import type { Band, ReaderKind } from "./pack.ts";

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
  /** The most probable label on the side of the outcome, also when a person decides. */
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
  readonly band: Pick<Band, "lo" | "hi" | "a" | "b" | "fuse" | "target" | "certificate"> & { readonly pack: string };
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

export interface CaseRecord extends CaseSubject {
  readonly id: string;
  readonly programme: string;
  readonly status: "decided";
  readonly decision: Decision;
  readonly readings: readonly Reading[];
  readonly image: ImageRef;
  /** RFC 3339 with Z. */
  readonly createdAt: string;
  readonly disclaimer: string;
}

/** On every page and answer that shows a result. */
export const disclaimer =
  "Research use only. Not a medical device: no diagnosis, and no substitute for the judgement of a qualified person.";
