import type { RouteConfig } from "@hono/zod-openapi";
import { lanes, type NodeView } from "../../contracts/index.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { content, problemResponses } from "../responses.ts";
import type { Serving } from "../serving.ts";
import { statusOf } from "./probes.ts";

const route: RouteConfig = {
  method: "get",
  path: "/metrics",
  operationId: "metrics",
  summary: "Prometheus metrics",
  tags: ["operation"],
  responses: { 200: content("Prometheus text format", "text/plain"), ...problemResponses(["unauthorised"]) },
};

export function routeMetrics(
  app: GatewayApp,
  serving: Pick<Serving, "metrics" | "predictor" | "budget" | "nodes">,
): void {
  answer(app, route, async (c) => {
    await readGauges(serving);
    const { registry } = serving.metrics;
    c.header("Content-Type", registry.contentType);
    return c.body(await registry.metrics());
  });
}

/** Gauges are read from the structures they describe when someone asks: counted up and down they would drift. */
async function readGauges({
  metrics,
  predictor,
  budget,
  nodes,
}: Pick<Serving, "metrics" | "predictor" | "budget" | "nodes">): Promise<void> {
  metrics.inflightUploadBytes.set(budget.reservedBytes);
  readNodes(metrics, nodes?.() ?? []);
  const status = await statusOf({ predictor });
  metrics.engineUp.set(status?.state === "ready" ? 1 : 0);
  if (status === undefined) return;
  metrics.engineRestarts.set(status.restarts);
  metrics.slots.set({ state: "busy" }, status.busyWorkers);
  metrics.slots.set({ state: "idle" }, status.workers - status.busyWorkers);
  for (const lane of lanes) metrics.mailboxItems.set({ lane }, status.lanes[lane].queuedItems);
  metrics.mailboxBytes.set(status.queuedBytes);
  metrics.inflightItems.set(status.runningItems);
}

/** Nodes come and go: what is not there any more has no series. */
function readNodes(metrics: Serving["metrics"], nodes: readonly NodeView[]): void {
  for (const gauge of [metrics.nodeUp, metrics.nodeSilence, metrics.nodeOpenItems, metrics.nodeSlots]) gauge.reset();
  for (const { name: node, state, silentMs, openItems, slots } of nodes) {
    metrics.nodeUp.set({ node, state }, 1);
    metrics.nodeOpenItems.set({ node }, openItems);
    metrics.nodeSlots.set({ node }, slots);
    if (silentMs !== undefined) metrics.nodeSilence.set({ node }, silentMs / 1000);
  }
}
