import type { PredictResult, PredictTask, ProblemMessage } from "../contracts/index.ts";

/** Why an attempt ended without a word from whoever was asked. */
export const lostCauses = ["died", "nobody", "silent", "garbled", "bus"] as const;
export type LostCause = (typeof lostCauses)[number];

/** How one attempt at a task ended. */
export type Outcome =
  | { readonly kind: "answered"; readonly result: PredictResult }
  | { readonly kind: "refused"; readonly problem: ProblemMessage }
  | { readonly kind: "lost"; readonly cause: LostCause };

/** Whoever one attempt can be made at. Never rejects; what comes after the signal is not looked at. */
export interface Attempter {
  attempt(task: PredictTask, signal: AbortSignal): Promise<Outcome>;
}
