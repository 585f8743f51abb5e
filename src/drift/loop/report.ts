import type { DriftReport } from "../../contracts/index.ts";
import { DriftMonitor } from "../monitor/drift-monitor.ts";
import { AuditedRisk } from "../risk/audited-risk.ts";
import { servedOf } from "./due.ts";
import { type LoopState, riskPlan, type Watched } from "./state.ts";

/** What the monitor says now, for people and dashboards. */
export function reportOf(watched: Watched, state: LoopState, at: string): DriftReport {
  const monitor = new DriftMonitor(watched.reference, watched.rates, state.monitor);
  const { risk, interval, cases, labels } = new AuditedRisk(riskPlan(watched), state.risk).estimate;
  const { band, auditFactor, candidate } = servedOf(watched.programme, state);
  const detectors: Readonly<Record<string, { readonly cases: number } | undefined>> = {
    ...state.monitor.look.detectors,
    ...state.monitor.harm.detectors,
  };
  return {
    programme: watched.programme,
    release: state.release,
    since: state.since,
    at,
    cases: state.readCases,
    groups: monitor.groups.map(({ id, threshold, value, streams, alarm }) => ({
      kind: id as "look" | "harm",
      threshold,
      evidence: value,
      alarmed: alarm !== undefined,
      streams: streams.map(({ stream, value: evidence, changeAtCase }) => ({
        stream,
        evidence,
        cases: detectors[stream]?.cases ?? 0,
        changeAtCase,
      })),
    })),
    risk: { ...(cases > 0 && { value: risk }), interval, cases, labels, target: watched.reference.errorRateMax },
    unusable: state.unusable,
    auditFactor,
    ...(band && { band }),
    ...(candidate && { candidate }),
    open: [state.look?.id, state.harm?.incident.id].filter((id) => id !== undefined),
  };
}
