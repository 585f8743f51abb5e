import type { RouteConfig } from "@hono/zod-openapi";
import { shownSettings } from "../../platform/index.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { json, problemResponses } from "../responses.ts";
import { auditSchema, opsSchema, settingsSchema } from "./ops-schemas.ts";
import { type OpsDeps, opsSummary } from "./ops-summary.ts";
import { OpsWindow } from "./ops-window.ts";

const tags = ["operation"];

const summary: RouteConfig = {
  method: "get",
  path: "/v1/ops",
  operationId: "operation",
  summary: "How this server stands, and what it did of late",
  description:
    "What an operator looks at first, with the number of requests or cases behind every figure. Counts and percentiles are of the last five minutes or so, as `seconds` says: since the oldest look that is kept, or the start. No name, no image, nothing of a person.",
  tags,
  responses: { 200: json("The summary", opsSchema), ...problemResponses(["unauthorised"]) },
};

const settings: RouteConfig = {
  method: "get",
  path: "/v1/ops/settings",
  operationId: "shownSettings",
  summary: "Every setting, without secrets, and which differ from their defaults",
  tags,
  responses: { 200: json("All of them", settingsSchema), ...problemResponses(["unauthorised"]) },
};

const verify: RouteConfig = {
  method: "post",
  path: "/v1/ops/audit",
  operationId: "verifyAudit",
  summary: "Verify the audit chain now",
  description: "Reads every entry of the audit log. Asked again meanwhile, both get the answer of the one that runs.",
  tags,
  responses: {
    200: json("What was found", auditSchema),
    ...problemResponses(["unauthorised", "store-unavailable"]),
  },
};

export function routeOps(app: GatewayApp, serving: OpsDeps): void {
  const window = new OpsWindow(serving.metrics, serving.clock);
  answer(app, summary, async (c) => {
    c.header("Cache-Control", "no-store");
    return c.json(await opsSummary(serving, window));
  });
  answer(app, settings, (c) => {
    c.header("Cache-Control", "no-store");
    return c.json({ settings: shownSettings(serving.config) });
  });
  answer(app, verify, async (c) => c.json(await serving.audit.verify()));
}
