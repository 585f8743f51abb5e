import type { Band } from "../contracts/pack.ts";
import { binomialCdf, upperBound } from "./statistics.ts";

/**
 * Labelled positives without a single miss that are needed before a miss rate can be certified:
 * (1 - missRate)^n <= 1 - confidence. 59 for 5 % at 95 %, 149 for 2 %, 299 for 1 %.
 */
export function positivesNeeded(missRate: number, confidence: number): number {
  return Math.ceil(Math.log(1 - confidence) / Math.log1p(-missRate));
}

/** What the counts of a certificate really prove, whatever the file says. */
export interface Proof {
  readonly certified: boolean;
  readonly missRate: number;
  readonly falsePositiveRate: number;
}

/**
 * Recomputes a band's claim from its counts, so that a pack cannot call itself certified without the numbers.
 * The test is intersection-union: the worse of the two p-values must be below 1 - confidence.
 * @see Angelopoulos et al. 2021, Learn then Test
 */
export function proveBand(band: Pick<Band, "target" | "certificate">): Proof {
  const { positives, misses, negatives, falsePositives } = band.certificate;
  const { missRate, falsePositiveRate, confidence } = band.target;
  const pValue = Math.max(
    binomialCdf(misses, positives, missRate),
    binomialCdf(falsePositives, negatives, falsePositiveRate),
  );
  return {
    certified: pValue <= 1 - confidence,
    missRate: upperBound(misses, positives, confidence),
    falsePositiveRate: upperBound(falsePositives, negatives, confidence),
  };
}
