import type { Band } from "../contracts/pack.ts";

/** How many settings of a band were certified, and are at hand; 0 where none was. */
export const certifiedSteps = ({ certificate, steps = [] }: Pick<Band, "certificate" | "steps">): number =>
  certificate.certified ? steps.length : 0;

/**
 * Thresholds of a bolder or safer place among the certified ones. Step 0 asks a person: for everything where the band
 * was certified, because then the fast exits were part of what was proved; else for everything of the band.
 *
 * @param step from 0 to `certifiedSteps`
 * @throws {RangeError} on a step that was not certified
 */
export function thresholdsOf(
  band: Pick<Band, "lo" | "hi" | "certificate" | "steps">,
  step: number,
): Pick<Band, "lo" | "hi" | "a" | "b"> {
  if (step === 0) return band.certificate.certified ? everyone : { lo: band.lo, hi: band.hi, a: 0, b: 1 };
  const found = step <= certifiedSteps(band) ? band.steps?.[step - 1] : undefined;
  if (found === undefined) throw new RangeError(`step ${step} of the band was not certified`);
  const [lo, hi, a, b] = found;
  return { lo, hi, a, b };
}

const everyone = { lo: 0, hi: 1, a: 0, b: 1 };
