import { describe, expect, it } from "vitest";
import { testDeps } from "../../../test/support/gateway.ts";
import { createApp } from "../app.ts";
import { readySchema } from "../schemas.ts";

describe("the probes", () => {
  it("readyz says no, and why", async () => {
    const deps = testDeps();
    deps.state.ready = false;
    deps.state.reason = "the models are not warm";
    const response = await createApp(deps).request("/readyz");
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(readySchema.parse(await response.json())).toMatchObject({ ready: false, reason: "the models are not warm" });
  });

  it("readyz answers also when the engine does not", async () => {
    const deps = testDeps();
    deps.predictor.state = new Error("no answer");
    deps.state.ready = false;
    expect(readySchema.parse(await (await createApp(deps).request("/readyz")).json()).engine).toEqual({
      state: "unknown",
    });
  });

  it("livez is 200 whatever the engine does", async () => {
    const deps = testDeps();
    deps.predictor.state = new Error("no answer");
    deps.state.ready = false;
    expect((await createApp(deps).request("/livez")).status).toBe(200);
  });

  it("readyz says yes, with the engine's state and every programme's", async () => {
    const response = await createApp(testDeps()).request("/readyz");
    expect(response.status).toBe(200);
    expect(readySchema.parse(await response.json())).toEqual({
      ready: true,
      engine: { state: "ready", workers: 2, restarts: 1 },
      programmes: [
        { id: "cataract", status: "ready" },
        { id: "chest-xray", status: "missing" },
      ],
    });
  });
});
