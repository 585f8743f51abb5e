import type { PredictResult, PredictTask, ProblemMessage } from "../contracts/index.ts";
import type { LostCause } from "./outcome.ts";

/** What the core wants done. `settle` comes exactly once for each task that was submitted and not cancelled. */
export type Effect =
  | { readonly kind: "send"; readonly attempt: number; readonly target: string; readonly task: PredictTask }
  /** Nobody waits for this attempt any more. */
  | { readonly kind: "cancel"; readonly attempt: number }
  | { readonly kind: "settle"; readonly id: string; readonly result: PredictResult }
  | { readonly kind: "settle"; readonly id: string; readonly problem: ProblemMessage }
  | { readonly kind: "retried"; readonly cause: RetryCause }
  | { readonly kind: "hedged"; readonly won: boolean }
  /** An engine answered that this image ends processes, and the others may not know. */
  | { readonly kind: "quarantined"; readonly sha256: string };

export type RetryCause = LostCause | "busy";
