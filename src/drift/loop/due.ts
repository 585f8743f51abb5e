import type { ServedDrift } from "../../contracts/index.ts";
import type { Action } from "./facts.ts";
import type { HarmInWork, LoopState } from "./state.ts";

export const actionId = (incident: string, step: Action["kind"]): string => `${incident}/${step}`;

/** What is to be done now. A function of the state alone: after a crash the same is due under the same ids. */
export function dueActions({ harm, retiring }: LoopState): readonly Action[] {
  const retirements = retiring.map(
    ({ id, release, why }): Action => ({
      id: actionId(id, "retire"),
      incident: id,
      kind: "retire",
      candidate: release,
      why,
    }),
  );
  const next = harm === null ? undefined : stepOf(harm);
  return next === undefined ? retirements : [...retirements, next];
}

function stepOf({ incident: { id, state }, region, candidate, done }: HarmInWork): Action | undefined {
  const named = (kind: Action["kind"]) => ({ id: actionId(id, kind), incident: id });
  if (state === "training") return { ...named("train"), kind: "train", region };
  if (candidate === undefined) return undefined;
  if (state === "gate") return { ...named("compare"), kind: "compare", candidate, region };
  if (state === "shadow" && !done.includes("shadow"))
    return { ...named("shadow"), kind: "shadow", candidate, why: "passed the gate" };
  if (state === "canary" && done.includes("canary"))
    return { ...named("activate"), kind: "activate", candidate, why: "passed the canary" };
  return undefined;
}

/** Audits while a look is taken, or a candidate answers some: five times as many. */
const auditFactor = 5;

/** What every gateway has to follow. */
export function servedOf(programme: string, { harm, look, safer, monitor, arriving }: LoopState): ServedDrift {
  const candidate = arriving === null ? candidateOf(harm) : { ...arriving, percent: 100 };
  const isBoosted = (look !== null && monitor.policy.boostedCasesLeft > 0) || harm?.incident.state === "canary";
  return {
    programme,
    ...(safer !== null && { band: safer }),
    auditFactor: isBoosted ? auditFactor : 1,
    ...(candidate && { candidate }),
  };
}

function candidateOf(harm: HarmInWork | null): ServedDrift["candidate"] {
  if (harm?.candidate === undefined) return undefined;
  const percent = harm.incident.state === "canary" ? (harm.canary?.stage ?? 0) : 0;
  return { release: harm.candidate, percent, incident: harm.incident.id };
}
