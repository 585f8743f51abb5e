import type { Stratum } from "../../contracts/index.ts";

/** What is kept of a case that was read lately, to show the telling ones when an alarm comes. */
export interface RecentCase {
  readonly id: string;
  readonly stratum: Stratum;
  /** The readers contradict each other; absent where only one was asked. */
  readonly disagrees?: boolean;
  /** How rare its score, or its embedding, is beside the reference, [0, 1]. */
  readonly oddity: number;
}

export const recentMax = 500;
export const regionMax = 500;
/** Cases that an incident shows at once. */
export const shownMax = 50;

/** Strata in which a stream's change lies. */
const strataOf: Readonly<Record<string, readonly Stratum[]>> = {
  "disagreement-negative": ["fast-negative"],
  "disagreement-positive": ["fast-positive"],
  "band-disagreement": ["band"],
};

/** Whether a case is of the region that an alarm is about: where the stream looks, or anywhere. */
export const isOfRegion = (stream: string, { stratum }: Pick<RecentCase, "stratum">): boolean =>
  strataOf[stream]?.includes(stratum) ?? true;

/** Cases of the region, most telling first: contradictions, then the oddest, then the newest. */
export function tellingCases(recent: readonly RecentCase[], stream: string, max: number): string[] {
  const score = ({ disagrees, oddity }: RecentCase): number => (disagrees === true ? 1 : 0) + oddity;
  return recent
    .map((each, place) => ({ each, place }))
    .filter(({ each }) => isOfRegion(stream, each))
    .sort((one, other) => score(other.each) - score(one.each) || other.place - one.place)
    .slice(0, max)
    .map(({ each }) => each.id);
}
