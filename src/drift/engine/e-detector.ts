/** What a stream looks like as long as nothing has changed, and the bets against it. */
export interface StreamNull {
  /** The mean of the values given the past is at most this. */
  readonly nullMean: number;
  /** Least and largest possible value; a value outside is a mistake of the caller. */
  readonly low: number;
  readonly high: number;
  /** lambda of each bet, (0, 1 / (nullMean - low)]. */
  readonly bets: readonly number[];
}

/** All that an e-detector remembers, as JSON. */
export interface EDetectorState {
  /** Cases since the last restart, with or without evidence. */
  readonly cases: number;
  /** One a bet: the sum over all restarts. */
  readonly sums: readonly number[];
  /** One a bet: the largest contribution of a single restart. */
  readonly tops: readonly number[];
  /** One a bet: the case at which that restart was. */
  readonly starts: readonly number[];
}

/** Beyond this a number says nothing more, and Infinity is no JSON. */
const valueMax = 1e300;

/**
 * Shiryaev-Roberts e-detector by betting. For each bet lambda
 *
 *   M <- (1 + lambda (z - r0)) (M + 1),   and the detector's value is the mean over the bets.
 *
 * As long as every value has a mean of at most r0 given the past, M minus the number of cases is a supermartingale:
 * an alarm at M >= c comes after c cases or later on average, and within the first t cases with a probability of at
 * most t / c, whatever the distribution.
 *
 * A case without evidence (not audited, other stratum) passes: every factor is 1, and a restart is added all the same,
 * so the clock of the promise is cases and not audits. Whether there is evidence must not depend on what it says.
 *
 * @see Shin, Ramdas and Rinaldo 2023, E-detectors: a nonparametric framework for sequential change detection
 */
export class EDetector {
  readonly #nullMean: number;
  readonly #low: number;
  readonly #high: number;
  readonly #bets: Float64Array;
  readonly #sums: Float64Array;
  readonly #tops: Float64Array;
  readonly #starts: Float64Array;
  #cases: number;
  #value: number;

  /** @throws {RangeError} on bets that could lose more than everything, or a state of another shape */
  constructor({ nullMean, low, high, bets }: StreamNull, state?: EDetectorState) {
    if (!(low <= nullMean && nullMean < high) || bets.length === 0)
      throw new RangeError(`no change above ${nullMean} can be found in [${low}, ${high}] with ${bets.length} bets`);
    for (const bet of bets)
      if (!(bet > 0 && bet * (nullMean - low) <= 1)) throw new RangeError(`a bet of ${bet} could lose everything`);
    const lists = [state?.sums, state?.tops, state?.starts];
    if (state !== undefined && lists.some((list) => list?.length !== bets.length || !list.every(Number.isFinite)))
      throw new RangeError("the saved state is of other bets");
    const restored = (list: readonly number[] | undefined): Float64Array =>
      list === undefined ? new Float64Array(bets.length) : Float64Array.from(list);
    [this.#nullMean, this.#low, this.#high] = [nullMean, low, high];
    this.#bets = Float64Array.from(bets);
    this.#sums = restored(state?.sums);
    this.#tops = restored(state?.tops);
    this.#starts = restored(state?.starts);
    this.#cases = state?.cases ?? 0;
    this.#value = this.#mean();
  }

  /** Evidence against "nothing has changed"; on average at most the number of cases while that is true. */
  get value(): number {
    return this.#value;
  }

  get cases(): number {
    return this.#cases;
  }

  /**
   * Takes one case's value; a batch is not a value.
   *
   * @returns the detector's value after it
   * @throws {RangeError} on NaN and on values outside the stream's range
   */
  update(one: number): number {
    if (!(one >= this.#low && one <= this.#high))
      throw new RangeError(`${one} is outside of [${this.#low}, ${this.#high}]`);
    const gain = one - this.#nullMean;
    const count = this.#bets.length;
    this.#cases++;
    let total = 0;
    for (let j = 0; j < count; j++) {
      const factor = 1 + (this.#bets[j] as number) * gain;
      const sum = Math.min(valueMax, factor * ((this.#sums[j] as number) + 1));
      this.#sums[j] = sum;
      total += sum;
      let top = this.#tops[j] as number;
      if (top <= 1) {
        top = 1;
        this.#starts[j] = this.#cases;
      }
      this.#tops[j] = Math.min(valueMax, factor * top);
    }
    this.#value = total / count;
    return this.#value;
  }

  /** One case that says nothing about this stream. */
  pass(): number {
    this.#cases++;
    for (let j = 0; j < this.#sums.length; j++) this.#sums[j] = Math.min(valueMax, (this.#sums[j] as number) + 1);
    this.#value = this.#mean();
    return this.#value;
  }

  /**
   * The case, counted from 1 since the last restart, from which on the bets won most: where the change most likely is.
   * 0 before any evidence.
   */
  get changePoint(): number {
    let best = 0;
    for (let j = 1; j < this.#tops.length; j++) if ((this.#tops[j] as number) > (this.#tops[best] as number)) best = j;
    return this.#starts[best] as number;
  }

  restart(): void {
    for (const list of [this.#sums, this.#tops, this.#starts]) list.fill(0);
    this.#cases = 0;
    this.#value = 0;
  }

  save(): EDetectorState {
    return { cases: this.#cases, sums: [...this.#sums], tops: [...this.#tops], starts: [...this.#starts] };
  }

  #mean(): number {
    let total = 0;
    for (const sum of this.#sums) total += sum;
    return total / this.#sums.length;
  }
}
