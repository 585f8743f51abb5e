import { z } from "@hono/zod-openapi";
import { incidentStates } from "../../contracts/index.ts";

const count = z.int().min(0);
const evidence = z.number().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const bandSchema = z.strictObject({ step: count, incident: z.string() });
const candidateSchema = z.strictObject({
  release: sha256,
  percent: z.number().min(0).max(100).openapi({ description: "Of the groups, whose cases it answers" }),
  incident: z.string(),
});

const streamSchema = z.strictObject({
  stream: z.string().openapi({ example: "disagreement-negative" }),
  evidence,
  cases: count.openapi({ description: "Of this stream since its beginning, with or without evidence" }),
  changeAtCase: count.openapi({ description: "Where a change most likely was, on the same count; 0: nowhere" }),
});

const groupSchema = z.strictObject({
  kind: z.enum(["look", "harm"]).openapi({
    description: "`look`: something is different, which asks for a closer look; `harm`: decisions are wrong, or may be",
  }),
  threshold: z.number().positive().openapi({ description: "At most one false alarm in so many cases on average" }),
  evidence: evidence.openapi({ description: "Mean over the streams; the alarm comes when it reaches the threshold" }),
  alarmed: z.boolean(),
  streams: z.array(streamSchema),
});

const riskSchema = z.strictObject({
  value: z.number().min(0).optional().openapi({ description: "Weighted mean; absent before the first case" }),
  interval: z.tuple([z.number(), z.number()]).openapi({ description: "95 %; holds at every look at once" }),
  cases: count,
  labels: count.openapi({ description: "Labels of people that it rests on: what it has cost" }),
  target: z.number().openapi({ description: "What the band allows" }),
});

const reportSchema = z
  .strictObject({
    programme: z.string(),
    release: sha256,
    since: z.iso.datetime(),
    at: z.iso.datetime(),
    cases: count,
    groups: z.array(groupSchema),
    risk: riskSchema.openapi({ description: "Share of wrong automatic decisions, from cases audited by chance" }),
    unusable: count.openapi({ description: "Cases that could not be watched" }),
    auditFactor: z.number().positive().openapi({ description: "Times as many audits as usual" }),
    band: bandSchema.optional().openapi({ description: "The safer band in force" }),
    candidate: candidateSchema.optional(),
    open: z.array(z.string()).openapi({ description: "Incidents in work" }),
  })
  .openapi("DriftReport");

export const driftSchema = z
  .strictObject({
    programmes: z.array(reportSchema),
    unwatched: z
      .array(z.string())
      .openapi({ description: "Programmes of which nothing is known: nothing watches them" }),
    disclaimer: z.string(),
  })
  .openapi("Drift");

export const incidentSchema = z
  .strictObject({
    id: z.string(),
    programme: z.string(),
    kind: z.enum(["look", "harm"]),
    streams: z.array(z.string()),
    state: z.enum(incidentStates),
    openedAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    cases: z.array(z.string()).openapi({ description: "The most telling cases" }),
    evidence: z.record(z.string(), z.unknown()).openapi({ description: "By step; each figure with its n" }),
    waitingFor: z.array(z.string()),
  })
  .openapi("Incident");

export const incidentsSchema = z
  .strictObject({ incidents: z.array(incidentSchema), disclaimer: z.string() })
  .openapi("Incidents");

export const incidentHistorySchema = z
  .strictObject({
    incident: incidentSchema,
    events: z.array(
      z.strictObject({
        incident: z.string(),
        at: z.iso.datetime(),
        from: z.enum(incidentStates).nullable(),
        to: z.enum(incidentStates),
        why: z.string(),
      }),
    ),
    disclaimer: z.string(),
  })
  .openapi("IncidentHistory");
