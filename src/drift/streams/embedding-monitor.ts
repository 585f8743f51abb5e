import type { EmbeddingReference } from "../../contracts/index.ts";
import { conformalPValue, squaredLength } from "../../ensemble/index.ts";
import type { StreamNull } from "../engine/e-detector.ts";
import { meanNull } from "../engine/reference.ts";

export interface EmbeddingMonitorState {
  /** u, the decayed mean difference between live and reference, [components]. */
  readonly drift: readonly number[];
}

/** One embedding as three numbers in [0, 1], each with a known mean while nothing changes. */
export interface EmbeddingVotes {
  /** Above 1/2 when the image lies in the direction in which the images before it have moved. */
  readonly witness: number;
  /** 1 - conformal p of the squared length: near 1 far from the reference. */
  readonly radius: number;
  /** The same to the power 39: counts only the far tail, where a small new site is. */
  readonly tail: number;
}

/** Cases after which an image has lost half of its weight in the drift. */
const halfLife = 150;
const keep = 2 ** (-1 / halfLife);
/** E[(1 - p)^39] = 1/40 for a uniform p. */
const tailPower = 39;

/**
 * M1: does the stream of images leave the reference?
 *
 * witness = sigmoid(2 u'(x - m2)), u <- decayed mean of (x - m1), from the past only. The two reference means come from
 * different halves: with one and the same, its error would stand in both factors and look like drift.
 */
export class EmbeddingMonitor {
  readonly #heldMean: readonly number[];
  /** Negated and ascending: the p-value asks for lengths at least this large. */
  readonly #lengths: readonly number[];
  readonly #drift: Float64Array;

  /** @throws {RangeError} on a state of another reference */
  constructor({ heldMean, heldLengths }: EmbeddingReference, state?: EmbeddingMonitorState) {
    if (state !== undefined && (state.drift.length !== heldMean.length || !state.drift.every(Number.isFinite)))
      throw new RangeError("the saved state is of another reference");
    this.#heldMean = heldMean;
    this.#lengths = heldLengths.map((length) => -length).reverse();
    this.#drift = state === undefined ? new Float64Array(heldMean.length) : Float64Array.from(state.drift);
  }

  /**
   * Whether this is a place beside the reference.
   * @throws {RangeError} on another length or NaN
   */
  refuse(place: ArrayLike<number>): void {
    if (place.length !== this.#heldMean.length || !Number.isFinite(squaredLength(place)))
      throw new RangeError("this is no place beside the reference");
  }

  /**
   * @param place where the picture lies, in the reference's coordinates
   * @throws {RangeError} on another length or NaN
   */
  update(place: ArrayLike<number>): EmbeddingVotes {
    this.refuse(place);
    let along = 0;
    for (let k = 0; k < place.length; k++)
      along += (this.#drift[k] as number) * ((place[k] as number) - (this.#heldMean[k] as number));
    for (let k = 0; k < place.length; k++)
      this.#drift[k] = keep * (this.#drift[k] as number) + (1 - keep) * (place[k] as number);
    const radius = 1 - conformalPValue(-squaredLength(place), this.#lengths);
    return { witness: 1 / (1 + Math.exp(-2 * along)), radius, tail: radius ** tailPower };
  }

  restart(): void {
    this.#drift.fill(0);
  }

  save(): EmbeddingMonitorState {
    return { drift: [...this.#drift] };
  }
}

/**
 * What the three votes look like while nothing changes: their means plus the slack of a finite reference.
 *
 * The witness multiplies two differences, live minus either half's mean, so the product of both halves' errors stays in
 * it for good. With 1000 cases that is half as much as the noise of the mean; with 260 it is more.
 *
 * @param slack in standard errors; 90 % of references when left out
 */
export function embeddingNulls(
  { fitted, heldMean, heldLengths }: EmbeddingReference,
  slack?: number,
): Readonly<Record<keyof EmbeddingVotes, StreamNull>> {
  const n = heldLengths.length;
  const error = (deviation: number): number => deviation / Math.sqrt(n);
  const product = Math.sqrt(heldMean.length / (fitted * n));
  const tailDeviation = Math.sqrt(1 / (2 * tailPower + 1) - 1 / (tailPower + 1) ** 2);
  return {
    // The slope of sigmoid(2 x) at 0 is 1/2.
    witness: meanNull(0.5, Math.hypot(error(0.25), product / 2), slack),
    radius: meanNull(0.5, error(Math.sqrt(1 / 12)), slack),
    tail: meanNull(1 / (tailPower + 1), error(tailDeviation), slack),
  };
}
