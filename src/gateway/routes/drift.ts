import { type RouteConfig, z } from "@hono/zod-openapi";
import { disclaimer, Problem } from "../../contracts/index.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { json, problemResponses } from "../responses.ts";
import type { Serving } from "../serving.ts";
import { driftSchema, incidentHistorySchema, incidentsSchema } from "./drift-schemas.ts";

const limitUsual = 50;
const limitMax = 200;

const drift: RouteConfig = {
  method: "get",
  path: "/v1/drift",
  operationId: "getDrift",
  summary: "What the drift monitor knows of each programme",
  description:
    "Evidence of every stream that something has changed, beside the threshold of its group, and the share of wrong automatic decisions from cases that people audited by chance. Evidence is no probability: while nothing changes it is at most the number of cases on average.",
  tags: ["operation"],
  responses: {
    200: json("As the leading server wrote it last", driftSchema),
    ...problemResponses(["unauthorised", "store-unavailable"]),
  },
};

const incidents: RouteConfig = {
  method: "get",
  path: "/v1/incidents",
  operationId: "listIncidents",
  summary: "Alarms of the drift monitor and what was done about them, newest first",
  tags: ["operation"],
  request: {
    query: z.object({
      programme: z.string().optional(),
      limit: z.int().min(1).max(limitMax).default(limitUsual).optional(),
    }),
  },
  responses: {
    200: json("The newest", incidentsSchema),
    ...problemResponses(["unauthorised", "field-invalid", "store-unavailable"]),
  },
};

const incident: RouteConfig = {
  method: "get",
  path: "/v1/incidents/{id}",
  operationId: "getIncident",
  summary: "One alarm with every step since, and the evidence of each",
  tags: ["operation"],
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: json("The incident and its steps, oldest first", incidentHistorySchema),
    ...problemResponses(["unauthorised", "incident-unknown", "store-unavailable"]),
  },
};

export function routeDrift(app: GatewayApp, { drift: view, programmes }: Pick<Serving, "drift" | "programmes">): void {
  answer(app, drift, async (c) => {
    const reports = (await view?.reports()) ?? [];
    const known = new Set(reports.map(({ programme }) => programme));
    const unwatched = [...programmes.programmes.keys()].filter((id) => !known.has(id));
    return c.json({ programmes: reports, unwatched, disclaimer });
  });
  answer(app, incidents, async (c) => {
    const { programme, limit = String(limitUsual) } = c.req.query();
    const found = (await view?.incidents(programme, readLimit(limit))) ?? [];
    return c.json({ incidents: found, disclaimer });
  });
  answer(app, incident, async (c) => {
    const found = await view?.incident(c.req.param("id") ?? "");
    if (found === undefined) throw new Problem("incident-unknown");
    return c.json({ ...found, disclaimer });
  });
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= limitMax) return limit;
  throw new Problem("field-invalid", { detail: `limit is a whole number from 1 to ${limitMax}` });
}
