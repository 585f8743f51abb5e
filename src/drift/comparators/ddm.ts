import type { Comparator } from "./comparator.ts";

const casesMin = 30;
const deviationsMax = 3;

/**
 * Error rate p with s = sqrt(p (1 - p) / n); alarm when p + s exceeds the smallest p + s so far by three of its s.
 * @see Gama et al. 2004
 */
export class DriftDetectionMethod implements Comparator {
  #cases = 0;
  #rate = 0;
  #best: { readonly rate: number; readonly deviation: number } | undefined;

  update(one: number): boolean {
    this.#cases++;
    this.#rate += (one - this.#rate) / this.#cases;
    if (this.#cases < casesMin) return false;
    const deviation = Math.sqrt((this.#rate * (1 - this.#rate)) / this.#cases);
    // Before the first event there is no rate to grow from.
    if (this.#rate > 0 && (this.#best === undefined || this.#rate + deviation < this.#best.rate + this.#best.deviation))
      this.#best = { rate: this.#rate, deviation };
    return this.#best !== undefined && this.#rate + deviation > this.#best.rate + deviationsMax * this.#best.deviation;
  }
}
