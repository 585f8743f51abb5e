import type { ReadEvent } from "../../contracts/index.ts";
import { squaredLength } from "../../ensemble/index.ts";
import type { DriftReference } from "../monitor/plan.ts";
import { ScoreShift } from "../streams/score-shift.ts";

/** How rare a case is beside the reference, by its score and its embedding, [0, 1]. */
export class Oddity {
  readonly #score: ScoreShift;
  readonly #embedding: DriftReference["embedding"];

  constructor({ fastLogOdds, embedding }: DriftReference) {
    this.#score = new ScoreShift(fastLogOdds);
    this.#embedding = embedding;
  }

  /** @throws {RangeError} on values that no reader can have given */
  of({ fastLogOdds, embedding }: Pick<ReadEvent, "fastLogOdds" | "embedding">): number {
    return Math.round(1e4 * Math.max(this.#score.vote(fastLogOdds), this.#farness(embedding))) / 1e4;
  }

  /** Share of the reference that lies nearer to its centre. */
  #farness(embedding: ArrayLike<number> | undefined): number {
    const reference = this.#embedding;
    if (reference === undefined || embedding === undefined) return 0;
    const length = squaredLength(embedding);
    return reference.heldLengths.filter((each) => each < length).length / reference.heldLengths.length;
  }
}
