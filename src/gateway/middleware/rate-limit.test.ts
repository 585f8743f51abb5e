import { describe, expect, it } from "vitest";
import { type TestDeps, testDeps } from "../../../test/support/gateway.ts";
import { RateLimiter, ratePolicies } from "../../access/index.ts";
import { createApp } from "../app.ts";

const key = "a-key-for-tests-that-is-long-enough";
const limits = { RATE_LIMIT_REQUESTS_PER_S: "1", RATE_LIMIT_BURST: "3", RATE_LIMIT_KEY_FACTOR: "2" };

function limited(environment: Record<string, string>): { deps: TestDeps; app: ReturnType<typeof createApp> } {
  const deps = testDeps({ API_KEY: key, ...environment });
  const policies = ratePolicies(deps.config);
  if (policies === undefined) throw new Error("nothing is limited");
  const limiter = new RateLimiter({ policies, clock: deps.clock, secret: "of these tests" });
  return { deps, app: createApp({ ...deps, limiter }) };
}

/** What a socket would say of a request. */
const from = (address: string, headers: Record<string, string> = {}) =>
  [
    { headers: { "x-api-key": key, ...headers } },
    { incoming: { socket: { remoteAddress: address } } } as never,
  ] as const;
type Asking = ReturnType<typeof from>;

describe("limits of a caller", () => {
  it("stop it with a code and a time, and say before how it stands", async () => {
    const { app } = limited(limits);
    const ask = () => app.request("/v1/programmes", ...from("203.0.113.1"));
    const first = await ask();
    expect(first.status).toBe(200);
    expect(first.headers.get("ratelimit-policy")).toBe('"address";q=3;w=3, "key";q=6;w=3');
    expect(first.headers.get("ratelimit")).toBe('"address";r=2;t=1, "key";r=5;t=1');
    await ask();
    await ask();
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: "rate-limited", retryable: true });
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(refused.headers.get("ratelimit")).toBe('"address";r=0;t=3');
  });

  it("are those of the address before a key is looked at, so that keys cannot be tried without end", async () => {
    const { app } = limited(limits);
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++)
      statuses.push(
        (await app.request("/v1/programmes", ...from("203.0.113.1", { "x-api-key": `wrong-${i}` }))).status,
      );
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
  });

  it("are those of the key, from however many addresses", async () => {
    const { app } = limited(limits);
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++) statuses.push((await app.request("/v1/programmes", ...from(`203.0.113.${i}`))).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
    expect((await app.request("/metrics", ...from("203.0.113.50"))).status).toBe(200);
  });

  it("take a forwarded address from trusted proxies only", async () => {
    const { app } = limited({ ...limits, RATE_LIMIT_KEY_FACTOR: "100", TRUSTED_PROXIES: "10.0.0.0/8" });
    const statusesOf = async (asking: (i: number) => Asking) => {
      const statuses: number[] = [];
      for (let i = 0; i < 5; i++) statuses.push((await app.request("/v1/programmes", ...asking(i))).status);
      return statuses;
    };
    const forged = (i: number) => ({ "x-forwarded-for": `198.51.100.${i}` });
    expect(await statusesOf((i) => from("203.0.113.1", forged(i)))).toEqual([200, 200, 200, 429, 429]);
    expect(await statusesOf((i) => from("10.0.0.1", forged(i)))).toEqual([200, 200, 200, 200, 200]);
    const behind = (i: number) => ({ "x-forwarded-for": `1.1.1.${i}, 198.51.100.77` });
    expect(await statusesOf((i) => from("10.0.0.1", behind(i)))).toEqual([200, 200, 200, 429, 429]);
  });

  it("never keep a load balancer from looking whether the server is ready", async () => {
    const { app } = limited(limits);
    for (let i = 0; i < 10; i++) expect((await app.request("/readyz", ...from("203.0.113.1"))).status).toBe(200);
  });

  it("refuse in the shape of the source system that is meant", async () => {
    const { app } = limited(limits);
    const ask = (path: string) => app.request(path, ...from("203.0.113.1"));
    for (let i = 0; i < 3; i++) await ask("/p/cataract/health");
    const refused = await ask("/p/cataract/health");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await refused.json()).toMatchObject({ detail: expect.any(String), code: "rate-limited" });
    expect(await (await ask("/p/chest/health")).json()).toMatchObject({ error: { code: "rate-limited" } });
    expect(await (await ask("/v2/models")).json()).toMatchObject({ error: expect.any(String), code: "rate-limited" });
  });

  it("count bytes as they are announced, and let questions without a body through", async () => {
    const { app } = limited({ RATE_LIMIT_BYTES_PER_MIN: "1000", RATE_LIMIT_KEY_FACTOR: "1" });
    const [{ headers }, env] = from("203.0.113.1", { "content-length": "5000", "content-type": "image/png" });
    const post = () =>
      app.request("/v1/programmes/cataract/cases", { method: "POST", headers, body: new Uint8Array(5000) }, env);
    expect((await post()).status).not.toBe(429);
    const refused = await post();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(240);
    expect((await app.request("/v1/programmes", ...from("203.0.113.1"))).status).toBe(200);
  });
});
