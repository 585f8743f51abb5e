import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2.5, 5, 10];
const waitBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const stageBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28];
const sizeBuckets = [1, 2, 4, 8, 16, 32, 64];
const imageBuckets = [2 ** 14, 2 ** 16, 2 ** 18, 2 ** 20, 2 ** 22, 2 ** 24, 2 ** 26];
const shareBuckets = Array.from({ length: 20 }, (_, i) => (i + 1) / 20);
const retryAfterBuckets = [1, 2, 5, 10, 30, 60, 300, 3600];

/** Makes metrics of one registry. */
class Maker {
  readonly #registers: Registry[];

  constructor(registry: Registry) {
    this.#registers = [registry];
  }

  counter<const L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter<L>({ name, help, labelNames, registers: this.#registers });
  }

  gauge<const L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    return new Gauge<L>({ name, help, labelNames, registers: this.#registers });
  }

  histogram<const L extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly L[] = [],
  ): Histogram<L> {
    return new Histogram<L>({ name, help, labelNames, buckets, registers: this.#registers });
  }
}

const requestMetrics = (make: Maker) => ({
  httpRequests: make.counter("screen_http_requests_total", "Answered requests", ["route", "method", "code"]),
  httpDuration: make.histogram("screen_http_request_duration_seconds", "First byte to answer", durationBuckets, [
    "route",
    "outcome",
  ]),
  rejected: make.counter("screen_rejected_total", "Requests refused, by problem code", ["code"]),
  retryAfter: make.histogram(
    "screen_retry_after_seconds",
    "When refused callers were told to come back",
    retryAfterBuckets,
    ["code"],
  ),
  cancelled: make.counter("screen_cancelled_total", "Requests whose client hung up"),
  imageBytes: make.histogram("screen_image_bytes", "Size of uploaded images", imageBuckets),
  inflightUploadBytes: make.gauge("screen_inflight_upload_bytes", "Upload bytes reserved right now"),
  inflightUploadBytesLimit: make.gauge("screen_inflight_upload_bytes_limit", "Most upload bytes reserved at once"),
  ready: make.gauge("screen_ready", "1 while a case would be accepted"),
});

const caseMetrics = (make: Maker) => ({
  casesAccepted: make.counter("screen_cases_accepted_total", "Cases whose image was accepted", ["programme"]),
  casesSettled: make.counter("screen_cases_settled_total", "Accepted cases by how they ended", ["programme", "result"]),
  decisions: make.counter("screen_decisions_total", "Recorded decisions", ["programme", "outcome", "stage", "reason"]),
  escalations: make.counter("screen_escalations_total", "Cases that asked for the fine reader", [
    "programme",
    "result",
  ]),
  bandCases: make.counter("screen_band_cases_total", "Recorded cases that the fast reader left to the fine one", [
    "programme",
  ]),
  secondLooks: make.counter(
    "screen_second_looks_total",
    "Recorded cases of the band by what became of their second look",
    ["programme", "result"],
  ),
  secondLooksPending: make.gauge("screen_second_looks_pending", "Provisional cases of all servers of the database"),
  secondLookPrice: make.gauge("screen_second_look_price", "What a second look must be worth to be done at once"),
  comparisons: make.counter("screen_stage_comparisons_total", "Cases read by both readers", ["programme", "agree"]),
  score: make.histogram("screen_score", "Calibrated probability of a finding", shareBuckets, ["reader"]),
  scoreDelta: make.histogram(
    "screen_stage_score_delta",
    "Distance between what both readers say of a case",
    shareBuckets,
  ),
});

const readingMetrics = (make: Maker) => ({
  stageDuration: make.histogram("screen_stage_duration_seconds", "Time of one stage of a case", stageBuckets, [
    "stage",
  ]),
  queueWait: make.histogram("screen_queue_wait_seconds", "Time in the mailbox", waitBuckets, ["lane"]),
  batchSize: make.histogram("screen_batch_size", "Images in the run that read an image", sizeBuckets),
  inferenceItems: make.counter("screen_inference_items_total", "Images that were read, once for each run"),
  inferenceBatches: make.counter("screen_inference_batches_total", "Runs in which images were read"),
  cacheRequests: make.counter("screen_cache_requests_total", "Readings by whether the pixels were still at hand", [
    "result",
  ]),
});

const engineMetrics = (make: Maker) => ({
  engineUp: make.gauge("screen_engine_up", "1 while the engine is ready"),
  engineRestarts: make.gauge("screen_engine_restarts", "Engine processes started after the first"),
  slots: make.gauge("screen_engine_slots", "Worker threads by state", ["state"]),
  mailboxItems: make.gauge("screen_mailbox_items", "Images waiting for a worker", ["lane"]),
  mailboxItemsLimit: make.gauge("screen_mailbox_items_limit", "Most images that may wait, of all lanes together"),
  mailboxBytes: make.gauge("screen_mailbox_bytes", "Image bytes waiting for a worker"),
  mailboxBytesLimit: make.gauge("screen_mailbox_bytes_limit", "Most image bytes that may wait"),
  inflightItems: make.gauge("screen_inflight_items", "Images being read right now"),
  buildInfo: make.gauge("screen_build_info", "Version of the program", ["version"]),
});

const fleetMetrics = (make: Maker) => ({
  nodesReady: make.gauge("screen_nodes_ready", "Nodes that read now, the engine of this server included"),
  nodeUp: make.gauge("screen_node_up", "1 for each node in its present state", ["node", "state"]),
  nodeSilence: make.gauge("screen_node_heartbeat_age_seconds", "Time since a node's last heartbeat", ["node"]),
  nodeOpenItems: make.gauge("screen_node_inflight_items", "Images that this server has open at a node", ["node"]),
  nodeCredit: make.gauge("screen_node_inflight_items_limit", "Most images that this server may have open there", [
    "node",
  ]),
  nodeSlots: make.gauge("screen_node_slots", "Images that a node reads at the same time", ["node"]),
  nodePacks: make.gauge("screen_node_packs", "Packs that a node was asked to hold, by state", ["node", "state"]),
  nodePackRefusals: make.gauge("screen_node_pack_refusals", "Pack files a node refused since its start", ["node"]),
  nodeRetries: make.counter("screen_node_retries_total", "Second attempts at another node", ["cause"]),
  nodeHedges: make.counter("screen_node_hedges_total", "Late answers for which a second node was asked", ["result"]),
  leader: make.gauge("screen_leader", "1 on the one server that leads, by what it leads in", ["role"]),
  modelInfo: make.gauge("screen_model_info", "Packs in service", ["pack", "digest", "reader"]),
});

const recordMetrics = (make: Maker) => ({
  batchItems: make.counter("screen_batch_items_total", "Leased items of batches by what became of them here", [
    "result",
  ]),
  batchesOpen: make.gauge("screen_batches_open", "Batches of the database that have not ended"),
  batchItemsOpen: make.gauge("screen_batch_items_open", "Items of those batches that are not settled", ["state"]),
  batchOldestAge: make.gauge("screen_batch_oldest_age_seconds", "Age of the oldest batch that has not ended"),
  auditIntact: make.gauge("screen_audit_intact", "1 when the audit chain was whole when last verified here"),
  auditEntries: make.gauge("screen_audit_entries", "Entries that were whole when it was last verified here"),
  auditVerifiedAt: make.gauge("screen_audit_verified_timestamp_seconds", "When it was last verified here"),
});

const driftMetrics = (make: Maker) => ({
  auditLooks: make.counter(
    "screen_audit_looks_total",
    "Looks by the fine reader that chance asked for, as they ended",
    ["programme", "result"],
  ),
  auditLooksPending: make.gauge("screen_audit_looks_pending", "Such looks that all servers of the database still owe"),
  driftEvidence: make.gauge("screen_drift_evidence", "Evidence of a stream that something has changed", [
    "programme",
    "stream",
  ]),
  driftThreshold: make.gauge("screen_drift_threshold", "Mean evidence of a group's streams that raises its alarm", [
    "programme",
    "group",
  ]),
  driftGroupEvidence: make.gauge("screen_drift_group_evidence", "Mean evidence of a group's streams", [
    "programme",
    "group",
  ]),
  driftCases: make.gauge("screen_drift_cases", "Cases of the release that serves which were watched", ["programme"]),
  incidents: make.gauge("screen_incidents", "Newest incidents by their state", ["state"]),
  auditedRisk: make.gauge("screen_audited_risk", "Share of wrong automatic decisions, by audits", ["programme"]),
  auditedRiskLow: make.gauge("screen_audited_risk_low", "Lower end of its interval at 95 %", ["programme"]),
  auditedRiskHigh: make.gauge("screen_audited_risk_high", "Upper end of its interval at 95 %", ["programme"]),
  auditedLabels: make.gauge("screen_audited_labels", "Labels that it rests on", ["programme"]),
  canaryPercent: make.gauge("screen_canary_percent", "Groups that a candidate answers; 0 where none does", [
    "programme",
  ]),
  bandStep: make.gauge("screen_band_step", "Step of the safer band in force", ["programme"]),
});

const traceMetrics = (make: Maker) => ({
  traceSpans: make.counter("screen_trace_spans_total", "Ended spans of traces by what became of them", ["result"]),
});

/**
 * Every metric of a server in one place. Base units (seconds, bytes), closed label sets: never a request id, a file
 * name or a raw path. Gauges of queues are set at scrape time from the structure itself, never counted up and down.
 */
export type Metrics = Readonly<ReturnType<typeof createMetrics>>;

/** Those of a node, under the same names; who asks tells a node from a server by the address. */
export type NodeMetrics = Pick<
  Metrics,
  "registry" | keyof ReturnType<typeof engineMetrics> | keyof ReturnType<typeof traceMetrics>
>;

export function createMetrics() {
  const registry = processRegistry();
  const make = new Maker(registry);
  const metrics = {
    registry,
    ...requestMetrics(make),
    ...caseMetrics(make),
    ...readingMetrics(make),
    ...engineMetrics(make),
    ...fleetMetrics(make),
    ...recordMetrics(make),
    ...driftMetrics(make),
    ...traceMetrics(make),
  };
  // A series that begins at its first event would hide that event from every rate.
  for (const result of ["won", "lost"]) metrics.nodeHedges.inc({ result }, 0);
  for (const result of ["done", "failed", "dead", "retried", "released"]) metrics.batchItems.inc({ result }, 0);
  for (const result of ["hit", "miss"]) metrics.cacheRequests.inc({ result }, 0);
  // What nobody has found out yet has no value, and 0 would be one.
  for (const each of unasked(metrics)) each.remove();
  return metrics;
}

export function createNodeMetrics(): NodeMetrics {
  const registry = processRegistry();
  const make = new Maker(registry);
  return { registry, ...engineMetrics(make), ...traceMetrics(make) };
}

/** Gauges without labels begin at 0 in the library. */
const unasked = (all: ReturnType<typeof recordMetrics> & Pick<ReturnType<typeof fleetMetrics>, "nodesReady">) => [
  all.auditIntact,
  all.auditEntries,
  all.auditVerifiedAt,
  all.batchesOpen,
  all.batchOldestAge,
  all.nodesReady,
];

function processRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "screen_process_" });
  return registry;
}
