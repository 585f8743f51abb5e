import type { Comparator } from "./comparator.ts";

/** Defaults as River 0.26 has them. */
const usual = { tolerance: 0.005, threshold: 50, casesMin: 30, keep: 0.9999 } as const;

/**
 * m <- keep m + (x - running mean - tolerance); alarm when m exceeds its minimum by more than the threshold.
 * @see Page 1954; the increasing side of River's `PageHinkley`
 */
export class PageHinkley implements Comparator {
  readonly #settings: {
    readonly tolerance: number;
    readonly threshold: number;
    readonly casesMin: number;
    readonly keep: number;
  };
  #cases = 0;
  #mean = 0;
  #sum = 0;
  #sumMin = Infinity;

  constructor(settings: { readonly tolerance?: number; readonly threshold?: number; readonly keep?: number } = {}) {
    this.#settings = { ...usual, ...settings };
  }

  update(one: number): boolean {
    const { tolerance, threshold, casesMin, keep } = this.#settings;
    this.#cases++;
    this.#mean += (one - this.#mean) / this.#cases;
    this.#sum = keep * this.#sum + one - this.#mean - tolerance;
    this.#sumMin = Math.min(this.#sumMin, this.#sum);
    return this.#cases >= casesMin && this.#sum - this.#sumMin > threshold;
  }
}
