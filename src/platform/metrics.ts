import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/**
 * Every metric of a process in one place. Base units (seconds, bytes), closed label sets: never a request id, a file
 * name or a raw path. Gauges of queues are set at scrape time from the structure itself, never counted up and down.
 */
export interface Metrics {
  readonly registry: Registry;
  readonly httpRequests: Counter<"route" | "method" | "code">;
  readonly httpDuration: Histogram<"route" | "outcome">;
  readonly stageDuration: Histogram<"stage">;
  readonly queueWait: Histogram<"lane">;
  readonly batchSize: Histogram;
  readonly casesAccepted: Counter<"programme">;
  readonly casesSettled: Counter<"programme" | "result">;
  readonly decisions: Counter<"programme" | "outcome" | "stage" | "reason">;
  readonly escalations: Counter<"programme" | "result">;
  readonly comparisons: Counter<"programme" | "agree">;
  readonly rejected: Counter<"code">;
  readonly cancelled: Counter;
  readonly imageBytes: Histogram;
  readonly engineUp: Gauge;
  readonly engineRestarts: Gauge;
  readonly slots: Gauge<"state">;
  readonly mailboxItems: Gauge<"lane">;
  readonly mailboxBytes: Gauge;
  readonly inflightItems: Gauge;
  readonly inflightUploadBytes: Gauge;
  readonly nodeUp: Gauge<"node" | "state">;
  readonly nodeSilence: Gauge<"node">;
  readonly nodeOpenItems: Gauge<"node">;
  readonly nodeSlots: Gauge<"node">;
  readonly nodeRetries: Counter<"cause">;
  readonly nodeHedges: Counter<"result">;
  readonly buildInfo: Gauge<"version">;
  readonly modelInfo: Gauge<"pack" | "digest" | "reader">;
}

const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2.5, 5, 10];
const stageBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "screen_process_" });
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter<L>({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge<L>({ name, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[], buckets: number[]) =>
    new Histogram<L>({ name, help, labelNames, buckets, registers });
  return {
    registry,
    httpRequests: counter("screen_http_requests_total", "Answered requests", ["route", "method", "code"]),
    httpDuration: histogram(
      "screen_http_request_duration_seconds",
      "First byte to answer",
      ["route", "outcome"],
      durationBuckets,
    ),
    stageDuration: histogram("screen_stage_duration_seconds", "Time of one stage of a case", ["stage"], stageBuckets),
    queueWait: histogram("screen_queue_wait_seconds", "Time in the mailbox", ["lane"], stageBuckets),
    batchSize: histogram("screen_batch_size", "Images per run", [], [1, 2, 4, 8, 16, 32, 64]),
    casesAccepted: counter("screen_cases_accepted_total", "Cases whose image was accepted", ["programme"]),
    casesSettled: counter("screen_cases_settled_total", "Accepted cases by how they ended", ["programme", "result"]),
    decisions: counter("screen_decisions_total", "Recorded decisions", ["programme", "outcome", "stage", "reason"]),
    escalations: counter("screen_escalations_total", "Cases that asked for the fine reader", ["programme", "result"]),
    comparisons: counter("screen_stage_comparisons_total", "Cases read by both readers", ["programme", "agree"]),
    rejected: counter("screen_rejected_total", "Requests refused, by problem code", ["code"]),
    cancelled: counter("screen_cancelled_total", "Requests whose client hung up", []),
    imageBytes: histogram(
      "screen_image_bytes",
      "Size of uploaded images",
      [],
      [2 ** 14, 2 ** 16, 2 ** 18, 2 ** 20, 2 ** 22, 2 ** 24, 2 ** 26],
    ),
    engineUp: gauge("screen_engine_up", "1 while the engine is ready", []),
    engineRestarts: gauge("screen_engine_restarts", "Engine processes started after the first", []),
    slots: gauge("screen_engine_slots", "Worker threads by state", ["state"]),
    mailboxItems: gauge("screen_mailbox_items", "Images waiting for a worker", ["lane"]),
    mailboxBytes: gauge("screen_mailbox_bytes", "Image bytes waiting for a worker", []),
    inflightItems: gauge("screen_inflight_items", "Images being read right now", []),
    inflightUploadBytes: gauge("screen_inflight_upload_bytes", "Upload bytes reserved right now", []),
    nodeUp: gauge("screen_node_up", "1 for each node in its present state", ["node", "state"]),
    nodeSilence: gauge("screen_node_heartbeat_age_seconds", "Time since a node's last heartbeat", ["node"]),
    nodeOpenItems: gauge("screen_node_inflight_items", "Images that this server has open at a node", ["node"]),
    nodeSlots: gauge("screen_node_slots", "Images that a node reads at the same time", ["node"]),
    nodeRetries: counter("screen_node_retries_total", "Second attempts at another node", ["cause"]),
    nodeHedges: counter("screen_node_hedges_total", "Late answers for which a second node was asked", ["result"]),
    buildInfo: gauge("screen_build_info", "Version of the program", ["version"]),
    modelInfo: gauge("screen_model_info", "Packs in service", ["pack", "digest", "reader"]),
  };
}
