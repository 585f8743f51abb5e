import type { StreamNull } from "./e-detector.ts";

export interface EProcessState {
  readonly cases: number;
  /** One a bet. */
  readonly wealth: readonly number[];
}

const wealthMax = 1e300;

/**
 * Evidence without restarts: E = mean over bets of the product of 1 + lambda (z - r0). While the mean given the past is
 * at most r0, the probability that E ever reaches 1 / alpha is at most alpha, however often one looks.
 *
 * It answers "is the claim still true since the start?" (rollback, certificate); a change late in a long quiet stream
 * is what `EDetector` is for.
 *
 * @see Ville 1939; Waudby-Smith and Ramdas 2024, Estimating means of bounded random variables by betting
 */
export class EProcess {
  readonly #null: StreamNull;
  readonly #wealth: number[];
  #cases: number;

  /** @throws {RangeError} on bets that could lose more than everything, or a state of another shape */
  constructor(stream: StreamNull, state?: EProcessState) {
    const { nullMean, low, bets } = stream;
    if (bets.length === 0 || bets.some((bet) => !(bet > 0 && bet * (nullMean - low) <= 1)))
      throw new RangeError("a bet must be above 0 and leave something");
    if (state !== undefined && (state.wealth.length !== bets.length || !state.wealth.every(Number.isFinite)))
      throw new RangeError("the saved state is of other bets");
    this.#null = stream;
    this.#wealth = state === undefined ? bets.map(() => 1) : [...state.wealth];
    this.#cases = state?.cases ?? 0;
  }

  get cases(): number {
    return this.#cases;
  }

  get value(): number {
    return this.#wealth.reduce((sum, each) => sum + each, 0) / this.#wealth.length;
  }

  /** Whether the null was refuted at this error probability; read it after each case or at any time one likes. */
  exceeds(alpha: number): boolean {
    return this.value >= 1 / alpha;
  }

  /** @throws {RangeError} on NaN and on values outside the stream's range */
  update(one: number): number {
    const { low, high, nullMean, bets } = this.#null;
    if (!(one >= low && one <= high)) throw new RangeError(`${one} is outside of [${low}, ${high}]`);
    this.#cases++;
    for (const [j, bet] of bets.entries())
      this.#wealth[j] = Math.min(wealthMax, (this.#wealth[j] as number) * (1 + bet * (one - nullMean)));
    return this.value;
  }

  save(): EProcessState {
    return { cases: this.#cases, wealth: [...this.#wealth] };
  }
}
