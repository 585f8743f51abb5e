import type { CaseRecord } from "../../../contracts/decision.ts";
import { type ProgrammeInfo, suspicionOf } from "./result-words.ts";

/** One bar of 0 to 100 %: two thresholds and the score that was held against them. All [0, 1]. */
export interface BandBar {
  readonly what: "fast" | "both";
  readonly low: number;
  readonly high: number;
  readonly score: number;
}

/**
 * The fast reader's score is held against lo and hi. Where the fine reader looked, the score that decides is held
 * against a and b: fused from both, or as the strategy says.
 */
export function bandBars(
  { decision, readings }: CaseRecord,
  programme: Pick<ProgrammeInfo, "positive">,
): readonly BandBar[] {
  const { lo, hi, a, b } = decision.band;
  const first = readings.find(({ reader }) => reader === "fast");
  const fast = first && suspicionOf(first, programme);
  const decided = suspicionOf(decision, programme);
  return [
    ...(fast === undefined ? [] : [{ what: "fast" as const, low: lo, high: hi, score: fast }]),
    ...(decision.stage !== "fine" || decided === undefined
      ? []
      : [{ what: "both" as const, low: a, high: b, score: decided }]),
  ];
}

export type Zone = "negative" | "uncertain" | "positive";

/** Both thresholds belong to the sure side, as in the decision itself. */
export function zoneOf({ low, high, score }: BandBar): Zone {
  if (score <= low) return "negative";
  return score >= high ? "positive" : "uncertain";
}
