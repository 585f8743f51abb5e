import type { HarmStream } from "../monitor/plan.ts";

/**
 * What the harm streams that alarmed say together. Disagreement of two readers is a suspicion: they share a backbone and
 * can be wrong together, or the fine one can be the wrong one. Only human labels (error, calibration) confirm harm.
 */
export function harmOf(alarmed: readonly HarmStream[]): "none" | "suspicion" | "harm" {
  if (alarmed.length === 0) return "none";
  const suspects: readonly HarmStream[] = ["disagreement-negative", "disagreement-positive"];
  return alarmed.every((stream) => suspects.includes(stream)) ? "suspicion" : "harm";
}

/** Step of the certified band to fall back to while harm is looked into: half as bold. 0 is "everything to a person". */
export const widenedStep = (step: number): number => Math.floor(step / 2);
