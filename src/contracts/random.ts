/** A stream of numbers in [0, 1) that depends on nothing but its seeds. @see mulberry32, Tommy Ettinger 2017 */
export class Random {
  #state: number;

  constructor(...seeds: readonly number[]) {
    this.#state =
      seeds.reduce((state, seed) => Math.imul(state ^ (seed >>> 0), 0x9e3779b1) + 0x7f4a7c15, 0x12345678) >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  chance(share: number): boolean {
    return this.next() < share;
  }
}
