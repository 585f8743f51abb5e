import { type Audited, weightedLoss } from "../streams/audited.ts";

export interface AuditedRiskPlan {
  /** No case is audited with less. */
  readonly probabilityMin: number;
  /** That the interval holds at every look, e.g. 0.95. */
  readonly confidence: number;
}

export interface AuditedRiskState {
  readonly cases: number;
  readonly labels: number;
  readonly sum: number;
  readonly squares: number;
  /** Wealth of the bets that the risk is above, and below, each candidate that is still possible. */
  readonly above: readonly number[];
  readonly below: readonly number[];
  /** First and last candidate that was never refuted. */
  readonly first: number;
  readonly last: number;
}

export interface RiskEstimate {
  /** Mean of the weighted losses. */
  readonly risk: number;
  /** Holds at all times at once with the confidence of the plan. */
  readonly interval: readonly [low: number, high: number];
  readonly cases: number;
  readonly labels: number;
}

/** Candidate risks lie denser near 0, where risks are. */
const candidates = 400;
const density = 2.5;
const grid = Float64Array.from({ length: candidates }, (_, i) => (i / (candidates - 1)) ** density);
/** Neither bet stakes more than this part of what it has. */
const stakeMax = 0.5;
/** Variance that is assumed before any loss was seen, as that of so many cases with the smallest weight. */
const priorVariance = 0.25;
const priorCases = 0.1;
/** What a bettor who lost everything keeps, so that it can still speak up; too little to change what is proved. */
const wealthMin = 1e-250;

/**
 * Risk of all cases from the audited ones, with an interval that may be looked at after every case.
 *
 * Two bettors for each candidate m, one that the mean is above and one that it is below; m is out once either has more
 * than 2 / alpha. Losses are scaled by the smallest audit probability into [0, 1]; the stakes follow from the past.
 *
 * @see Waudby-Smith and Ramdas 2024, section 4 (hedged capital process, predictable plug-in stakes)
 */
export class AuditedRisk {
  readonly #plan: AuditedRiskPlan;
  readonly #above: Float64Array;
  readonly #below: Float64Array;
  #cases: number;
  #labels: number;
  #sum: number;
  #squares: number;
  #first: number;
  #last: number;

  /** @throws {RangeError} on a plan without meaning, or a state of another shape */
  constructor(plan: AuditedRiskPlan, state?: AuditedRiskState) {
    if (!(plan.probabilityMin > 0 && plan.probabilityMin <= 1 && plan.confidence > 0 && plan.confidence < 1))
      throw new RangeError("an audited risk needs a smallest probability and a confidence");
    if (state !== undefined && (state.above.length !== candidates || state.below.length !== candidates))
      throw new RangeError("the saved state has other candidates");
    this.#plan = plan;
    this.#above = state === undefined ? new Float64Array(candidates).fill(1) : Float64Array.from(state.above);
    this.#below = state === undefined ? new Float64Array(candidates).fill(1) : Float64Array.from(state.below);
    this.#cases = state?.cases ?? 0;
    this.#labels = state?.labels ?? 0;
    this.#sum = state?.sum ?? 0;
    this.#squares = state?.squares ?? 0;
    this.#first = state?.first ?? 0;
    this.#last = state?.last ?? candidates - 1;
  }

  /**
   * One case in the order of the coins. A case that is audited and not labelled yet holds up those after it.
   *
   * @param one its judgement is the loss, [0, 1]
   * @throws {RangeError} on a probability below the plan's smallest or a loss outside of [0, 1]
   */
  update(one: Audited<number>): void {
    const { probability, judgement } = one;
    if (!(probability >= this.#plan.probabilityMin))
      throw new RangeError(`${probability} is below the smallest audit probability ${this.#plan.probabilityMin}`);
    if (judgement !== undefined && !(judgement >= 0 && judgement <= 1))
      throw new RangeError(`${judgement} is not a loss between 0 and 1`);
    const x = weightedLoss(one) * this.#plan.probabilityMin;
    this.#bet(x, this.#stake());
    const before = this.#cases === 0 ? 0 : this.#sum / this.#cases;
    this.#cases++;
    if (judgement !== undefined) this.#labels++;
    this.#sum += x;
    this.#squares += (x - before) * (x - this.#sum / this.#cases);
  }

  get estimate(): RiskEstimate {
    const { probabilityMin } = this.#plan;
    return {
      risk: this.#cases === 0 ? Number.NaN : this.#sum / this.#cases / probabilityMin,
      // One candidate further out on either side: the bound lies between it and the last one that held.
      interval: [
        grid[Math.max(0, this.#first - 1)] as number,
        grid[Math.min(candidates - 1, this.#last + 1)] as number,
      ],
      cases: this.#cases,
      labels: this.#labels,
    };
  }

  save(): AuditedRiskState {
    return {
      cases: this.#cases,
      labels: this.#labels,
      sum: this.#sum,
      squares: this.#squares,
      above: [...this.#above],
      below: [...this.#below],
      first: this.#first,
      last: this.#last,
    };
  }

  /** lambda_t = sqrt(2 ln(2 / alpha) / (variance t ln(t + 1))), from the cases before. */
  #stake(): number {
    const t = this.#cases + 1;
    const scale = this.#plan.probabilityMin;
    const variance = (priorVariance * scale * priorCases + this.#squares) / (priorCases + this.#cases);
    const alpha = 1 - this.#plan.confidence;
    return Math.sqrt((2 * Math.log(2 / alpha)) / (variance * t * Math.log(t + 1)));
  }

  #bet(x: number, stake: number): void {
    const scale = this.#plan.probabilityMin;
    const limit = 2 / (1 - this.#plan.confidence);
    // What was refuted once stays refuted.
    const out = (i: number): boolean => (this.#above[i] as number) >= limit || (this.#below[i] as number) >= limit;
    for (let i = this.#first; i <= this.#last; i++) {
      if (out(i)) continue;
      const m = (grid[i] as number) * scale;
      const up = m * stake > stakeMax ? stakeMax / m : stake;
      const down = Math.min(stake, stakeMax / (1 - m));
      this.#above[i] = Math.max(wealthMin, Math.min(limit, (this.#above[i] as number) * (1 + up * (x - m))));
      this.#below[i] = Math.max(wealthMin, Math.min(limit, (this.#below[i] as number) * (1 - down * (x - m))));
    }
    while (this.#first < this.#last && out(this.#first)) this.#first++;
    while (this.#last > this.#first && out(this.#last)) this.#last--;
  }
}
