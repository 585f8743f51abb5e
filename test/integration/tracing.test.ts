import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CaseRecord } from "../../src/contracts/index.ts";
import { type CollectedSpan, type Collector, startCollector } from "../support/collector.ts";
import { drawEye } from "../support/eye.ts";
import { natsProgram, startNats, type TestNats } from "../support/nats-server.ts";
import { type NodeProcess, startNode } from "../support/node-process.ts";
import { startServer, type TestServer, until } from "../support/server.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const callerSpan = "00f067aa0ba902b7";
const route = "POST /v1/programmes/:programme/cases";

/** A case that names a person wherever a caller can. */
async function post(server: TestServer, seed: number, headers: Record<string, string> = {}): Promise<Response> {
  const body = new FormData();
  body.append("image", new Blob([new Uint8Array(await drawEye(seed))], { type: "image/jpeg" }), "jane-doe.jpg");
  body.append("patient_id", "jane-doe");
  body.append("notes", "jane-doe");
  const path = "/v1/programmes/cataract/cases?strategy=mean";
  return fetch(`${server.url}${path}`, { method: "POST", body, headers: { "user-agent": "jane-doe", ...headers } });
}

/** Of one trace, once the request's own span is there, which ends last. */
async function traceOf(
  collector: Collector,
  id: string,
  services: readonly string[],
): Promise<readonly CollectedSpan[]> {
  const found = () => collector.spans().filter((span) => span.traceId === id);
  const isWhole = () => services.every((service) => found().some((span) => span.service === service));
  await until(() => isWhole() && found().some(({ name }) => name === route), 20_000, "the spans");
  return found();
}

const parentsOf = (spans: readonly CollectedSpan[]): string[] =>
  spans
    .map(({ name, service, parentSpanId }) => {
      const parent = spans.find(({ spanId }) => spanId === parentSpanId);
      return `${service} ${name} < ${parent === undefined ? parentSpanId : `${parent.service} ${parent.name}`}`;
    })
    .sort();

/** Every span lies within the one it is a part of; clocks of two processes differ by less than this. */
const clocksMs = 50;
function expectNested(spans: readonly CollectedSpan[]): void {
  for (const { name, parentSpanId, startMs, ms } of spans) {
    const parent = spans.find(({ spanId }) => spanId === parentSpanId);
    if (parent === undefined) continue;
    expect(startMs, name).toBeGreaterThanOrEqual(parent.startMs - clocksMs);
    expect(startMs + ms, name).toBeLessThanOrEqual(parent.startMs + parent.ms + clocksMs);
  }
}

describe.skipIf(natsProgram === undefined)("the trace of a case that a node reads", () => {
  let collector: Collector;
  let nats: TestNats;
  let server: TestServer;
  let node: NodeProcess;
  beforeAll(async () => {
    [collector, nats] = await Promise.all([startCollector(), startNats()]);
    const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, LOG_LEVEL: "debug" };
    server = await startServer({ ...traced, WORKERS: "0", NATS_URL: nats.url });
    node = await startNode("traced", nats.url, traced);
    await server.ready();
  });
  afterAll(async () => {
    await Promise.all([server.stop(), node.stop()]);
    await Promise.all([nats.close(), collector.close()]);
  });

  it("is one, from the caller to the engine of the node and back, and names nobody", async () => {
    const traceparent = `00-${traceId}-${callerSpan}-01`;
    const response = await post(server, 500, { traceparent, tracestate: "rojo=1" });
    expect(response.status, await response.clone().text()).toBe(201);
    const { readings } = (await response.json()) as CaseRecord;
    expect(readings.map(({ reader }) => reader)).toEqual(["fast", "fine"]);
    const spans = await traceOf(collector, traceId, ["fovea-gateway", "fovea-node"]);
    expect(parentsOf(spans)).toEqual(
      [
        `fovea-gateway ${route} < ${callerSpan}`,
        `fovea-gateway receive < fovea-gateway ${route}`,
        `fovea-gateway screen < fovea-gateway ${route}`,
        "fovea-gateway store image < fovea-gateway screen",
        "fovea-gateway dispatch < fovea-gateway screen",
        "fovea-gateway attempt < fovea-gateway dispatch",
        "fovea-gateway record < fovea-gateway screen",
        "fovea-node node < fovea-gateway attempt",
        "fovea-node engine < fovea-node node",
        "fovea-node queue < fovea-node engine",
        "fovea-node decode < fovea-node engine",
        "fovea-node read fast < fovea-node engine",
        "fovea-node read fine < fovea-node engine",
      ].sort(),
    );
    expectNested(spans);
    const decode = spans.find(({ name }) => name === "decode");
    expect(decode?.ms).toBeCloseTo(readings[0]?.timings.decodeMs ?? 0, 1);
    expect(spans.find(({ name }) => name === "attempt")?.attributes).toMatchObject({ "fovea.node": "traced" });
    expect(collector.text().toLowerCase()).not.toContain("jane");
  });

  it("is in the log lines of both", async () => {
    const trace = traceId.replace(/^4/, "5");
    const response = await post(server, 501, { traceparent: `00-${trace}-${callerSpan}-01` });
    expect(response.status).toBe(201);
    const isNamed = (line: Record<string, unknown>) => line["trace_id"] === trace;
    await until(() => server.log.some(isNamed) && node.log.some(isNamed), 10_000, "both lines");
    expect(server.log.find(isNamed)).toMatchObject({ requestId: response.headers.get("x-request-id") });
  });

  it("is not made where the caller keeps none", async () => {
    const trace = traceId.replace(/^4/, "6");
    const kept = traceId.replace(/^4/, "7");
    expect((await post(server, 502, { traceparent: `00-${trace}-${callerSpan}-00` })).status).toBe(201);
    expect((await post(server, 503, { traceparent: `00-${kept}-${callerSpan}-01` })).status).toBe(201);
    await traceOf(collector, kept, ["fovea-gateway", "fovea-node"]);
    expect(collector.spans().filter((span) => span.traceId === trace)).toEqual([]);
  });
});

describe("the trace of a case that the server reads itself", () => {
  it("begins here where the caller has none, and what is left is sent at the end", async () => {
    const collector = await startCollector();
    const own = { OTEL_SERVICE_NAME: "clinic", OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20b" };
    const server = await startServer({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`, WORKERS: "1", ...own });
    await server.ready();
    expect((await post(server, 504)).status).toBe(201);
    expect(await server.stop()).toBe(0);
    const spans = collector.spans();
    expect(new Set(spans.map((span) => span.traceId)).size).toBe(1);
    expect(parentsOf(spans)).toEqual(
      [
        `clinic ${route} < undefined`,
        `clinic receive < clinic ${route}`,
        `clinic screen < clinic ${route}`,
        "clinic store image < clinic screen",
        "clinic dispatch < clinic screen",
        "clinic engine < clinic dispatch",
        "clinic queue < clinic engine",
        "clinic decode < clinic engine",
        "clinic read fast < clinic engine",
        "clinic read fine < clinic engine",
        "clinic record < clinic screen",
      ].sort(),
    );
    expect(collector.requests[0]).toMatchObject({ "x-key": "a b" });
    await collector.close();
  });
});

describe("a collector that does not answer", () => {
  let silent: Server;
  beforeAll(async () => {
    silent = createServer((socket) => socket.on("error", () => undefined)).listen(0, "127.0.0.1");
    await once(silent, "listening");
  });
  afterAll(() => void silent.close());

  it.each([
    ["nobody listens", () => 1],
    ["it takes everything and says nothing", () => (silent.address() as { port: number }).port],
  ])("changes no answer and no end: %s", async (_, port) => {
    const server = await startServer({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port()}`, WORKERS: "1" });
    await server.ready();
    for (let i = 0; i < 3; i++) expect((await post(server, 510 + i)).status).toBe(201);
    await until(
      async () => (await server.metric("screen_trace_spans_total")) >= 3 * 11,
      20_000,
      "the spans to be given up",
    );
    expect(await server.stop()).toBe(0);
    const told = server.log.filter(({ msg }) => msg === "the collector takes no traces");
    expect(told).toHaveLength(1);
  });
});
