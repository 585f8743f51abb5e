import { upperBound } from "../../ensemble/index.ts";
import { bernoulliBets, boundedBets } from "./bets.ts";
import type { StreamNull } from "./e-detector.ts";

/** Events among cases of the calibrate split. */
export interface EventCount {
  readonly events: number;
  readonly cases: number;
}

/** How sure one is that a reference rate is not above its bound. The plug-in rate would raise early false alarms. */
const confidence = 0.9;
/** Where every case was an event there is nothing to find; a bound below the true rate would find it all the same. */
const rateMax = 1 - 1e-9;
/** Slack of a reference mean in standard errors, 90 % as well: with none, the finite reference itself looks like drift. */
const standardErrors = 1.2816;

/**
 * Events at most as frequent as in the reference, whose rate is bounded by Clopper and Pearson at 90 %.
 *
 * @throws {RangeError} without reference cases
 */
export function rateNull({ events, cases }: EventCount): StreamNull {
  if (!(cases > 0 && events >= 0 && events <= cases)) throw new RangeError(`${events} of ${cases} is not a reference`);
  return knownRateNull(Math.min(rateMax, upperBound(events, cases, confidence)));
}

/** Events at most as frequent as a rate that is certified or chosen, not estimated. */
export function knownRateNull(nullRate: number): StreamNull {
  return { nullMean: nullRate, low: 0, high: 1, bets: bernoulliBets(nullRate) };
}

/**
 * Values in [0, 1] whose mean is known up to the noise of a reference.
 *
 * @param mean of the values while nothing changes
 * @param error standard error with which the reference gives it
 */
export function meanNull(mean: number, error: number, slack = standardErrors): StreamNull {
  if (!(error >= 0 && error < 1)) throw new RangeError(`a reference cannot be off by ${error}`);
  const nullMean = Math.min(rateMax, mean + slack * error);
  return { nullMean, low: 0, high: 1, bets: boundedBets(nullMean) };
}
