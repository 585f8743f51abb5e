import { type CaseRecord, type Lane, type ObjectStore, type PredictResult, Problem } from "../contracts/index.ts";
import { inSpan } from "../platform/index.ts";
import { observe } from "./look.ts";
import type { ScreeningDeps } from "./screen-request.ts";
import { readingMsMax } from "./settlement.ts";

export interface ReadAgainDeps extends Pick<ScreeningDeps, "predictor" | "metrics" | "newCaseId" | "tracer"> {
  readonly objects: Pick<ObjectStore, "getObject">;
}

/**
 * What a pack sees in the stored image of a case.
 * @throws {Problem} image-gone, store-unavailable, and those of `Predictor.predict`
 */
export async function readAgain(
  { predictor, objects, metrics, newCaseId, tracer }: ReadAgainDeps,
  { image: { sha256, mediaType, width, height } }: Pick<CaseRecord, "image">,
  pack: string,
  lane: Lane,
  signal: AbortSignal,
): Promise<PredictResult> {
  const bytes = await objects.getObject(sha256);
  if (bytes === undefined) throw new Problem("image-gone");
  const task = { id: newCaseId(), packs: [pack], image: { bytes, sha256, mediaType, width, height } };
  // A trace of its own: whoever asked for the case has had an answer.
  const result = await inSpan(tracer, "look again", { attributes: { "fovea.lane": lane } }, (trace) =>
    predictor.predict({ ...task, lane, trace, remainingMs: readingMsMax }, signal),
  );
  observe(metrics, result, lane);
  return result;
}
