import type { PredictorStatus } from "../contracts/index.ts";
import type { EngineStatus } from "./messages.ts";
import type { TaskLedger } from "./task-ledger.ts";

/** @param engine what the engine process says; undefined while there is none, when all that was accepted waits */
export function predictorStatus(
  own: Pick<PredictorStatus, "state" | "reason" | "packs" | "workers" | "restarts" | "cancelledItems">,
  { size, accepted, settled }: Pick<TaskLedger, "size" | "accepted" | "settled">,
  engine: EngineStatus | undefined,
): PredictorStatus {
  const queuedIn = (lane: "interactive" | "escalation" | "bulk") => ({
    queuedItems: engine?.queuedByLane[lane] ?? 0,
  });
  return {
    ...own,
    busyWorkers: engine?.busyWorkers ?? 0,
    runningItems: engine?.runningItems ?? 0,
    queuedItems: engine?.queuedItems ?? size,
    queuedBytes: engine?.queuedBytes ?? 0,
    lanes: { interactive: queuedIn("interactive"), escalation: queuedIn("escalation"), bulk: queuedIn("bulk") },
    acceptedItems: accepted,
    settledItems: settled,
  };
}
