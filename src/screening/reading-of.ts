import {
  type InstalledReader,
  type PredictResult,
  Problem,
  type ProgrammeManifest,
  type Reading,
} from "../contracts/index.ts";
import { calibrate, conformalPValue } from "../ensemble/index.ts";

/** A reading with what only the decision needs. */
export interface CalibratedReading {
  readonly reading: Reading;
  /** Calibrated probability of the positive label, [0, 1]. */
  readonly positive: number;
  readonly outOfDomain: boolean;
}

/**
 * Finds one pack's raw score in a predictor's result and calibrates it.
 * @throws {Problem} inference-failed when the predictor left it out: an answer is never made up
 */
export function readingOf(
  result: PredictResult,
  reader: InstalledReader,
  programme: ProgrammeManifest,
): CalibratedReading {
  const raw = result.readings.find((each) => each.pack === reader.digest);
  const score = raw?.scores[0];
  if (raw === undefined || score === undefined || !Number.isFinite(score))
    throw new Problem("inference-failed", { detail: `no score from ${reader.id}` });
  const positive = calibrate(score, reader.calibration);
  const domain = reader.calibration.domain;
  const domainPValue =
    domain === undefined || raw.similarity === undefined
      ? undefined
      : conformalPValue(raw.similarity, domain.similarities);
  return {
    positive,
    outOfDomain: domain !== undefined && domainPValue !== undefined && domainPValue < domain.pValueMin,
    reading: {
      reader: reader.load.kind,
      pack: reader.id,
      digest: reader.digest,
      probabilities: probabilitiesOf(positive, programme),
      timings: { queueMs: result.queueMs, decodeMs: result.decodeMs, computeMs: raw.computeMs },
      worker: result.worker,
      ...(domainPValue !== undefined && { domainPValue }),
    },
  };
}

/** Probability per label of a two-label programme, in the programme's label order. */
export function probabilitiesOf(positive: number, programme: ProgrammeManifest): Readonly<Record<string, number>> {
  return Object.fromEntries(
    programme.labels.map((label) => [label, label === programme.positive ? positive : 1 - positive]),
  );
}
