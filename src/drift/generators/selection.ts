import { Random } from "../../contracts/random.ts";

/** A case of the selection-bias stream. */
export interface SelectedCase {
  /** In the band, so the fine reader looks anyway. */
  readonly band: boolean;
  readonly disagrees: boolean;
}

/** Traffic by which the cascade's blind spot is shown. */
const bandShare = 0.2;
const bandDisagreement = 0.3;
const confidentBefore = 0.01;
const confidentAfter = 0.12;

/**
 * Generator S: 80 % of the cases are decided by the fast reader alone, and the fine one would contradict 1 % of them;
 * in the band it contradicts 30 %. From `changeAt` on a new sub-group makes it 12 % outside the band and leaves the
 * band as it was, so who looks at the band alone sees nothing. Endless.
 */
export function* selectionStream(seed: number, changeAt: number): Generator<SelectedCase> {
  const random = new Random(seed, 0x5);
  for (let i = 0; ; i++) {
    const band = random.chance(bandShare);
    const confident = i < changeAt ? confidentBefore : confidentAfter;
    yield { band, disagrees: random.chance(band ? bandDisagreement : confident) };
  }
}
