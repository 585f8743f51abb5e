import { conformalPValue } from "../../ensemble/index.ts";
import type { StreamNull } from "../engine/e-detector.ts";
import { meanNull } from "../engine/reference.ts";

/**
 * M2: 1 - two-sided conformal p-value of the fast reader's log-odds; near 1 for scores rarer than the reference's, on
 * either side. A move towards the middle it takes for the opposite of rare: that is what the shares are for.
 */
export class ScoreShift {
  readonly #ascending: readonly number[];
  readonly #negated: readonly number[];

  /**
   * @param reference log-odds of the calibrate split, one a group, any order
   * @throws {RangeError} without values or on NaN
   */
  constructor(reference: readonly number[]) {
    if (reference.length === 0 || !reference.every(Number.isFinite)) throw new RangeError("no reference scores");
    this.#ascending = [...reference].sort((one, other) => one - other);
    this.#negated = this.#ascending.map((each) => -each).reverse();
  }

  /** @throws {RangeError} when the log-odds are not finite */
  vote(logOdds: number): number {
    if (!Number.isFinite(logOdds)) throw new RangeError(`${logOdds} is no log-odds`);
    const smaller = Math.min(conformalPValue(logOdds, this.#ascending), conformalPValue(-logOdds, this.#negated));
    return 1 - Math.min(1, 2 * smaller);
  }
}

/** @param n reference scores that are independent of each other */
export const scoreNull = (n: number): StreamNull => meanNull(0.5, Math.sqrt(1 / 12 / n));
