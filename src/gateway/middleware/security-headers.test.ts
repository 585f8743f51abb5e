import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import type { GatewayEnv } from "../serving.ts";
import { securityHeaders } from "./security-headers.ts";

const app = new Hono<GatewayEnv>()
  .use(securityHeaders())
  .get("/result", (c) => c.json({}))
  .get("/asset", (c) => {
    c.header("Cache-Control", "private, max-age=3600");
    return c.text("");
  });

describe("the security headers", () => {
  it("are on every answer, also on one nobody wrote", async () => {
    for (const path of ["/result", "/nowhere"]) {
      const { headers } = await app.request(path, { headers: { origin: "https://evil.example" } });
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
  });

  it("can be said otherwise by a route", async () => {
    expect((await app.request("/asset")).headers.get("cache-control")).toBe("private, max-age=3600");
  });
});
