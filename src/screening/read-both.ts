import { inputKeyOf, networkOf, type PredictResult, type Programme } from "../contracts/index.ts";

/**
 * What both readers see in one image, fast first: in one pass with one decode where they want the same pixels, else in
 * two. The quality is that of the fast reader's pixels.
 *
 * @param predict one task on these packs
 */
export async function readBoth(
  predict: (packs: readonly string[]) => Promise<PredictResult>,
  { fast, fine }: Pick<Programme, "fast" | "fine">,
): Promise<PredictResult> {
  if (inputKeyOf(networkOf(fast.load)) === inputKeyOf(networkOf(fine.load))) return predict([fast.digest, fine.digest]);
  const first = await predict([fast.digest]);
  const second = await predict([fine.digest]);
  return {
    ...first,
    readings: [...first.readings, ...second.readings],
    queueMs: first.queueMs + second.queueMs,
    decodeMs: first.decodeMs + second.decodeMs,
  };
}
