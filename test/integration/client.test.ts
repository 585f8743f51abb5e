import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createFoveaClient, type FoveaClient } from "../../src/client/index.ts";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer } from "../support/server.ts";

const apiKey = "key-for-the-tests-of-the-typed-client";
let dataDir: string;
let server: TestServer;
let fovea: FoveaClient;
const start = async () => {
  server = await startServer({ API_KEY: apiKey, ...(server && { PORT: String(server.port) }) }, dataDir);
  await server.ready();
};

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "fovea-client-"));
  await start();
  fovea = createFoveaClient({ baseUrl: server.url, apiKey, WebSocket });
});
afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

it("screens an image and reads back what was recorded", async () => {
  const subject = { patientId: "p-1", laterality: "left", trainingConsent: true } as const;
  const screened = await fovea.screen("cataract", await drawEye(1), subject, { strategy: "mean" });
  expect(screened).toMatchObject({ programme: "cataract", ...subject, decision: { strategy: "mean" } });
  expect(await fovea.case(screened.id)).toEqual(screened);
  const image = await fovea.imageOf(screened.id);
  expect([image.type, image.size]).toEqual([screened.image.mediaType, screened.image.bytes]);
  const heatmap = await fovea.heatmapOf(screened.id, { label: "normal" });
  expect(heatmap.type).toBe("image/png");
  expect(Buffer.from(await heatmap.arrayBuffer()).subarray(1, 4)).toEqual(Buffer.from("PNG"));
});

it("records one case however often it is sent under one key", async () => {
  const image = await drawEye(2);
  const options = { idempotencyKey: "same" };
  const first = await fovea.screen("cataract", image, {}, options);
  expect((await fovea.screen("cataract", image, {}, options)).id).toBe(first.id);
  await expect(fovea.screen("cataract", await drawEye(3), {}, options)).rejects.toMatchObject({
    code: "idempotency-key-reused",
    status: 422,
  });
});

it("goes through all pages of the cases that fit, each once", async () => {
  const made: string[] = [];
  for (let i = 0; i < 5; i++)
    made.unshift((await fovea.screen("cataract", await drawEye(1), { patientId: "p-2" }, { strategy: "fast" })).id);
  const found: string[] = [];
  for await (const { id } of fovea.cases({ patientId: "p-2", limit: 2 })) found.push(id);
  expect(found).toEqual(made);
});

it("says no as the server says it", async () => {
  await expect(fovea.case("018f0000-0000-7000-8000-000000000000")).rejects.toMatchObject({
    name: "FoveaProblem",
    code: "case-unknown",
    status: 404,
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  await expect(fovea.screen("cataract", new Uint8Array([1, 2, 3]))).rejects.toMatchObject({
    code: "image-type-unsupported",
    retryable: false,
  });
  const stranger = createFoveaClient({ baseUrl: server.url, WebSocket });
  await expect(stranger.cases().next()).rejects.toMatchObject({ code: "unauthorised", status: 401 });
  await expect(stranger.follow().next()).rejects.toMatchObject({ code: "unauthorised" });
});

it("tells each alert once and in order, over a kill of the server", async () => {
  const admit = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const body = { name: `Person ${i}`, age: 50, gender: "Female" };
      expect((await fovea.http.POST("/p/eye/api/patients", { body })).response.status).toBe(201);
    }
  };
  await admit(3);
  const cursors: number[] = [];
  const following = (async () => {
    for await (const { cursor, kind, data } of fovea.follow(0)) {
      expect(kind).toBe("notification");
      expect(JSON.stringify(data)).not.toContain("Person");
      if (cursors.push(cursor) === 6) break;
    }
  })();
  await expect.poll(() => cursors.length, { timeout: 30_000 }).toBe(3);
  await server.kill();
  await start();
  await admit(3);
  await following;
  expect(cursors).toEqual([1, 2, 3, 4, 5, 6]);
});
