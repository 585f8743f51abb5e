import type { Stratum } from "../../contracts/drift.ts";

/** Probability of each audit by stratum, all above 0: what is never looked at cannot be estimated. */
export interface AuditRates {
  /** Of a look by the fine reader. The band has 1: it is escalated anyway. */
  readonly fine: Readonly<Record<Stratum, number>>;
  /** Of a label by a person. */
  readonly human: Readonly<Record<Stratum, number>>;
}

export const defaultAuditRates: AuditRates = {
  fine: { "fast-negative": 0.05, "fast-positive": 0.2, band: 1 },
  human: { "fast-negative": 0.01, "fast-positive": 0.01, band: 0.05 },
};

const boostFactor = 5;
const boostCases = 2000;

export interface AuditPolicyState {
  readonly boostedCasesLeft: number;
}

/**
 * Audit probabilities from the past alone. After a look alarm they are five times as high for the next 2000 cases;
 * the case that raised the alarm keeps the probability it was taken in with.
 */
export class AuditPolicy {
  readonly #rates: AuditRates;
  #boostedCasesLeft: number;

  /** @throws {RangeError} on a rate outside of (0, 1] */
  constructor(rates: AuditRates, state?: AuditPolicyState) {
    for (const rate of [...Object.values(rates.fine), ...Object.values(rates.human)])
      if (!(rate > 0 && rate <= 1)) throw new RangeError(`${rate} is not an audit probability above 0`);
    this.#rates = rates;
    this.#boostedCasesLeft = state?.boostedCasesLeft ?? 0;
  }

  /** The probabilities of the next case. Counts it. */
  next(stratum: Stratum): { readonly fine: number; readonly human: number } {
    const factor = this.#boostedCasesLeft > 0 ? boostFactor : 1;
    this.#boostedCasesLeft = Math.max(0, this.#boostedCasesLeft - 1);
    return {
      fine: Math.min(1, factor * this.#rates.fine[stratum]),
      human: Math.min(1, factor * this.#rates.human[stratum]),
    };
  }

  /** From the next case on. */
  boost(): void {
    this.#boostedCasesLeft = boostCases;
  }

  get boostedCasesLeft(): number {
    return this.#boostedCasesLeft;
  }

  save(): AuditPolicyState {
    return { boostedCasesLeft: this.#boostedCasesLeft };
  }
}
