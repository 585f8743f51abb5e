import type { RouteConfig } from "@hono/zod-openapi";
import { lanes, type NodeView, type PredictorStatus } from "../../contracts/index.ts";
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

type Read = Pick<Serving, "metrics" | "predictor" | "budget" | "nodes" | "fleet" | "batches" | "config" | "ready">;

/** A scrape goes on without what the database does not say in this time, ms. */
const databaseMsMax = 1000;

export function routeMetrics(app: GatewayApp, serving: Read): void {
  answer(app, route, async (c) => {
    await readGauges(serving);
    const { registry } = serving.metrics;
    c.header("Content-Type", registry.contentType);
    return c.body(await registry.metrics());
  });
}

/** Gauges are read from the structures they describe when someone asks: counted up and down they would drift. */
async function readGauges(serving: Read): Promise<void> {
  const { metrics, budget, nodes, fleet, config, ready } = serving;
  metrics.inflightUploadBytes.set(budget.reservedBytes);
  metrics.inflightUploadBytesLimit.set(config.INFLIGHT_BYTES_MAX);
  metrics.ready.set(ready().ready ? 1 : 0);
  readNodes(metrics, nodes?.());
  for (const [role, leads] of Object.entries(fleet?.leads() ?? {})) metrics.leader.set({ role }, leads ? 1 : 0);
  const [status] = await Promise.all([statusOf(serving), readBacklog(serving)]);
  readEngine(serving, status);
}

function readEngine({ metrics, config }: Pick<Read, "metrics" | "config">, status: PredictorStatus | undefined): void {
  metrics.engineUp.set(status?.state === "ready" ? 1 : 0);
  // Where nodes alone read, nothing waits here.
  if (config.WORKERS > 0) {
    metrics.mailboxItemsLimit.set(config.QUEUE_ITEMS_MAX);
    metrics.mailboxBytesLimit.set(config.QUEUE_BYTES_MAX);
  } else for (const limit of [metrics.mailboxItemsLimit, metrics.mailboxBytesLimit]) limit.remove();
  if (status === undefined) return;
  metrics.engineRestarts.set(status.restarts);
  metrics.slots.set({ state: "busy" }, status.busyWorkers);
  metrics.slots.set({ state: "idle" }, status.workers - status.busyWorkers);
  for (const lane of lanes) metrics.mailboxItems.set({ lane }, status.lanes[lane].queuedItems);
  metrics.mailboxBytes.set(status.queuedBytes);
  metrics.inflightItems.set(status.runningItems);
}

/** What a database that is away would say nobody knows: there is no series then. */
async function readBacklog({ metrics, batches }: Pick<Read, "metrics" | "batches">): Promise<void> {
  const { batchesOpen, batchItemsOpen, batchOldestAge } = metrics;
  const backlog = await Promise.race([batches.backlog().catch(() => undefined), silence(databaseMsMax)]);
  if (backlog === undefined) {
    for (const gauge of [batchesOpen, batchOldestAge]) gauge.remove();
    return batchItemsOpen.reset();
  }
  batchesOpen.set(backlog.batches);
  batchItemsOpen.set({ state: "queued" }, backlog.queued);
  batchItemsOpen.set({ state: "leased" }, backlog.leased);
  batchOldestAge.set(backlog.oldestS ?? 0);
}

const silence = (ms: number): Promise<undefined> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref();
  });

/** Nodes come and go: what is not there any more has no series. */
function readNodes(metrics: Serving["metrics"], nodes: readonly NodeView[] | undefined): void {
  const { nodeUp, nodeSilence, nodeOpenItems, nodeCredit, nodeSlots, nodePacks, nodePackRefusals } = metrics;
  for (const gauge of [nodeUp, nodeSilence, nodeOpenItems, nodeCredit, nodeSlots, nodePacks, nodePackRefusals])
    gauge.reset();
  if (nodes === undefined) metrics.nodesReady.remove();
  else metrics.nodesReady.set(nodes.filter(({ state }) => state === "ready").length);
  for (const { name: node, state, silentMs, openItems, creditItems, slots, models = [], refused } of nodes ?? []) {
    metrics.nodeUp.set({ node, state }, 1);
    metrics.nodeOpenItems.set({ node }, openItems);
    metrics.nodeCredit.set({ node }, creditItems);
    metrics.nodeSlots.set({ node }, slots);
    for (const each of models) metrics.nodePacks.inc({ node, state: each.state });
    if (refused !== undefined) metrics.nodePackRefusals.set({ node }, refused);
    if (silentMs !== undefined) metrics.nodeSilence.set({ node }, silentMs / 1000);
  }
}
