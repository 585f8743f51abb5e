import { weightedBets } from "../engine/bets.ts";
import type { StreamNull } from "../engine/e-detector.ts";

/** A case whose audit coin has fallen and, if it was audited, whose label is there. */
export interface Audited<Judgement> {
  /** The probability logged with the case before its label was known, (0, 1]. */
  readonly probability: number;
  /** What the human label says; absent when the coin spared the case. */
  readonly judgement?: Judgement | undefined;
}

/**
 * (A / p) loss: unbiased for the mean loss of all cases, audited or not, as long as p was fixed before the label.
 *
 * @throws {RangeError} when the probability is not in (0, 1]
 */
export function weightedLoss({ probability, judgement }: Audited<number>): number {
  refuseProbability(probability);
  return judgement === undefined ? 0 : judgement / probability;
}

/**
 * m + (A / p)(loss - m): the same mean with less noise when m, the loss predicted from the calibrated probability, is
 * any good. m is known for every case before its label.
 */
export function controlledLoss(one: Audited<number>, predicted: number): number {
  refuseProbability(one.probability);
  return one.judgement === undefined ? predicted : predicted + (one.judgement - predicted) / one.probability;
}

/** What is known of an audited stream before it starts. */
export interface AuditRange {
  /** No case is audited with less. */
  readonly probabilityMin: number;
  /** Where errors are typically found. */
  readonly probabilityTypical: number;
}

/** M5 without a control variate: weighted losses of a mean at most `rate`, which was certified or bounded. */
export function weightedLossNull(rate: number, { probabilityMin, probabilityTypical }: AuditRange): StreamNull {
  refuseProbability(probabilityMin);
  return { nullMean: rate, low: 0, high: 1 / probabilityMin, bets: weightedBets(rate, 0, probabilityTypical) };
}

/** M5 with a control variate. @param predictedMax no predicted loss is larger */
export function controlledLossNull(rate: number, predictedMax: number, range: AuditRange): StreamNull {
  refuseProbability(range.probabilityMin);
  const low = -(1 / range.probabilityMin - 1) * predictedMax;
  const high = 1 / range.probabilityMin;
  return { nullMean: rate, low, high, bets: weightedBets(rate, low, range.probabilityTypical) };
}

/** M6: (A / p)(y - p12), and its negative: is the probability too low, or too high? */
export function calibrationGap(one: Audited<{ readonly positive: boolean; readonly claimed: number }>): {
  readonly tooLow: number;
  readonly tooHigh: number;
} {
  refuseProbability(one.probability);
  if (one.judgement === undefined) return { tooLow: 0, tooHigh: 0 };
  const { positive, claimed } = one.judgement;
  if (!(claimed >= 0 && claimed <= 1)) throw new RangeError(`${claimed} is not a probability`);
  const gap = ((positive ? 1 : 0) - claimed) / one.probability;
  return { tooLow: gap, tooHigh: -gap };
}

/**
 * @param slack how far claimed and found may be apart on average; calibration was fitted on finitely many cases, so with
 *   none the fit's own noise is found in the end
 */
export function calibrationGapNull(slack: number, { probabilityMin, probabilityTypical }: AuditRange): StreamNull {
  refuseProbability(probabilityMin);
  const high = 1 / probabilityMin;
  return { nullMean: slack, low: -high, high, bets: weightedBets(slack, -high, probabilityTypical) };
}

function refuseProbability(probability: number): void {
  if (!(probability > 0 && probability <= 1))
    throw new RangeError(`a case cannot be audited with a probability of ${probability}`);
}
