/** What may be done for a share of all tasks: saved up a little with each of them, and spent at once. */
export class Allowance {
  readonly #share: number;
  readonly #savedMax: number;
  #saved = 0;

  constructor(share: number, savedMax: number) {
    this.#share = share;
    this.#savedMax = savedMax;
  }

  /** A task was accepted. */
  earn(): void {
    this.#saved = Math.min(this.#savedMax, this.#saved + this.#share);
  }

  /** Whether one is paid for. */
  get affordable(): boolean {
    // Twenty additions of a twentieth are a little less than one.
    return this.#saved >= 1 - 1e-9;
  }

  /** @returns whether one was paid for */
  spend(): boolean {
    if (!this.affordable) return false;
    this.#saved -= 1;
    return true;
  }
}
