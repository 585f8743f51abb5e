import { describe, expect, it } from "vitest";
import { testDeps } from "../../../test/support/gateway.ts";
import type { NodeView } from "../../contracts/index.ts";
import { createApp } from "../app.ts";

const node: NodeView = {
  name: "gpu-1",
  local: false,
  state: "suspect",
  slots: 2,
  creditItems: 64,
  openItems: 3,
  load: 5,
  costs: [],
  silentMs: 3500,
  models: [
    { id: "cataract/fast-1", digest: "a".repeat(64), state: "loaded" },
    { digest: "b".repeat(64), state: "failed", code: "object-corrupt", detail: "not what its name says" },
  ],
  refused: 2,
};

describe("the nodes", () => {
  it("are none where the server reads alone", async () => {
    const answer = await createApp(testDeps()).request("/v1/nodes");
    expect(await answer.json()).toEqual({ nodes: [] });
  });

  it("are told as they stand, to people and to Prometheus, and not for longer than they are there", async () => {
    const nodes = [node];
    const app = createApp(testDeps({}, { nodes: () => nodes }));
    expect(await (await app.request("/v1/nodes")).json()).toEqual({ nodes: [node] });
    const text = await (await app.request("/metrics")).text();
    for (const line of [
      'screen_node_up{node="gpu-1",state="suspect"} 1',
      'screen_node_heartbeat_age_seconds{node="gpu-1"} 3.5',
      'screen_node_inflight_items{node="gpu-1"} 3',
      'screen_node_slots{node="gpu-1"} 2',
      'screen_node_packs{node="gpu-1",state="loaded"} 1',
      'screen_node_packs{node="gpu-1",state="failed"} 1',
      'screen_node_pack_refusals{node="gpu-1"} 2',
    ])
      expect(text).toContain(`${line}\n`);
    nodes.pop();
    expect(await (await app.request("/metrics")).text()).not.toContain("gpu-1");
  });
});
