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
  readonly #samples: number[] = [];
  #at = 0;
  #saved = 0;

  /** A task that might be hedged was accepted. */
  earn(): void {
    this.#saved = Math.min(savedMax, this.#saved + share);
  }

  /** @returns whether one is paid for */
  spend(): boolean {
    // Twenty additions of a twentieth are a little less than one.
    if (this.#saved < 1 - 1e-9) return false;
    this.#saved -= 1;
    return true;
  }

  observe(ms: number): void {
    this.#samples[this.#at] = ms;
    this.#at = (this.#at + 1) % samplesMax;
  }

  /** ms after which an answer is late; undefined while too few are known. */
  get lateMs(): number | undefined {
    if (this.#samples.length < samplesMin) return undefined;
    const sorted = this.#samples.toSorted((one, other) => one - other);
    return sorted[Math.ceil(sorted.length * quantile) - 1];
  }
}
