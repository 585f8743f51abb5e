/** Weight of the newest run against all before it. */
const newestShare = 0.1;

/**
 * What a run costs: a + b·n ms for a batch of n, fitted online by exponentially weighted least squares. It drives the
 * estimated waiting time, and nothing else: an estimate may refuse work that cannot be done in time, never change an
 * answer.
 */
export class CostModel {
  #n = 0;
  #t = 0;
  #nn = 0;
  #nt = 0;
  #seen = false;

  /** @param items batch size, at least 1; @param ms time of the run */
  observe(items: number, ms: number): void {
    const share = this.#seen ? newestShare : 1;
    this.#seen = true;
    this.#n += share * (items - this.#n);
    this.#t += share * (ms - this.#t);
    this.#nn += share * (items * items - this.#nn);
    this.#nt += share * (items * ms - this.#nt);
  }

  /** Cost of a batch, ms; 0 before the first observation. */
  estimate(items: number): number {
    const variance = this.#nn - this.#n * this.#n;
    const perItem =
      variance > 1e-6 ? Math.max(0, (this.#nt - this.#n * this.#t) / variance) : this.#t / Math.max(1, this.#n);
    const fixed = Math.max(0, this.#t - perItem * this.#n);
    return fixed + perItem * items;
  }
}
