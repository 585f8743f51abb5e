import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { createFoveaClient, type FoveaClientOptions } from "./client.ts";
import { FoveaProblem } from "./problem.ts";
import { retryAfterMaxS, triesMax } from "./retry.ts";

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}
type Answer = (response: ServerResponse, seen: Seen) => void;

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers the first request with the first answer, and so on; the last one from then on. */
async function answering(answers: readonly Answer[], options: Partial<FoveaClientOptions> = {}) {
  const seen: Seen[] = [];
  const own = createServer(async (request, response) => {
    const { method, url, headers } = request;
    const at = seen.push({ method, url, headers, body: await text(request) }) - 1;
    answers[Math.min(at, answers.length - 1)]?.(response, seen[at] as Seen);
  });
  server = own;
  await new Promise<void>((resolve) => own.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(own.address() as AddressInfo).port}`;
  return { seen, client: createFoveaClient({ baseUrl, ...options }) };
}

const json =
  (status: number, body: object, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
const problem = (status: number, code: string, retryable: boolean, headers: Record<string, string> = {}) =>
  json(status, { type: `/docs/problems#${code}`, title: code, status, code, retryable, instance: "r-1" }, headers);
const hangUp: Answer = (response) => void response.socket?.destroy();

const rejection = (call: Promise<unknown>): Promise<unknown> => call.then(() => undefined).catch((error) => error);
const keyOf = ({ headers }: Seen) => headers["idempotency-key"];

describe("a refusal", () => {
  it("is a FoveaProblem with everything the answer said", async () => {
    const refusal = json(404, {
      type: "/docs/problems#case-unknown",
      title: "There is no such case",
      status: 404,
      code: "case-unknown",
      retryable: false,
      detail: "of that id",
      instance: "r-1",
      fields: [{ name: "id", message: "unknown" }],
    });
    const { client, seen } = await answering([refusal]);
    const error = await rejection(client.case("x"));
    expect(error).toBeInstanceOf(FoveaProblem);
    expect(error).toMatchObject({
      name: "FoveaProblem",
      code: "case-unknown",
      status: 404,
      detail: "of that id",
      message: "of that id",
      requestId: "r-1",
      retryable: false,
      retryAfterS: undefined,
      fields: [{ name: "id", message: "unknown" }],
    });
    expect(seen.length).toBe(1);
  });

  it("that is not Fovea's says so", async () => {
    const proxy: Answer = (response) => void response.writeHead(502, { "content-type": "text/html" }).end("<p>bad</p>");
    const { client } = await answering([proxy]);
    expect(await rejection(client.case("x"))).toMatchObject({ code: "not-from-fovea", status: 502, detail: undefined });
  });

  it("that will not pass by itself is not repeated, although it is a 503", async () => {
    const { client, seen } = await answering([problem(503, "pack-not-installed", false, { "retry-after": "1" })]);
    expect(await rejection(client.screen("cataract", new Uint8Array(3)))).toMatchObject({ code: "pack-not-installed" });
    expect(seen.length).toBe(1);
  });

  it("that asks for more patience than we have is handed on, with its time", async () => {
    const wait = String(retryAfterMaxS + 1);
    const { client, seen } = await answering([problem(429, "queue-full", true, { "retry-after": wait })]);
    expect(await rejection(client.screen("cataract", new Uint8Array(3)))).toMatchObject({
      code: "queue-full",
      retryable: true,
      retryAfterS: retryAfterMaxS + 1,
    });
    expect(seen.length).toBe(1);
  });
});

describe("a repeat", () => {
  const busy = problem(503, "engine-not-ready", true, { "retry-after": "0" });
  const full = problem(429, "queue-full", true, { "retry-after": "0" });

  it("sends the same bytes under the same Idempotency-Key", async () => {
    const { client, seen } = await answering([full, busy, hangUp, json(201, { id: "c-1" })]);
    expect(await client.screen("cataract", new TextEncoder().encode("pixels"))).toEqual({ id: "c-1" });
    expect(seen.length).toBe(triesMax);
    expect(new Set(seen.map(keyOf)).size).toBe(1);
    expect(keyOf(seen[0] as Seen)).toMatch(/^[0-9a-f-]{36}$/);
    for (const { body } of seen) expect(body).toContain("pixels");
    expect(new Set(seen.map(({ headers }) => headers["content-length"])).size).toBe(1);
  });

  it("has another key in another call, or the caller's", async () => {
    const { client, seen } = await answering([json(201, { id: "c-1" })]);
    await client.screen("cataract", new Uint8Array(1));
    await client.screen("cataract", new Uint8Array(1));
    await client.screen("cataract", new Uint8Array(1), {}, { idempotencyKey: "mine" });
    expect(new Set(seen.map(keyOf)).size).toBe(3);
    expect(keyOf(seen[2] as Seen)).toBe("mine");
  });

  it("ends after so many tries, with the last refusal", async () => {
    const { client, seen } = await answering([busy]);
    expect(await rejection(client.case("x"))).toMatchObject({ code: "engine-not-ready" });
    expect(seen.length).toBe(triesMax);
  });

  it("waits as long as it was told to", async () => {
    const { client } = await answering([problem(429, "queue-full", true, { "retry-after": "1" }), json(200, {})]);
    const start = performance.now();
    await client.case("x");
    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
  });

  it("is not made of a post that may have been carried out and has no key", async () => {
    const { client, seen } = await answering([busy]);
    const { response } = await client.http.POST("/v1/events/links");
    expect(response.status).toBe(503);
    expect(seen.length).toBe(1);
  });

  it("ends with the caller's signal", async () => {
    const { client, seen } = await answering([problem(429, "queue-full", true, { "retry-after": "20" })]);
    const gone = new AbortController();
    const call = rejection(client.case("x", { signal: gone.signal }));
    await expect.poll(() => seen.length).toBe(1);
    gone.abort();
    expect(await call).toMatchObject({ name: "AbortError" });
  });

  it("and all tries before it end with the time for the call", async () => {
    const silent: Answer = () => undefined;
    const { client } = await answering([silent], { timeoutMs: 100 });
    expect(await rejection(client.case("x"))).toMatchObject({ name: "TimeoutError" });
  });
});

describe("a call", () => {
  it("carries the key, the wishes and what is known of the image", async () => {
    const { client, seen } = await answering([json(201, { id: "c-1" })], { apiKey: "k".repeat(32) });
    await client.screen(
      "cataract",
      new Blob(["pixels"], { type: "image/jpeg" }),
      { patientId: "p-1", trainingConsent: false },
      { strategy: "fast", lane: "bulk", deadlineMs: 1500 },
    );
    const { method, url, headers, body } = seen[0] as Seen;
    expect([method, url]).toEqual(["POST", "/v1/programmes/cataract/cases"]);
    expect(headers).toMatchObject({
      "x-api-key": "k".repeat(32),
      "x-strategy": "fast",
      "x-lane": "bulk",
      "x-deadline-ms": "1500",
      "content-type": expect.stringMatching(/^multipart\/form-data; boundary=/),
    });
    expect(body).toMatch(/name="image"; filename="[^"]+"\r\nContent-Type: image\/jpeg\r\n\r\npixels/);
    expect(body).toMatch(/name="patientId"\r\n\r\np-1\r\n/);
    expect(body).toMatch(/name="trainingConsent"\r\n\r\nfalse\r\n/);
  });

  it("for cases goes on from page to page, and asks for no page that nobody reads", async () => {
    const first = json(200, { cases: [{ id: "a" }, { id: "b" }], next: "n-1", disclaimer: "" });
    const { client, seen } = await answering([first, json(200, { cases: [{ id: "c" }], disclaimer: "" })]);
    const ids: string[] = [];
    for await (const { id } of client.cases({ programme: "cataract", limit: 2 })) ids.push(id);
    expect(ids).toEqual(["a", "b", "c"]);
    const query = "/v1/cases?programme=cataract&limit=2";
    expect(seen.map(({ url }) => url)).toEqual([query, `${query}&cursor=n-1`]);
    const other = await answering([first]);
    for await (const { id } of other.client.cases()) if (id === "b") break;
    expect(other.seen.length).toBe(1);
  });

  it("for pictures gives bytes with their type", async () => {
    const png: Answer = (response) => void response.writeHead(200, { "content-type": "image/png" }).end("png");
    const { client, seen } = await answering([png]);
    const map = await client.heatmapOf("c-1", { label: "normal" });
    expect([map.type, await map.text()]).toEqual(["image/png", "png"]);
    expect(await (await client.imageOf("c-1")).text()).toBe("png");
    expect(seen.map(({ url }) => url)).toEqual(["/v1/cases/c-1/heatmap?label=normal", "/v1/cases/c-1/image"]);
  });
});
