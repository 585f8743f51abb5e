import { afterEach, describe, expect, it } from "vitest";
import { fakePredictor } from "../../test/support/fake-predictor.ts";
import { readConfig } from "../platform/index.ts";
import { answerScrapes, type NodeScrapes } from "./node-metrics.ts";

describe("the metrics of a node", () => {
  let scrapes: NodeScrapes | undefined;
  afterEach(() => scrapes?.close());
  const start = async (environment: Record<string, string>) => {
    const engine = fakePredictor();
    scrapes = await answerScrapes(readConfig(environment), engine);
    const ask = (path: string, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${scrapes?.port}${path}`, { headers });
    return { engine, ask };
  };

  it("are those of its engine at this moment, and nothing besides is answered", async () => {
    const { engine, ask } = await start({ NODE_METRICS_PORT: "0", QUEUE_ITEMS_MAX: "9" });
    const text = await (await ask("/metrics")).text();
    for (const line of ["screen_engine_up 1", 'screen_engine_slots{state="busy"} 1', "screen_mailbox_items_limit 9"])
      expect(text).toContain(`${line}\n`);
    expect(text).toContain("screen_process_process_resident_memory_bytes");
    expect(text).not.toContain("screen_http_");
    engine.state = new Error("no answer");
    expect(await (await ask("/metrics")).text()).toContain("screen_engine_up 0\n");
    expect((await ask("/readyz")).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${scrapes?.port}/metrics`, { method: "POST" })).status).toBe(405);
  });

  it("need the key where there is one", async () => {
    const { ask } = await start({ NODE_METRICS_PORT: "0", HOST: "127.0.0.1", API_KEY: "k".repeat(40) });
    expect((await ask("/metrics")).status).toBe(401);
    expect((await ask("/metrics", { authorization: `Bearer ${"k".repeat(40)}` })).status).toBe(200);
  });

  it("are not there unless they are asked for", async () => {
    expect(await answerScrapes(readConfig({}), fakePredictor())).toBeUndefined();
  });
});
