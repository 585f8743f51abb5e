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
