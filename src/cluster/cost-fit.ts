/** Weight of the newest observation against all before it. */
const newestShare = 0.1;

/** The n-th open image of a node is answered after `fixedMs + itemMs * n`. */
export interface Cost {
  readonly fixedMs: number;
  readonly itemMs: number;
}

/**
 * How long a node takes for its n-th open image: a + b·n ms, fitted online by exponentially weighted least squares. Speed,
 * threads and the network are all in it. It chooses between nodes, and never changes an answer.
 */
export class CostFit {
  #n = 0;
  #t = 0;
  #nn = 0;
  #nt = 0;
  #seen = false;

  /** @param n open images at that node when this one was sent, itself included; @param ms until its answer */
  observe(n: number, ms: number): void {
    const share = this.#seen ? newestShare : 1;
    this.#seen = true;
    this.#n += share * (n - this.#n);
    this.#t += share * (ms - this.#t);
    this.#nn += share * (n * n - this.#nn);
    this.#nt += share * (n * ms - this.#nt);
  }

  /** Undefined before the first observation. */
  get cost(): Cost | undefined {
    if (!this.#seen) return undefined;
    const variance = this.#nn - this.#n * this.#n;
    const perItem = variance > 1e-6 ? (this.#nt - this.#n * this.#t) / variance : this.#t / this.#n;
    // Neither part can be negative: what noise says beyond that belongs to the other one.
    const itemMs = Math.min(Math.max(0, perItem), this.#t / this.#n);
    // Rounding may leave less than nothing, which a heartbeat cannot say.
    return { fixedMs: Math.max(0, this.#t - itemMs * this.#n), itemMs };
  }
}
