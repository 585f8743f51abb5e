import type { PredictResult, PredictTask, ProblemMessage } from "../contracts/index.ts";
import type { GiveUp } from "./give-up.ts";

/** Why an attempt ended without a word from whoever was asked. */
export const lostCauses = ["died", "nobody", "silent", "garbled", "bus"] as const;
export type LostCause = (typeof lostCauses)[number];

/** How one attempt at a task ended. */
export type Outcome =
  | { readonly kind: "answered"; readonly result: PredictResult }
  | { readonly kind: "refused"; readonly problem: ProblemMessage }
  | { readonly kind: "lost"; readonly cause: LostCause };

/** Whoever one attempt can be made at. Never rejects; what comes after it was given up is not looked at. */
export interface Attempter {
  attempt(task: PredictTask, giveUp: GiveUp): Promise<Outcome>;
}
