import {
  type InstalledReader,
  type PredictResult,
  Problem,
  type ProgrammeManifest,
  type Reading,
} from "../contracts/index.ts";
import { conformalPValue, type Opinion, opinionOf, scoresOf } from "../ensemble/index.ts";

/** A reading with what only the decision needs. */
export interface CalibratedReading {
  readonly reading: Reading;
  readonly opinion: Opinion;
  readonly outOfDomain: boolean;
  /** Where the picture lies beside the pack's reference; absent where the pack has none. */
  readonly place?: readonly number[];
}

/**
 * Finds one pack's raw scores in a predictor's result and calibrates them.
 * @throws {Problem} inference-failed when the predictor left one out: an answer is never made up
 */
export function readingOf(
  result: PredictResult,
  reader: InstalledReader,
  programme: ProgrammeManifest,
): CalibratedReading {
  const raw = result.readings.find((each) => each.pack === reader.digest);
  if (raw === undefined || raw.scores.length !== scoresOf(programme) || !raw.scores.every(Number.isFinite))
    throw new Problem("inference-failed", { detail: `no score from ${reader.id}` });
  const opinion = opinionOf(raw.scores, reader.calibration, programme);
  const domain = reader.calibration.domain;
  const domainPValue =
    domain === undefined || raw.similarity === undefined
      ? undefined
      : conformalPValue(raw.similarity, domain.similarities);
  return {
    opinion,
    outOfDomain: domain !== undefined && domainPValue !== undefined && domainPValue < domain.pValueMin,
    ...(raw.place !== undefined && { place: raw.place }),
    reading: {
      reader: reader.load.kind,
      pack: reader.id,
      digest: reader.digest,
      probabilities: byLabel(opinion, programme),
      positiveProbability: opinion.positive,
      timings: { queueMs: result.queueMs, decodeMs: result.decodeMs, computeMs: raw.computeMs },
      worker: result.worker,
      ...(domainPValue !== undefined && { domainPValue }),
    },
  };
}

/** Probability per label, in the programme's label order. */
export function byLabel({ probabilities }: Opinion, { labels }: ProgrammeManifest): Readonly<Record<string, number>> {
  return Object.fromEntries(labels.map((label, i) => [label, probabilities[i] as number]));
}
