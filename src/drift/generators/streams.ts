import { Random } from "../../contracts/random.ts";

/** Standard normal numbers of a seeded stream. @see Box and Muller 1958 */
export class Normals {
  readonly #random: Random;
  #spare: number | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): number {
    const spare = this.#spare;
    if (spare !== undefined) {
      this.#spare = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random.next()));
    const angle = 2 * Math.PI * this.#random.next();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/** Generator B: events at one rate, from `changeAt` on at another. Endless. */
export function* eventStream(seed: number, before: number, after: number, changeAt: number): Generator<boolean> {
  const random = new Random(seed, 0xb);
  for (let i = 0; ; i++) yield random.chance(i < changeAt ? before : after);
}
