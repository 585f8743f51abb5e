import type { Stratum } from "../../contracts/index.ts";
import { logit } from "../../ensemble/index.ts";

/** Where the pack's own band begins and ends, as probabilities of the fast reader. */
export interface OwnBand {
  readonly lo: number;
  readonly hi: number;
}

/**
 * Where a score alone would leave the case, whatever the picture's quality and however safe the band is made meanwhile.
 * So a band that the loop widened itself is not mistaken for other cases.
 */
export function sideOf(fastLogOdds: number, { lo, hi }: OwnBand): Stratum {
  if (fastLogOdds <= logit(lo)) return "fast-negative";
  return fastLogOdds >= logit(hi) ? "fast-positive" : "band";
}

export interface ShareVotes {
  readonly "share-negative": number;
  readonly "share-positive": number;
  readonly "share-band": number;
  /** Escalated although the score was sure. */
  readonly "poor-picture": number;
}

/**
 * How the cascade divides the cases, one event stream for each way: where one share falls, another rises, so rising ones
 * are enough. Blurred pictures draw scores into the band, which no other stream of scores takes for evidence.
 */
export function shareVotes(side: Stratum, stratum: Stratum): ShareVotes {
  return {
    "share-negative": Number(side === "fast-negative"),
    "share-positive": Number(side === "fast-positive"),
    "share-band": Number(side === "band"),
    "poor-picture": Number(stratum === "band" && side !== "band"),
  };
}
