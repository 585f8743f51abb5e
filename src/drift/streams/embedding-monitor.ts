import { conformalPValue } from "../../ensemble/index.ts";
import type { StreamNull } from "../engine/e-detector.ts";
import { meanNull } from "../engine/reference.ts";
import { type EmbeddingReference, prepared, squaredLength, whiten } from "./embedding-reference.ts";

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
  readonly #reference: EmbeddingReference;
  readonly #projection: Float64Array;
  readonly #centre: Float64Array;
  /** Negated and ascending: the p-value asks for lengths at least this large. */
  readonly #lengths: readonly number[];
  readonly #drift: Float64Array;

  /** @throws {RangeError} on a state of another reference */
  constructor(reference: EmbeddingReference, state?: EmbeddingMonitorState) {
    if (state !== undefined && (state.drift.length !== reference.components || !state.drift.every(Number.isFinite)))
      throw new RangeError("the saved state is of another reference");
    this.#reference = reference;
    this.#projection = Float64Array.from(reference.projection);
    this.#centre = Float64Array.from(reference.centre);
    this.#lengths = reference.heldLengths.map((length) => -length).reverse();
    this.#drift = state === undefined ? new Float64Array(reference.components) : Float64Array.from(state.drift);
  }

  /** @throws {RangeError} on another length or NaN */
  update(one: ArrayLike<number>): EmbeddingVotes {
    return this.take(this.whiten(one));
  }

  /**
   * Where an image lies beside the reference; nothing is remembered yet.
   * @throws {RangeError} on another length or NaN
   */
  whiten(one: ArrayLike<number>): Float64Array {
    const { width, normalised, components } = this.#reference;
    return whiten(prepared(one, width, normalised), this.#centre, this.#projection, components);
  }

  /** @param x what `whiten` gave */
  take(x: Float64Array): EmbeddingVotes {
    const { components, heldMean } = this.#reference;
    let along = 0;
    for (let k = 0; k < components; k++)
      along += (this.#drift[k] as number) * ((x[k] as number) - (heldMean[k] as number));
    for (let k = 0; k < components; k++)
      this.#drift[k] = keep * (this.#drift[k] as number) + (1 - keep) * (x[k] as number);
    const radius = 1 - conformalPValue(-squaredLength(x), this.#lengths);
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
 * @param slack in standard errors; 90 % of references when left out
 */
export function embeddingNulls(
  { heldLengths }: EmbeddingReference,
  slack?: number,
): Readonly<Record<keyof EmbeddingVotes, StreamNull>> {
  const n = heldLengths.length;
  return {
    witness: meanNull(0.5, 0.25, n, slack),
    radius: meanNull(0.5, Math.sqrt(1 / 12), n, slack),
    tail: meanNull(1 / (tailPower + 1), Math.sqrt(1 / (2 * tailPower + 1) - 1 / (tailPower + 1) ** 2), n, slack),
  };
}
