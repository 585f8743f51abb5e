import { binomialCdf } from "../../ensemble/index.ts";
import { type PairCounts, refuse } from "./tango.ts";

/**
 * Two-sided mid-p of "both are right equally often", from the pairs on which they differ.
 *
 * @returns 1 when they never differ
 * @see Fagerland, Lydersen and Laake 2013, The McNemar test for binary matched-pairs data
 */
export function mcnemarMidP(counts: PairCounts): number {
  const { lost, won } = counts;
  refuse(counts);
  return lost === won ? 1 : Math.min(1, 2 * lowerMidP(Math.min(lost, won), lost + won));
}

/** One-sided mid-p of "the candidate is not worse": small when it lost more pairs than chance explains. */
export function lossMidP(counts: PairCounts): number {
  refuse(counts);
  return lowerMidP(counts.won, counts.lost + counts.won);
}

/** P(X < k) + P(X = k) / 2 for a fair coin. */
const lowerMidP = (k: number, n: number): number => (binomialCdf(k, n, 0.5) + binomialCdf(k - 1, n, 0.5)) / 2;

/**
 * Which of several p-values are significant when any single false one is to be rarer than alpha.
 * @see Holm 1979
 */
export function holm(pValues: readonly number[], alpha: number): readonly boolean[] {
  const order = pValues.map((_, i) => i).sort((i, j) => (pValues[i] as number) - (pValues[j] as number));
  const significant = pValues.map(() => false);
  for (const [rank, i] of order.entries()) {
    if ((pValues[i] as number) > alpha / (pValues.length - rank)) break;
    significant[i] = true;
  }
  return significant;
}
