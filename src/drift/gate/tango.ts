/** Pairs on which two readers differ, of all pairs. */
export interface PairCounts {
  /** The champion was right, the candidate wrong. */
  readonly lost: number;
  /** The candidate was right, the champion wrong. */
  readonly won: number;
  readonly pairs: number;
}

/** One-sided 5 %. */
const critical = -1.645;

/**
 * Score test of "the candidate's rate is worse by at least `margin`" on pairs. With b lost, c won, n pairs, margin D:
 *
 *   A = 2n;  B = -b - c + (2n - b + c) D;  C = -c D (1 - D);  q = (sqrt(B^2 - 4AC) - B) / (2A)
 *   z = (b - c - nD) / sqrt(n (2q + D (1 - D)))
 *
 * @returns z; not inferior at one-sided 5 % when at most -1.645
 * @throws {RangeError} on counts that are none, or a margin outside of (0, 1)
 * @see Tango 1998, Equivalence test and confidence interval for the difference in proportions for the paired-sample design
 */
export function tangoScore({ lost, won, pairs }: PairCounts, margin: number): number {
  refuse({ lost, won, pairs });
  if (!(margin > 0 && margin < 1)) throw new RangeError(`${margin} is not a margin`);
  const a = 2 * pairs;
  const b = -lost - won + (2 * pairs - lost + won) * margin;
  const c = -won * margin * (1 - margin);
  const q = (Math.sqrt(b * b - 4 * a * c) - b) / (2 * a);
  return (lost - won - pairs * margin) / Math.sqrt(pairs * (2 * q + margin * (1 - margin)));
}

export const notInferior = (counts: PairCounts, margin: number): boolean => tangoScore(counts, margin) <= critical;

export function refuse({ lost, won, pairs }: PairCounts): void {
  if (![lost, won, pairs].every((count) => Number.isInteger(count) && count >= 0) || lost + won > pairs || pairs === 0)
    throw new RangeError(`${lost} lost and ${won} won are no part of ${pairs} pairs`);
}
