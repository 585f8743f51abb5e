import { type RouteConfig, z } from "@hono/zod-openapi";
import { answer, type GatewayApp } from "../documented.ts";
import { json, problemResponses } from "../responses.ts";
import type { Serving } from "../serving.ts";

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const nodeSchema = z
  .strictObject({
    name: z.string(),
    local: z.boolean().openapi({ description: "The engine of this server itself" }),
    state: z.enum(["starting", "ready", "suspect", "resting", "draining", "dead"]),
    version: z.string().optional(),
    provider: z.string().optional().openapi({ description: "What its sessions run on", example: "cpu" }),
    slots: z.int().openapi({ description: "Images it reads at the same time" }),
    packs: z.array(digest).optional().openapi({ description: "Packs that are loaded" }),
    later: z.array(digest).optional().openapi({ description: "Packs it would load at their first task" }),
    creditItems: z.int().openapi({ description: "Most images that this server may have open there" }),
    openItems: z.int(),
    load: z.int().openapi({ description: "Images it was asked for by anybody, as it said last" }),
    costs: z
      .array(z.strictObject({ packs: z.array(digest), fixedMs: z.number(), itemMs: z.number() }))
      .openapi({ description: "Its n-th open image is answered after fixedMs + itemMs * n" }),
    silentMs: z.number().optional().openapi({ description: "Since its last heartbeat" }),
  })
  .openapi("Node");
const nodesSchema = z.strictObject({ nodes: z.array(nodeSchema) }).openapi("Nodes");

const route: RouteConfig = {
  method: "get",
  path: "/v1/nodes",
  operationId: "listNodes",
  summary: "Engines that cases can be sent to, and how they stand",
  description: "Empty where the server reads alone, that is without NATS_URL; `/readyz` tells of its own engine.",
  tags: ["operation"],
  responses: { 200: json("All of them", nodesSchema), ...problemResponses(["unauthorised"]) },
};

export function routeNodes(app: GatewayApp, { nodes }: Pick<Serving, "nodes">): void {
  answer(app, route, (c) => c.json({ nodes: nodes?.() ?? [] }));
}
