import type { ProblemMessage } from "../contracts/index.ts";
import type { Target, Wanted } from "./target.ts";

const secondsMax = 30;
/** A node that is back says so within this time. */
const nodeBackS = 2;
/** Callers that were refused together must not come back together. */
const jitter = 0.2;

/** Why nobody can be asked now. */
export type Verdict =
  /** All have as much as they may have; the soonest is done with it in so many ms. */
  { readonly why: "full"; readonly waitMs: number } | { readonly why: "no-pack" } | { readonly why: "nobody" };

/** Looks at every target. */
export function whyNobody(targets: Iterable<Target>, wanted: Wanted, now: number): Verdict {
  let able = false;
  let waitMs: number | undefined;
  for (const target of targets) {
    const state = target.state(now);
    if (state !== "ready" && state !== "suspect") continue;
    able = true;
    if (target.holds(wanted.packs) === "no") continue;
    waitMs = Math.min(waitMs ?? Number.POSITIVE_INFINITY, target.expectedMs(wanted, now));
  }
  if (waitMs !== undefined) return { why: "full", waitMs };
  return { why: able ? "no-pack" : "nobody" };
}

/** The same for a caller, with when asking again is worth it. */
export function refusalOf(verdict: Verdict, random: () => number): ProblemMessage {
  if (verdict.why === "no-pack") return { code: "pack-not-installed", detail: "no node holds the pack" };
  if (verdict.why === "nobody")
    return { code: "engine-not-ready", retryAfterS: nodeBackS, detail: "no node can be asked" };
  // Half of the soonest will be done by then.
  const seconds = Math.ceil((verdict.waitMs / 2000) * (1 + jitter * (2 * random() - 1)));
  return { code: "queue-full", retryAfterS: Math.min(secondsMax, Math.max(1, seconds)) };
}
