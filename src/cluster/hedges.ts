import { Allowance } from "./allowance.ts";

const share = 0.05;
const savedMax = 2;
const samplesMax = 200;
const samplesMin = 20;
const quantile = 0.95;

/**
 * When a second node may be asked the same: not before the 95th percentile of the answers so far, and for at most one in
 * twenty tasks, because a slow cluster must not get more work for being slow.
 */
export class Hedges {
  /** For tasks that might be hedged. */
  readonly allowance = new Allowance(share, savedMax);
  readonly #samples: number[] = [];
  #at = 0;
  #late: number | undefined;
  /** Answers since `#late` was computed. */
  #unseen = 0;

  observe(ms: number): void {
    this.#samples[this.#at] = ms;
    this.#at = (this.#at + 1) % samplesMax;
    this.#unseen++;
  }

  /** ms after which an answer is late; undefined while too few are known. */
  get lateMs(): number | undefined {
    if (this.#samples.length < samplesMin) return undefined;
    if (this.#unseen > 0) {
      const sorted = this.#samples.toSorted((one, other) => one - other);
      this.#late = sorted[Math.ceil(sorted.length * quantile) - 1];
      this.#unseen = 0;
    }
    return this.#late;
  }
}
