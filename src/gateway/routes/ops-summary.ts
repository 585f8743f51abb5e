import { type BatchRecord, lanes } from "../../contracts/index.ts";
import { version } from "../../platform/index.ts";
import type { Serving } from "../serving.ts";
import type { OpsWindow, Period } from "./ops-window.ts";
import { statusOf } from "./probes.ts";

/** Batches that are listed, newest first. */
const batchesShown = 10;
/** Problem codes that are named. */
const codesShown = 8;
/** Requests of people's programs: probes, scrapes and this page are not. */
const asked = /^(?!\/(livez|readyz|metrics|ops|assets\/:asset)$|\/v1\/ops|\/v2\/health\/)/;
/** Routes that answer with what was read in one image. */
const reading =
  /^(\/v1\/programmes\/:programme\/cases|\/v1\/persons\/:id\/analyse|\/v2\/models\/.*\/infer|\/p\/.*\/(predict|predict_clip|predict_lgbm|predict_ensemble|predict_base64|analyze|analyze-upload|explain))$/;
const shed = /^(429|503|504)$/;

export type OpsDeps = Pick<
  Serving,
  | "predictor"
  | "programmes"
  | "nodes"
  | "fleet"
  | "batches"
  | "audit"
  | "queues"
  | "ready"
  | "config"
  | "clock"
  | "budget"
  | "metrics"
>;

/**
 * How this server stands, and what it did of late. What comes from the database is left out while that is away: the page
 * is wanted most when something is.
 */
export async function opsSummary(deps: OpsDeps, window: OpsWindow) {
  const [period, status, backlog, listed, gateways] = await Promise.all([
    window.look(),
    statusOf(deps),
    quietly(deps.batches.backlog()),
    quietly(deps.batches.store.listBatches(batchesShown)),
    quietly(deps.fleet?.gateways()),
  ]);
  return {
    at: deps.clock.timestamp(),
    version,
    seconds: period.seconds,
    grafana: deps.config.GRAFANA_URL ?? null,
    ready: deps.ready(),
    engine: engineOf(status),
    models: modelsOf(deps),
    nodes: (deps.nodes?.() ?? []).map(({ name, local, state, slots, openItems, creditItems, silentMs }) => ({
      ...{ name, local, state, slots, openItems, creditItems },
      ...(silentMs !== undefined && { silentS: silentMs / 1000 }),
    })),
    ...(gateways && { gateways }),
    queues: queuesOf(deps, status, period),
    background: [...deps.queues.list()],
    requests: requestsOf(period),
    cases: await casesOf(deps, period),
    ...(backlog && { backlog }),
    ...(listed && { batches: listed.batches.map(batchOf) }),
    audit: deps.audit.last() ?? null,
  };
}

const quietly = <T>(asked: Promise<T> | undefined): Promise<T | undefined> =>
  Promise.resolve(asked).catch(() => undefined);

type Status = Awaited<ReturnType<typeof statusOf>>;

function engineOf(status: Status) {
  if (status === undefined) return { state: "unknown" as const };
  const { state, reason, workers, busyWorkers, restarts, runningItems } = status;
  return { state, ...(reason !== undefined && { reason }), workers, busyWorkers, restarts, runningItems };
}

function modelsOf({ programmes }: Pick<OpsDeps, "programmes">) {
  return [...programmes.programmes.values()].map((each) => {
    const { id, title } = each.manifest;
    if ("missing" in each) return { programme: id, title, missing: each.missing, readers: [] };
    const readers = [each.fast, each.fine].map((pack) => ({
      reader: pack.load.kind,
      pack: pack.id,
      digest: pack.digest,
    }));
    return { programme: id, title, certified: each.band.certificate.certified, readers };
  });
}

function queuesOf({ config, budget }: Pick<OpsDeps, "config" | "budget">, status: Status, period: Period) {
  return {
    lanes: lanes.map((lane) => ({
      lane,
      items: status?.lanes[lane].queuedItems ?? null,
      waitP95S: period.quantile(0.95, "screen_queue_wait_seconds", { lane }),
    })),
    items: { used: status?.queuedItems ?? null, limit: config.QUEUE_ITEMS_MAX },
    bytes: { used: status?.queuedBytes ?? null, limit: config.QUEUE_BYTES_MAX },
    uploadBytes: { used: budget.reservedBytes, limit: config.INFLIGHT_BYTES_MAX },
  };
}

function requestsOf(period: Period) {
  const name = "screen_http_requests_total";
  return {
    n: period.count(name, { route: asked }),
    failed: period.count(name, { route: asked, code: /^5/ }),
    shed: period.by(name, "code", { route: asked, code: shed }),
    retryAfterP50S: period.quantile(0.5, "screen_retry_after_seconds"),
    cancelled: period.count("screen_cancelled_total"),
    codes: period.by("screen_rejected_total", "code").slice(0, codesShown),
  };
}

async function casesOf({ metrics }: Pick<OpsDeps, "metrics">, period: Period) {
  const duration = (share: number) =>
    period.quantile(share, "screen_http_request_duration_seconds", { route: reading, outcome: "ok" });
  const decided = period.count("screen_decisions_total");
  const accepted = period.count("screen_cases_accepted_total");
  const compared = period.count("screen_stage_comparisons_total");
  const share = (part: number, n: number) => ({ value: n === 0 ? null : part / n, n });
  const decidedWhere = (where: Readonly<Record<string, string>>) => period.count("screen_decisions_total", where);
  return {
    accepted,
    settled: period.by("screen_cases_settled_total", "result"),
    p50S: duration(0.5),
    p95S: duration(0.95),
    p99S: duration(0.99),
    stages: ["decode", "fast", "fine", "store"].map((stage) => ({
      stage,
      p95S: period.quantile(0.95, "screen_stage_duration_seconds", { stage }),
    })),
    toPerson: share(decidedWhere({ outcome: "person" }), decided),
    ungradable: share(decidedWhere({ reason: "ungradable" }), decided),
    escalated: share(period.count("screen_band_cases_total"), accepted),
    agreed: share(period.count("screen_stage_comparisons_total", { agree: "true" }), compared),
    pending: (await metrics.secondLooksPending.get()).values[0]?.value ?? 0,
  };
}

function batchOf({ id, programme, state, counts, itemsPerSecond, createdAt }: BatchRecord) {
  const left = counts.queued + counts.leased;
  const isRunning = itemsPerSecond !== undefined && itemsPerSecond > 0 && left > 0;
  return {
    ...{ id, programme, state, counts, createdAt },
    ...(itemsPerSecond !== undefined && { itemsPerSecond }),
    ...(isRunning && { secondsLeft: Math.ceil(left / itemsPerSecond) }),
  };
}
