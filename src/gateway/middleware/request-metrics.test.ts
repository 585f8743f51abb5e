import { describe, expect, it } from "vitest";
import { testDeps } from "../../../test/support/gateway.ts";
import { createApp } from "../app.ts";

describe("the request metrics", () => {
  it("count by pattern, method and status, and measure by outcome", async () => {
    const deps = testDeps({ API_KEY: "k".repeat(32) });
    const app = createApp(deps);
    const headers = { "x-api-key": "k".repeat(32) };
    await app.request("/livez");
    await app.request("/v1/programmes/cataract", { headers });
    await app.request("/v1/programmes/nothing", { headers });
    await app.request("/v1/programmes");
    await app.request("/v1/programmes", { headers, method: "PROPFIND" });
    const text = await deps.metrics.registry.metrics();
    for (const line of [
      'screen_http_requests_total{route="/livez",method="GET",code="200"} 1',
      'screen_http_requests_total{route="/v1/programmes/:programme",method="GET",code="200"} 1',
      'screen_http_requests_total{route="/v1/programmes/:programme",method="GET",code="404"} 1',
      'screen_http_requests_total{route="/v1/programmes",method="GET",code="401"} 1',
      'screen_http_requests_total{route="unmatched",method="other",code="405"} 1',
      'screen_http_request_duration_seconds_count{route="/v1/programmes/:programme",outcome="ok"} 1',
      'screen_http_request_duration_seconds_count{route="any",outcome="refused"} 3',
      'screen_rejected_total{code="unauthorised"} 1',
    ])
      expect(text).toContain(`${line}\n`);
  });
});
