import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { memoryDrift } from "../../test/support/drift-store.ts";
import { drawEye } from "../../test/support/eye.ts";
import { knownCase, testDeps } from "../../test/support/gateway.ts";
import { ophthalmology } from "../../test/support/ophthalmology.ts";
import { person } from "../../test/support/person.ts";
import { catalog } from "../../test/support/programme.ts";
import { feet } from "../../test/support/several-labels.ts";
import { type DriftView, Problem, type ProblemCode, problems } from "../contracts/index.ts";
import { createApp } from "./app.ts";
import { openApiDocument } from "./openapi-document.ts";
import { problemMarkdown } from "./pages/problem-table.ts";
import { problemSchema } from "./schemas.ts";

interface Operation {
  readonly operationId?: string;
  readonly responses: Record<string, unknown>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
}
const document = openApiDocument(createApp(testDeps())) as Document;
const documented = (method: string, path: string) => document.paths[path]?.[method.toLowerCase()] ?? { responses: {} };
const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
);
const names = { programme: "cataract", model: "cataract", version: "0", queue: "batches", id: knownCase.id };
const filled = (path: string): string =>
  Object.entries(names).reduce((whole, [name, value]) => whole.replace(`{${name}}`, value), path);
/** What a caller without a key may ask. */
const open = ["/", "/ops", "/people", "/people/{id}", "/livez", "/readyz", "/v2/health/live", "/v2/health/ready"];
function driftWith(id: string): DriftView {
  const at = "2026-01-01T10:00:00.000Z";
  const alarm = { id, programme: "cataract", kind: "look", streams: ["score"], state: "open", cases: [] } as const;
  const incident = { ...alarm, openedAt: at, updatedAt: at, evidence: {}, waitingFor: [] };
  return { ...memoryDrift(), reports: async () => [], incident: async () => ({ incident, events: [] }) };
}
/** A gateway that holds one of each thing that a path can name, all under one id. */
const furnished = (environment: Record<string, string> = {}) => {
  const also = [feet, ophthalmology].map((programme) => [programme.manifest.id, programme] as const);
  const programmes = new Map([...catalog.programmes, ...also]);
  const { id, image } = knownCase;
  const deps = testDeps(environment, { programmes: { programmes }, drift: driftWith(id) });
  deps.memory.people.set(id, person({ id, image }));
  deps.kept.results.set(id, "{}");
  const timestamp = "2026-01-01T10:00:00.000Z";
  deps.memory.notes.push({ id, personId: id, message: "look", timestamp, read: false, type: "info" });
  return deps;
};
const committed = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");

describe("the committed documents", () => {
  it("are those of the code; after a change: npm run build && node scripts/generate-docs.mjs", () => {
    expect(JSON.parse(committed("openapi.json"))).toEqual(document);
    expect(committed("problems.md")).toBe(problemMarkdown());
  });
});

describe("every documented route", () => {
  it("was really found", () => {
    expect(document.openapi).toBe("3.1.0");
    expect(routes.length).toBeGreaterThan(20);
    expect(new Set(routes.map(([method, path]) => documented(method, path).operationId)).size).toBe(routes.length);
  });

  it.each(routes)(
    "%s %s answers, with a status that is documented and without what a browser should not get",
    async (method, path) => {
      const response = await createApp(furnished()).request(filled(path), { method });
      const { responses } = documented(method, path);
      expect([...Object.keys(responses), ...("default" in responses ? [String(response.status)] : [])]).toContain(
        String(response.status),
      );
      expect(response.status).not.toBe(404);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("referrer-policy")).toBe("no-referrer");
      expect(response.headers.get("content-security-policy")).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      // The library of the reading page writes style elements.
      if (!path.endsWith("/redoc")) expect(response.headers.get("content-security-policy")).not.toContain("unsafe");
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
      expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it.each(routes)("%s %s asks for the key, in its own shape, and takes it", async (method, path) => {
    const key = "k".repeat(40);
    const app = createApp(furnished({ API_KEY: key }));
    const refused = await app.request(filled(path), { method });
    if (open.includes(path)) return expect(refused.status).toBe(200);
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toMatch(/^Bearer/);
    expect(await refused.json()).toMatchObject({ code: "unauthorised", detail: expect.stringContaining("X-API-Key") });
    const headers = { authorization: `Bearer ${key}` };
    expect((await app.request(filled(path), { method, headers })).status).not.toBe(401);
    expect((await app.request(filled(path), { method, headers: { "x-api-key": key } })).status).not.toBe(401);
  });

  it.each(routes)("%s %s answers 405 to another method, and says which are right", async (method, path) => {
    const response = await createApp(furnished()).request(filled(path), { method: "PUT" });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")?.split(", ")).toContain(method);
    expect(await response.json()).toMatchObject({ code: "method-not-allowed" });
  });

  it.each(routes.filter(([method]) => method === "GET"))("%s %s answers HEAD", async (_method, path) => {
    const response = await createApp(furnished()).request(filled(path), { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });
});

describe("a path that is no route", () => {
  it.each([
    "/nowhere",
    "/v1",
    "/v1/programmes/",
    "/docs/package.json",
    "/docs/..%2fpackage.json",
    "/v1/programmes/x/y",
  ])("%s answers 404", async (path) => {
    const response = await createApp(testDeps()).request(path);
    expect(response.status).toBe(404);
    expect(problemSchema.parse(await response.json())).toMatchObject({ code: "route-not-found" });
  });

  it("keeps the source's shape under its mount", async () => {
    const response = await createApp(testDeps()).request("/p/cataract/nowhere");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ detail: "Not Found", code: "route-not-found" });
  });

  it("is one label in the metrics, however many there are", async () => {
    const deps = testDeps();
    const app = createApp(deps);
    for (let i = 0; i < 20; i++) await app.request(`/probe-${i}`);
    const text = await (await app.request("/metrics")).text();
    expect(text).toContain('screen_http_requests_total{route="unmatched",method="GET",code="404"} 20\n');
    expect(text).not.toContain("probe-");
  });
});

describe("every problem", () => {
  const eye = drawEye(1);
  const codes = Object.keys(problems) as ProblemCode[];
  const secret = "ENOENT /home/secret";
  const ask = async (error: Error, path: string) => {
    const deps = testDeps();
    deps.predictor.answer = () => Promise.reject(error);
    const body = new Uint8Array(await eye);
    const response = await createApp(deps).request(path, {
      method: "POST",
      body,
      headers: { "content-type": "image/jpeg" },
    });
    return { deps, response, text: await response.text() };
  };

  it.each(codes)("%s is rendered as RFC 9457, with Retry-After where a retry is wanted", async (code) => {
    const cause = new Error(secret);
    const { response, text } = await ask(
      new Problem(code, { retryAfterS: 2.2, cause }),
      "/v1/programmes/cataract/cases",
    );
    const { status, title, retryable } = problems[code];
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("retry-after")).toBe(status === 429 || status === 503 ? "3" : null);
    expect(problemSchema.parse(JSON.parse(text))).toEqual({
      type: `/docs/problems#${code}`,
      title,
      status,
      code,
      retryable,
      instance: response.headers.get("x-request-id"),
    });
    expect(text).not.toContain(secret);
  });

  it.each(codes)("%s is rendered with a detail on the source's path, and the source's statuses", async (code) => {
    const { response, text } = await ask(new Problem(code), "/predict_clip");
    const image = /^image-(type|malformed|undecodable|too-many|too-small|multiframe)|quarantined|base64/.test(code);
    expect(response.status).toBe(image ? 400 : code === "image-missing" ? 422 : problems[code].status);
    const body = JSON.parse(text);
    if (image) expect(body.detail).toBe("Invalid image file format");
    else if (code === "image-missing")
      expect(body.detail).toEqual([
        {
          type: "missing",
          loc: ["body", "image"],
          msg: "Field required",
          input: null,
          ctx: { accepted_fields: ["image", "file"] },
        },
      ]);
    else expect(body.detail).toEqual(expect.any(String));
    expect(body).toMatchObject({ code, reason: expect.any(String) });
    if (response.status === 429 || response.status === 503) expect(response.headers.get("retry-after")).toBe("1");
  });

  it("that is none answers 500 with nothing but the request id, and is logged with its stack", async () => {
    for (const path of ["/v1/programmes/cataract/cases", "/predict_lgbm"]) {
      const { deps, response, text } = await ask(new TypeError(secret), path);
      expect(response.status).toBe(500);
      expect(text).not.toContain("secret");
      expect(JSON.parse(text)).toMatchObject({ code: "internal" });
      const id = response.headers.get("x-request-id");
      expect(text).toContain(id);
      const logged = deps.logged().find((line) => line["level"] === 50);
      expect(logged).toMatchObject({
        requestId: id,
        err: { message: secret, stack: expect.stringContaining("TypeError") },
      });
    }
  });

  it("with a cause on our side is logged with it", async () => {
    const { deps } = await ask(new Problem("store-unavailable", { cause: new Error("ENOSPC") }), "/predict_lgbm");
    expect(deps.logged()).toContainEqual(
      expect.objectContaining({
        level: 40,
        code: "store-unavailable",
        err: expect.objectContaining({ message: "ENOSPC" }),
      }),
    );
  });
});
