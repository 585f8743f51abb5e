import { createHash } from "node:crypto";

export interface GroupVotesState {
  readonly cases: number;
  /** Digest of each group that has voted, and the case at which it did; oldest first. */
  readonly voted: readonly (readonly [group: string, atCase: number])[];
}

/** Entries kept: what bounds the window also bounds the state. */
const windowMax = 1000;

/**
 * One vote per group per window. Ten images of one eye are one piece of evidence: counted ten times they would raise
 * alarms that no change is behind. Groups are kept as digests, so no patient's name is in a state.
 */
export class GroupVotes {
  readonly #windowCases: number;
  readonly #voted: Map<string, number>;
  #cases: number;

  /** @param windowCases 1 to 1000 */
  constructor(windowCases: number, state?: GroupVotesState) {
    if (!(Number.isInteger(windowCases) && windowCases >= 1 && windowCases <= windowMax))
      throw new RangeError(`a window of ${windowCases} cases is not within 1 to ${windowMax}`);
    this.#windowCases = windowCases;
    this.#voted = new Map(state?.voted);
    this.#cases = state?.cases ?? 0;
  }

  /** Whether a case of this group would be a vote now. */
  admits(group: string): boolean {
    const atCase = this.#voted.get(digestOf(group));
    return atCase === undefined || atCase + this.#windowCases <= this.#cases + 1;
  }

  /** Counts one case, and its group when it was a vote. */
  count(group: string): void {
    const vote = this.admits(group);
    this.#cases++;
    for (const [oldest, atCase] of this.#voted) {
      if (atCase + this.#windowCases > this.#cases) break;
      this.#voted.delete(oldest);
    }
    if (vote) this.#voted.set(digestOf(group), this.#cases);
  }

  restart(): void {
    this.#voted.clear();
    this.#cases = 0;
  }

  save(): GroupVotesState {
    return { cases: this.#cases, voted: [...this.#voted] };
  }
}

const digestOf = (group: string): string => createHash("sha256").update(group).digest("base64url").slice(0, 11);
