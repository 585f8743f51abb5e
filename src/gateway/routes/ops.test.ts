import { describe, expect, it } from "vitest";
import { drawEye } from "../../../test/support/eye.ts";
import { knownCase, testDeps } from "../../../test/support/gateway.ts";
import { Problem } from "../../contracts/index.ts";
import { createApp } from "../app.ts";
import { opsSchema, settingsSchema } from "./ops-schemas.ts";
import { quantileOf } from "./ops-window.ts";

const post = async (app: ReturnType<typeof createApp>, headers: Record<string, string> = {}) => {
  const body = new Uint8Array(await drawEye(5));
  return app.request("/v1/programmes/cataract/cases", { method: "POST", body, headers });
};

describe("GET /v1/ops", () => {
  it("says how many cases every figure is of, and nothing of 0 where there is none", async () => {
    const app = createApp(testDeps());
    const quiet = opsSchema.parse(await (await app.request("/v1/ops")).json());
    expect(quiet.cases).toMatchObject({ accepted: 0, p95S: { value: null, n: 0 }, toPerson: { value: null, n: 0 } });
    for (let i = 0; i < 3; i++) expect((await post(app)).status).toBe(201);
    await app.request("/v1/programmes/cataract/cases", { method: "POST", body: "no image" });
    const ops = opsSchema.parse(await (await app.request("/v1/ops")).json());
    expect(ops.cases).toMatchObject({ accepted: 3, p95S: { n: 3 }, toPerson: { value: 0, n: 3 } });
    expect(ops.cases.p95S.value).toBeGreaterThan(0);
    expect(ops.requests).toMatchObject({ n: 4, failed: 0, shed: [] });
    expect(ops.requests.codes.map(({ n }) => n)).toEqual([1]);
    expect(ops.queues.lanes.map(({ lane, items }) => [lane, items])).toContainEqual(["bulk", 3]);
  });

  it("names models, batches and what is turned away, and no person", async () => {
    const deps = testDeps();
    const app = createApp(deps);
    deps.predictor.answer = async () => {
      throw new Problem("queue-full", { retryAfterS: 7 });
    };
    await post(app);
    const text = await (await app.request("/v1/ops")).text();
    const ops = opsSchema.parse(JSON.parse(text));
    expect(ops.requests.shed).toEqual([{ name: "429", n: 1 }]);
    expect(ops.requests.retryAfterP50S.n).toBe(1);
    expect(ops.models[0]?.readers.map(({ reader }) => reader)).toEqual(["fast", "fine"]);
    expect(ops.batches?.map(({ id }) => id)).toEqual([knownCase.id]);
    expect(text).not.toMatch(/patient|"name":"Ada/i);
  });

  it("goes on without the database and without the engine", async () => {
    const away = () => Promise.reject(new Problem("store-unavailable"));
    const deps = testDeps();
    const broken = {
      ...deps,
      batches: { ...deps.batches, backlog: away, store: { ...deps.batches.store, listBatches: away } },
    };
    deps.predictor.state = new Error("no answer");
    const answer = await createApp(broken).request("/v1/ops");
    expect(answer.status).toBe(200);
    const ops = opsSchema.parse(await answer.json());
    expect(ops.engine).toEqual({ state: "unknown" });
    expect(ops).not.toHaveProperty("backlog");
    expect(ops).not.toHaveProperty("batches");
  });

  it("shows settings without secrets", async () => {
    const secrets = {
      API_KEY: "k".repeat(40),
      DATABASE_URL: "postgres://me:pass@db:5432/fovea",
      LINK_SECRET: "s".repeat(40),
    };
    const app = createApp(testDeps({ ...secrets, QUEUE_ITEMS_MAX: "7" }));
    const headers = { "x-api-key": secrets.API_KEY };
    expect((await app.request("/v1/ops/settings")).status).toBe(401);
    const text = await (await app.request("/v1/ops/settings", { headers })).text();
    for (const hidden of [secrets.API_KEY, "pass", secrets.LINK_SECRET]) expect(text).not.toContain(hidden);
    const { settings } = settingsSchema.parse(JSON.parse(text));
    const named = Object.fromEntries(settings.map(({ name, ...rest }) => [name, rest]));
    expect(named["QUEUE_ITEMS_MAX"]).toEqual({ value: 7, isDefault: false });
    expect(named["QUEUE_SECONDS_MAX"]).toEqual({ value: 30, isDefault: true });
    expect(named["DATABASE_URL"]).toEqual({ value: "postgres://hidden@db:5432/fovea", isDefault: false });
    expect(named["WEBHOOK_SECRET"]).toEqual({ value: null, isDefault: true });
  });

  it("verifies the audit chain when asked, and opens its page without a key but nothing else", async () => {
    const app = createApp(testDeps({ API_KEY: "k".repeat(40) }));
    const headers = { "x-api-key": "k".repeat(40) };
    expect((await app.request("/v1/ops/audit", { method: "POST" })).status).toBe(401);
    const verdict = await (await app.request("/v1/ops/audit", { method: "POST", headers })).json();
    expect(verdict).toMatchObject({ intact: true, entries: 3 });
    expect((await app.request("/ops")).status).toBe(200);
    expect((await app.request("/v1/ops")).status).toBe(401);
  });
});

describe("a percentile out of buckets", () => {
  it.each([
    [
      0.5,
      [
        [1, 10],
        [2, 10],
        [Number.POSITIVE_INFINITY, 10],
      ],
      0.5,
      10,
    ],
    [
      0.95,
      [
        [1, 0],
        [2, 100],
        [Number.POSITIVE_INFINITY, 100],
      ],
      1.95,
      100,
    ],
    [
      0.99,
      [
        [1, 10],
        [2, 50],
        [Number.POSITIVE_INFINITY, 100],
      ],
      2,
      100,
    ],
    [
      0.5,
      [
        [1, 0],
        [Number.POSITIVE_INFINITY, 0],
      ],
      null,
      0,
    ],
  ] as const)("%s of %j is %s of %i", (share, buckets, value, n) => {
    expect(quantileOf(share, buckets as unknown as [number, number][])).toEqual({ value, n });
  });
});
