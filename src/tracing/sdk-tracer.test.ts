import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { describe, expect, it, vi } from "vitest";
import { startCollector } from "../../test/support/collector.ts";
import { newTrace, systemClock } from "../platform/index.ts";
import { maxExportBatchSize, maxQueueSize } from "./bounded-export.ts";
import { SdkTracer, type SdkTracerOptions } from "./sdk-tracer.ts";

/** A tracer of one URL, with what it counted and logged. */
function tracerTo(url: string, change: Partial<SdkTracerOptions> = {}) {
  const counts = { exported: 0, failed: 0, dropped: 0 };
  const lines: string[] = [];
  const tracer = new SdkTracer({
    url,
    headers: {},
    resource: { "service.name": "test" },
    sampler: "parentbased_always_on",
    share: 1,
    clock: systemClock,
    count: (result, many) => {
      counts[result] += many;
    },
    log: pino({}, { write: (line) => void lines.push(line) }),
    ...change,
  });
  const messages = () => lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
  return { tracer, counts, messages };
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describe("spans", () => {
  it("arrive at a collector with their parents, times, links and what they say", async () => {
    const collector = await startCollector();
    const { tracer, counts } = tracerTo(`${collector.url}/v1/traces`, { headers: { "x-key": "secret" } });
    const parent = { ...newTrace(), sampled: true, state: "rojo=1" };
    const at = systemClock.now();
    const outer = tracer.start("outer", { kind: "server", parent, at, attributes: { one: 1 } });
    const inner = tracer.start("inner", { parent: outer.context, links: [parent], at: at + 5 });
    inner.fail("engine-lost");
    inner.end(at + 7.5);
    outer.rename("renamed");
    outer.set({ two: true });
    outer.end(at + 20);
    await tracer.close();
    const [first, second] = collector.spans();
    expect(first).toMatchObject({
      name: "inner",
      traceId: parent.traceId,
      parentSpanId: outer.context.spanId,
      attributes: { "error.type": "engine-lost" },
      failed: true,
      ms: 2.5,
      links: [parent.spanId],
    });
    expect(second).toMatchObject({
      name: "renamed",
      parentSpanId: parent.spanId,
      attributes: { one: 1, two: true },
      failed: false,
      ms: 20,
      service: "test",
    });
    expect(outer.context).toEqual({ traceId: parent.traceId, spanId: second?.spanId, sampled: true, state: "rojo=1" });
    expect(Math.abs((second?.startMs ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(collector.requests).toEqual([expect.objectContaining({ "x-key": "secret" })]);
    expect(counts).toEqual({ exported: 2, failed: 0, dropped: 0 });
    await collector.close();
  });

  it("begin a trace of their own where nobody asked within one", async () => {
    const collector = await startCollector();
    const { tracer } = tracerTo(`${collector.url}/v1/traces`);
    tracer.start("alone").end();
    await tracer.close();
    expect(collector.spans()).toMatchObject([{ name: "alone", parentSpanId: undefined }]);
    await collector.close();
  });

  it.each([
    ["parentbased_always_on", { unsampled: false, sampled: true, alone: true }],
    ["parentbased_always_off", { unsampled: false, sampled: true, alone: false }],
    ["parentbased_traceidratio", { unsampled: false, sampled: true, alone: false }],
    ["traceidratio", { unsampled: false, sampled: false, alone: false }],
    ["always_on", { unsampled: true, sampled: true, alone: true }],
    ["always_off", { unsampled: false, sampled: false, alone: false }],
  ] as const)("are kept as %s says", async (sampler, kept) => {
    const { tracer } = tracerTo("http://127.0.0.1:1/v1/traces", { sampler, share: 0 });
    const asked = newTrace();
    const isKept = (sampled: boolean) => tracer.start("s", { parent: { ...asked, sampled } }).context.sampled;
    expect({ unsampled: isKept(false), sampled: isKept(true), alone: tracer.start("s").context.sampled }).toEqual(kept);
    expect(tracer.start("s", { parent: asked }).context.traceId).toBe(asked.traceId);
    await tracer.close();
  });
});

describe("a collector that is away", () => {
  it("costs the spans that find no room, which are counted, and nobody waits for it", async () => {
    const url = `http://127.0.0.1:${await closedPort()}/v1/traces`;
    const { tracer, counts, messages } = tracerTo(url);
    const many = 5000;
    for (let i = 0; i < many; i++) tracer.start("s").end();
    // One batch is on its way, and as many wait as may.
    expect(counts).toEqual({ exported: 0, failed: 0, dropped: many - maxQueueSize - maxExportBatchSize });
    await tracer.close();
    expect(counts.failed).toBe(maxQueueSize + maxExportBatchSize);
    expect(messages()).toEqual(["the collector takes no traces"]);
  }, 20_000);

  it("is told of once, and once more when it is back", async () => {
    const collector = await startCollector();
    collector.refuse(400);
    const { tracer, counts, messages } = tracerTo(`${collector.url}/v1/traces`);
    const batch = () => {
      for (let i = 0; i < maxExportBatchSize; i++) tracer.start("s").end();
    };
    batch();
    await vi.waitFor(() => expect(counts.failed).toBe(maxExportBatchSize), { timeout: 10_000 });
    batch();
    await vi.waitFor(() => expect(counts.failed).toBe(2 * maxExportBatchSize), { timeout: 10_000 });
    collector.refuse(undefined);
    batch();
    await vi.waitFor(() => expect(counts.exported).toBe(maxExportBatchSize), { timeout: 10_000 });
    expect(messages()).toEqual(["the collector takes no traces", "the collector takes traces again"]);
    await tracer.close();
    await collector.close();
  }, 30_000);
});
