import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import { version } from "../../platform/index.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { json } from "../responses.ts";
import type { Serving } from "../serving.ts";
import { cataractHealth, cataractHealthSchema } from "./cataract-system.ts";

// Paths that several source systems have, where nothing says which of them is meant.

const sharedHealthSchema = cataractHealthSchema
  .extend({
    version: z.string(),
    model_loaded: z.boolean(),
    timestamp_epoch: z.number().openapi({ description: "Seconds since 1970" }),
  })
  .openapi("SharedHealth");

const health: RouteConfig = {
  method: "get",
  path: "/health",
  operationId: "health",
  summary: "The server's own account, for clients of any source system",
  tags: ["source systems"],
  deprecated: true,
  responses: { 200: json("The keys of all source systems; under a mount each has its own", sharedHealthSchema) },
};

export function routeSharedPaths(app: GatewayApp, serving: Serving): void {
  answer(app, health, async (c) => {
    const account = await cataractHealth(serving);
    return c.json({
      ...account,
      version,
      model_loaded: account.models_loaded.batch,
      timestamp_epoch: serving.clock.wallMs() / 1000,
    });
  });
}
