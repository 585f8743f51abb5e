import type { Band } from "../contracts/pack.ts";

/** Share of the fine lane that may be in use before second looks begin to cost. */
const utilisationGoal = 0.8;
/** How fast the price follows the load, per second. */
const stepSize = 0.02;

/**
 * What a second look costs after another second: it rises while the fine reader is busier than it should be and falls
 * back to nothing otherwise. Load so decides when a case is read, never what is made of it.
 *
 * @param price before, from 0
 * @param utilisation of the fine lane in the last second, [0, 1]
 */
export function nextPrice(price: number, utilisation: number): number {
  return Math.max(0, price + stepSize * (utilisation - utilisationGoal));
}

/** Equal bins over [0, 1] in which a gain is the same. */
const bins = 50;
/** Of an answer that a coin would give as well: a reader that is always right makes it right by one half more often. */
const gainMax = 0.5;

/** What a second look is worth, by the fast reader's probability. */
export interface GainTable {
  /** One for each bin, [0, 1]. */
  readonly gains: readonly number[];
  /** `pack`: measured when the band was chosen; `band`: computed here. */
  readonly from: "pack" | "band";
}

/**
 * The table of the pack. Where it has none: one half in the middle of the band, falling evenly to nothing at its edges
 * and beyond. That is an order, most doubtful first, and no measurement.
 */
export function gainTable({ lo, hi, gain }: Pick<Band, "lo" | "hi" | "gain">): GainTable {
  if (gain !== undefined) return { gains: gain, from: "pack" };
  const [middle, half] = [(lo + hi) / 2, (hi - lo) / 2];
  const gainAt = (p: number): number => (half <= 0 ? 0 : gainMax * Math.max(0, 1 - Math.abs(p - middle) / half));
  return { gains: Array.from({ length: bins }, (_, i) => gainAt((i + 0.5) / bins)), from: "band" };
}

/** @param fast calibrated probability of any positive label, [0, 1] */
export const gainOf = ({ gains }: GainTable, fast: number): number =>
  gains[Math.min(bins - 1, Math.max(0, Math.floor(fast * bins)))] ?? 0;
