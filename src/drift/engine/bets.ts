/** Rates that Bernoulli bets are made for, as multiples of the null rate. */
const multiples = [1.25, 1.5, 2, 3, 5] as const;
/** Parts of the largest bet that can never go below nothing. */
const parts = [0.1, 0.25, 0.5, 0.9] as const;
/** Weighted bets, as multiples of the typical audit probability: a rate r is met best by p (r / r0 - 1). */
const weightedMultiples = [0.25, 0.5, 1, 2, 4] as const;
/** No bet stakes more than this part of what it has: one quiet case must not end it. */
const stakeMax = 0.9;

/**
 * Bets for events that happen at most at `nullRate`: lambda = (r - r0) / (r0 (1 - r0)), the likelihood ratio of the
 * rate r. Bets above the largest allowed stake fall together.
 *
 * @param nullRate (0, 1)
 * @throws {RangeError} outside of it
 */
export function bernoulliBets(nullRate: number): readonly number[] {
  if (!(nullRate > 0 && nullRate < 1)) throw new RangeError(`${nullRate} is not a rate between 0 and 1`);
  return capped(
    multiples.map((multiple) => (multiple - 1) / (1 - nullRate)),
    stakeMax / nullRate,
  );
}

/** Bets for values in [0, 1] whose mean is at most `nullMean`: parts of 1 / nullMean. */
export function boundedBets(nullMean: number): readonly number[] {
  if (!(nullMean > 0 && nullMean < 1)) throw new RangeError(`${nullMean} is not a mean between 0 and 1`);
  return parts.map((part) => part / nullMean);
}

/**
 * Bets for values weighted with 1 / probability of being audited. They may fall to `low`, so the largest bet is
 * 1 / (nullMean - low); with the control variate m + (A / p)(loss - m), low is -(1 / p_min - 1) max m.
 *
 * @param low the smallest possible value, at most 0
 * @param probability a typical audit probability where errors are found
 * @throws {RangeError} when nullMean is not above low
 */
export function weightedBets(nullMean: number, low: number, probability: number): readonly number[] {
  if (!(nullMean > low && probability > 0 && probability <= 1))
    throw new RangeError(`no bet on a mean of ${nullMean} above ${low} at a probability of ${probability}`);
  return capped(
    weightedMultiples.map((multiple) => multiple * probability),
    stakeMax / (nullMean - low),
  );
}

const capped = (bets: readonly number[], betMax: number): number[] => [
  ...new Set(bets.map((bet) => Math.min(bet, betMax))),
];
