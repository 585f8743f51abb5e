import { describe, expect, it } from "vitest";
import { testDeps } from "../../../test/support/gateway.ts";
import { createApp } from "../app.ts";

describe("the access log", () => {
  it("has one line a request, with the pattern of its route and nothing a caller wrote", async () => {
    const deps = testDeps();
    const app = createApp(deps);
    await app.request("/v1/programmes/jane-doe?patient=jane-doe", {
      headers: { "user-agent": "jane-doe", "x-request-id": "r-1", authorization: "Bearer jane-doe" },
    });
    await app.request("/jane-doe");
    expect(deps.logged()).toEqual([
      expect.objectContaining({
        level: 30,
        requestId: "r-1",
        method: "GET",
        route: "/v1/programmes/:programme",
        status: 404,
        ms: expect.any(Number),
      }),
      expect.objectContaining({ route: "unmatched", status: 404 }),
    ]);
    expect(JSON.stringify(deps.logged())).not.toContain("jane");
  });

  it("is silent where the level says so", async () => {
    const deps = testDeps();
    deps.log.level = "warn";
    await createApp(deps).request("/livez");
    expect(deps.logged()).toEqual([]);
  });
});
