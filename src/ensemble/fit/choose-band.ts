import type { Band } from "../../contracts/pack.ts";
import { quantile } from "../metrics/intervals.ts";
import { allFinite } from "../metrics/refuse.ts";
import { sigmoid } from "../probability.ts";

/** The band is never empty, and a second look must be at least this clear. */
const limits = { loMax: 0.49, hiMin: 0.51, aMax: 0.2, bMin: 0.8 };
const rounded = (value: number): number => Number(value.toFixed(4));

type Thresholds = Pick<Band, "lo" | "hi" | "a" | "b">;

/**
 * Spends a share of escalations around even odds. A second look is clear when the combined probability is at least as
 * far from .5 as the band's own edges; all others go to a person. This rule promises nothing: `certifyBand` does.
 *
 * @param fast calibrated log-odds of the fast reader
 * @param share of the cases that may be escalated, [0, 1]
 * @param centre log-odds the band lies around
 * @throws {RangeError} without cases, on NaN, or on a share outside [0, 1]
 */
export function chooseBand(fast: readonly number[], share: number, centre = 0): Thresholds {
  allFinite(fast);
  const width = quantile(
    fast.map((each) => Math.abs(each - centre)).sort((one, other) => one - other),
    share,
  );
  const lo = Math.min(sigmoid(centre - width), limits.loMax);
  const hi = Math.max(sigmoid(centre + width), limits.hiMin);
  return {
    lo: rounded(lo),
    hi: rounded(hi),
    a: rounded(Math.min(lo, limits.aMax)),
    b: rounded(Math.max(hi, limits.bMin)),
  };
}
