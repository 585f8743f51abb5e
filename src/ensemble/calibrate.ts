import type { Calibration } from "../contracts/pack.ts";
import { sigmoid } from "./probability.ts";

/**
 * Turns a reader's raw score into a calibrated probability of the positive label.
 *
 * @param raw tree margin or network logit, unbounded, no unit
 * @returns [0, 1]
 * @see Platt 1999; Guo et al. 2017 (temperature scaling is slope = 1/T, intercept = 0)
 */
export function calibrate(raw: number, calibration: Pick<Calibration, "slope" | "intercept">): number {
  return sigmoid(calibration.slope * raw + calibration.intercept);
}

/**
 * Conformal p-value of "this image is of the kind the pack was trained on": the share of training images that look
 * no more like their neighbours than this one does.
 *
 * @param similarity mean cosine to the nearest training images, [-1, 1]
 * @param reference the same measure of the training images themselves, sorted ascending
 * @returns (0, 1]; uniform for images of the trained kind
 */
export function conformalPValue(similarity: number, reference: readonly number[]): number {
  let below = 0;
  let above = reference.length;
  while (below < above) {
    const middle = (below + above) >>> 1;
    if ((reference[middle] as number) <= similarity) below = middle + 1;
    else above = middle;
  }
  return (1 + below) / (reference.length + 1);
}
