import { type RouteConfig, z } from "@hono/zod-openapi";
import { nodePackStates } from "../../contracts/index.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { json, problemResponses } from "../responses.ts";
import type { Serving } from "../serving.ts";

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const packSchema = z
  .strictObject({
    id: z.string().optional().openapi({ description: "Absent for a pack that this server does not know" }),
    digest,
    state: z.enum(nodePackStates).openapi({ description: "`loading`: also while its files are fetched" }),
    code: z.string().optional().openapi({ description: "Why it is not served", example: "object-corrupt" }),
    detail: z.string().optional(),
  })
  .openapi("NodePack");
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
    models: z.array(packSchema).optional().openapi({ description: "Which packs it serves, loads, or cannot load" }),
    refused: z.int().optional().openapi({ description: "Pack files that it refused since its start" }),
    creditItems: z.int().openapi({ description: "Most images that this server may have open there" }),
    openItems: z.int(),
    load: z.int().openapi({ description: "Images it was asked for by anybody, as it said last" }),
    costs: z
      .array(z.strictObject({ packs: z.array(digest), fixedMs: z.number(), itemMs: z.number() }))
      .openapi({ description: "Its n-th open image is answered after fixedMs + itemMs * n" }),
    silentMs: z.number().optional().openapi({ description: "Since its last heartbeat" }),
  })
  .openapi("Node");
const gatewaySchema = z
  .strictObject({
    name: z.string(),
    here: z.boolean().openapi({ description: "The one that answers" }),
    leads: z.array(z.string()).openapi({ description: "What it alone does for all of them", example: ["monitor"] }),
  })
  .openapi("GatewayOfSeveral");
const nodesSchema = z
  .strictObject({
    nodes: z.array(nodeSchema),
    gateways: z
      .array(gatewaySchema)
      .optional()
      .openapi({ description: "Servers on the same database; absent while that cannot be asked" }),
  })
  .openapi("Nodes");

const route: RouteConfig = {
  method: "get",
  path: "/v1/nodes",
  operationId: "listNodes",
  summary: "Engines that cases can be sent to, and how they stand",
  description:
    "No nodes where the server reads alone, that is without NATS_URL; `/readyz` tells of its own engine. Of several servers on one database each is named, and which of them leads.",
  tags: ["operation"],
  responses: { 200: json("All of them", nodesSchema), ...problemResponses(["unauthorised"]) },
};

export function routeNodes(app: GatewayApp, { nodes, fleet }: Pick<Serving, "nodes" | "fleet">): void {
  answer(app, route, async (c) => {
    // A database that is away does not keep anybody from looking at the nodes.
    const gateways = await fleet?.gateways().catch(() => undefined);
    return c.json({ nodes: nodes?.() ?? [], ...(gateways && { gateways }) });
  });
}
