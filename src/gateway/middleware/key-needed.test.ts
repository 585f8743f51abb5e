import { describe, expect, it } from "vitest";
import { testDeps } from "../../../test/support/gateway.ts";
import { createApp } from "../app.ts";

const key = "k".repeat(32);
const ask = (path: string, headers: Record<string, string> = {}) =>
  createApp(testDeps({ API_KEY: key })).request(path, { headers });

describe("the key", () => {
  it.each(["/", "/metrics", "/docs", "/nowhere", "/livez/", "/LIVEZ", "//livez", "/readyz/x"])(
    "is asked for on %s, before anything about the path is said",
    async (path) => expect((await ask(path)).status).toBe(401),
  );

  it("is not asked for by probes, and not twice", async () => {
    expect((await ask("/livez")).status).toBe(200);
    expect((await ask("/readyz")).status).toBe(200);
    expect((await ask("/", { "x-api-key": key })).status).toBe(200);
    expect((await ask("/", { "x-api-key": `${key}x` })).status).toBe(401);
  });

  it("is never repeated in an answer", async () => {
    const wrong = "w".repeat(32);
    expect(await (await ask("/", { authorization: `Bearer ${wrong}` })).text()).not.toContain(wrong);
  });
});
