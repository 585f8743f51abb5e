import { describe, expect, it } from "vitest";
import { testDeps } from "../../../test/support/gateway.ts";
import { createApp } from "../app.ts";

describe("the metrics", () => {
  it("say that the engine is down when it gives no account of itself", async () => {
    const deps = testDeps();
    deps.predictor.state = new Error("no answer");
    const text = await (await createApp(deps).request("/metrics")).text();
    expect(text).toContain("screen_engine_up 0\n");
  });

  it("read the queues from the predictor at the moment of the scrape", async () => {
    const deps = testDeps();
    const app = createApp(deps);
    const first = await app.request("/metrics");
    expect(first.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await first.text();
    for (const line of [
      "screen_engine_up 1",
      "screen_engine_restarts 1",
      'screen_engine_slots{state="busy"} 1',
      'screen_engine_slots{state="idle"} 1',
      'screen_mailbox_items{lane="bulk"} 3',
      "screen_mailbox_bytes 7000",
      "screen_inflight_items 3",
      "screen_inflight_upload_bytes 0",
    ])
      expect(text).toContain(`${line}\n`);
    deps.predictor.state = { state: "restarting", queuedBytes: 8 };
    const later = await (await app.request("/metrics")).text();
    expect(later).toContain("screen_engine_up 0\n");
    expect(later).toContain("screen_mailbox_bytes 8\n");
  });
});
