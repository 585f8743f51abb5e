import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createKeyCheck } from "../access/index.ts";
import { lanes, type Predictor } from "../contracts/index.ts";
import { type Config, createNodeMetrics, type NodeMetrics, version } from "../platform/index.ts";

/** A scrape is a head and nothing else. */
const headersMsMax = 5000;
const connectionsMax = 16;

/** What Prometheus asks of a node: the same names as those of a server's own engine. */
export interface NodeScrapes {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * `GET /metrics` of a node, and nothing besides; undefined without NODE_METRICS_PORT.
 * @throws when the port is taken
 */
export async function answerScrapes(
  config: Config,
  engine: Pick<Predictor, "status">,
  metrics = createNodeMetrics(),
): Promise<NodeScrapes | undefined> {
  if (config.NODE_METRICS_PORT === undefined) return undefined;
  metrics.buildInfo.set({ version }, 1);
  metrics.mailboxItemsLimit.set(config.QUEUE_ITEMS_MAX);
  metrics.mailboxBytesLimit.set(config.QUEUE_BYTES_MAX);
  const keyCheck = createKeyCheck(config);
  const server = createServer({ headersTimeout: headersMsMax, requestTimeout: headersMsMax }, (request, response) => {
    const { authorization, "x-api-key": apiKey } = request.headers;
    if (request.url?.split("?")[0] !== "/metrics") return end(response, 404);
    if (request.method !== "GET") return end(response, 405);
    if (keyCheck({ authorization, apiKey: String(apiKey ?? "") || undefined }) === undefined) return end(response, 401);
    void read(metrics, engine)
      .then((text) => {
        response.setHeader("Content-Type", metrics.registry.contentType);
        response.end(text);
      })
      .catch(() => end(response, 500));
  });
  server.maxConnections = connectionsMax;
  // A node that cannot start must end, and this is no reason to stay.
  server.unref();
  server.listen(config.NODE_METRICS_PORT, config.HOST);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function end(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.end();
}

async function read(metrics: NodeMetrics, engine: Pick<Predictor, "status">): Promise<string> {
  // An engine that gives no account of itself is down.
  const status = await engine.status().catch(() => undefined);
  metrics.engineUp.set(status?.state === "ready" ? 1 : 0);
  if (status !== undefined) {
    metrics.engineRestarts.set(status.restarts);
    metrics.slots.set({ state: "busy" }, status.busyWorkers);
    metrics.slots.set({ state: "idle" }, status.workers - status.busyWorkers);
    for (const lane of lanes) metrics.mailboxItems.set({ lane }, status.lanes[lane].queuedItems);
    metrics.mailboxBytes.set(status.queuedBytes);
    metrics.inflightItems.set(status.runningItems);
  }
  return metrics.registry.metrics();
}
