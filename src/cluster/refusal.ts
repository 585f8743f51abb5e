import type { PredictTask, ProblemMessage } from "../contracts/index.ts";
import type { Target } from "./target.ts";

const secondsMax = 30;
/** A node that is back says so within this time. */
const nodeBackS = 2;
/** Callers that were refused together must not come back together. */
const jitter = 0.2;

/** Why nobody can be asked, and when asking again is worth it. */
export function refusal(
  targets: readonly Target[],
  task: PredictTask,
  now: number,
  random: () => number,
): ProblemMessage {
  const able = targets.filter((target) => ["ready", "suspect"].includes(target.state(now)));
  const holding = able.filter((target) => target.holds(task.packs) !== "no");
  if (holding.length > 0) {
    // All have as much as they may have: half of the soonest will be done by then.
    const waitMs = Math.min(...holding.map((target) => target.expectedMs(task, now)));
    const seconds = Math.ceil((waitMs / 2000) * (1 + jitter * (2 * random() - 1)));
    return { code: "queue-full", retryAfterS: Math.min(secondsMax, Math.max(1, seconds)) };
  }
  if (able.length > 0) return { code: "pack-not-installed", detail: "no node holds the pack" };
  return { code: "engine-not-ready", retryAfterS: nodeBackS, detail: "no node can be asked" };
}
