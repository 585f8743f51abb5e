const firstMs = 200;
const mostMs = 10_000;
const rememberedMs = 60_000;

/** How long to wait before the next engine is started: 0.2 s, doubled for each death in the last minute, at most 10 s. */
export class BackOff {
  #deaths: number[] = [];

  /** Deaths in the last minute, the newest included. */
  get deaths(): number {
    return this.#deaths.length;
  }

  afterDeath(now: number): number {
    this.#deaths = [...this.#deaths.filter((at) => now - at < rememberedMs), now];
    return Math.min(mostMs, firstMs * 2 ** (this.#deaths.length - 1));
  }
}
