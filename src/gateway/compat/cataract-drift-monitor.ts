import { z } from "@hono/zod-openapi";
import type { DriftReport } from "../../contracts/index.ts";

export const monitorSchema = z
  .strictObject({
    since: z.string(),
    groups: z.array(
      z.strictObject({
        kind: z.enum(["look", "harm"]),
        evidence: z.number(),
        threshold: z.number(),
        alarmed: z.boolean(),
      }),
    ),
    audited_risk: z.number().nullable().openapi({ description: "Share of wrong automatic decisions; null before any" }),
    audited_risk_interval: z.tuple([z.number(), z.number()]),
    labels: z.int(),
    incidents: z.array(z.string()),
  })
  .openapi("CataractDriftMonitor");

const method =
  "Evidence against 'nothing has changed' (e-detectors), as the share of the way to the alarm that is nearest, on a logarithmic scale; at most one false alarm in as many cases as the threshold says, on average";

/** What `/drift_status` says where the monitor watches: its evidence in place of a distance. */
export function judgedByMonitor(report: DriftReport) {
  const { groups, cases, risk, since, open, release } = report;
  const isAlarmed = groups.some(({ alarmed }) => alarmed);
  const score = Math.max(
    ...groups.map(({ evidence, threshold, alarmed }) => (alarmed ? 1 : wayTo(evidence, threshold))),
  );
  return {
    drift_score: score,
    n: cases,
    critical_value: 1,
    exceeded: isAlarmed,
    message: messageOf(cases, isAlarmed, open),
    method,
    reference: { distribution: "scores of readers that had not seen the image", pack: release },
    monitor: {
      since,
      groups: groups.map(({ kind, evidence, threshold, alarmed }) => ({ kind, evidence, threshold, alarmed })),
      audited_risk: risk.value ?? null,
      audited_risk_interval: [...risk.interval] as [number, number],
      labels: risk.labels,
      incidents: [...open],
    },
  };
}

/** 0 at an evidence of 1 or less, 1 at the threshold. */
const wayTo = (evidence: number, threshold: number): number =>
  Math.min(1, Math.max(0, Math.log(Math.max(1, evidence)) / Math.log(threshold)));

function messageOf(cases: number, isAlarmed: boolean, open: readonly string[]): string {
  if (cases === 0) return "Nothing was seen yet of the release that serves.";
  if (isAlarmed) return `Something has changed: see GET /v1/incidents/${open[0] ?? ""}.`;
  return "No more than chance explains.";
}
