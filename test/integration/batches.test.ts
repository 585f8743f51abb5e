import { createHmac } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type BatchBody,
  batchOf,
  finished,
  type Listener,
  lineOf,
  listenHere,
  ndjson,
  postBatch,
  type ResultBody,
  readEvents,
  resultsOf,
  type ServerEvent,
  zip,
} from "../support/batches.ts";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer, until } from "../support/server.ts";
import { zipOf } from "../support/zip.ts";

const each = 100;
const secret = "a secret of webhooks that is long enough";
const programme = "programme=cataract";
let root: string;
let server: TestServer;
let here: Listener;
let other: Listener;
let eyes: Buffer[];

const start = () =>
  startServer(
    { BATCH_URL_HOSTS: `127.0.0.1:${here.port},localhost`, WEBHOOK_SECRET: secret, WORKERS: "2" },
    join(root, "data"),
  );
const restart = async (): Promise<void> => {
  server = await start();
  await server.ready();
};
const formOf = (images: readonly Buffer[], prefix: string): FormData => {
  const form = new FormData();
  for (const [i, image] of images.entries())
    form.append("images", new Blob([new Uint8Array(image)]), `${prefix}-${i}.jpg`);
  return form;
};
const linesOf = (images: readonly Buffer[], prefix: string): string =>
  images
    .map((image, i) => lineOf({ custom_id: `${prefix}-${i}`, image: image.toString("base64"), externalId: `x-${i}` }))
    .join("");
const accepted = async (answer: Response): Promise<BatchBody> => {
  const body = (await answer.json()) as BatchBody;
  expect({ status: answer.status, body }).toMatchObject({ status: 202 });
  return body;
};
const refusal = async (answer: Response) => ({ status: answer.status, ...((await answer.json()) as { code: string }) });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "fovea-batches-"));
  here = await listenHere();
  other = await listenHere();
  eyes = [];
  for (let i = 0; i < 3 * each; i++) eyes.push(await drawEye(i + 1, 160, 120));
  await restart();
}, 180_000);
afterAll(async () => {
  await server.stop();
  await Promise.all([here.close(), other.close()]);
  await rm(root, { recursive: true, force: true });
});

describe("durable batches", () => {
  it("make exactly one case of every item, though the server is killed twice in the middle", async () => {
    const form = formOf(eyes.slice(0, each), "form");
    const lines = linesOf(eyes.slice(each, 2 * each), "line");
    const archive = zipOf([
      { name: "folder/", bytes: Buffer.alloc(0), stored: true },
      { name: "__MACOSX/._1.jpg", bytes: Buffer.from("litter") },
      ...eyes.slice(2 * each).map((bytes, i) => ({ name: `folder/${i}.jpg`, bytes, stored: i % 2 === 0 })),
    ]);
    const batches = [
      await accepted(await postBatch(server, programme, form)),
      await accepted(await postBatch(server, programme, lines, ndjson)),
      await accepted(await postBatch(server, programme, archive, zip)),
    ];
    const doneIn = async () => {
      const now = await Promise.all(batches.map(({ id }) => batchOf(server, id)));
      return now.reduce((sum, { counts }) => sum + (counts["done"] ?? 0), 0);
    };
    for (const share of [30, 120]) {
      await until(async () => (await doneIn()) >= share, 60_000, `${share} cases`);
      expect(await doneIn()).toBeLessThan(3 * each);
      await server.kill();
      await restart();
    }
    const ids = new Set<string>();
    const images = new Set<string>();
    for (const { id } of batches) {
      expect((await finished(server, id, 240_000)).counts).toMatchObject({ total: each, done: each });
      const results = await resultsOf(server, id);
      expect(results.map(({ index }) => index)).toEqual(Array.from({ length: each }, (_, i) => i));
      for (const { case: made } of results) {
        ids.add(made?.id ?? "");
        images.add(made?.image.sha256 ?? "");
      }
    }
    const records = await server.records();
    expect(ids.size).toBe(3 * each);
    expect(images.size).toBe(3 * each);
    expect(new Set(records.map(({ id }) => id))).toEqual(ids);
    expect(records).toHaveLength(3 * each);
    const line = (await resultsOf(server, batches[1]?.id as string))[7] as ResultBody;
    expect(line).toMatchObject({ custom_id: "line-7", case: { externalId: "x-7" } });
    expect((await resultsOf(server, batches[2]?.id as string, "?after=98"))[0]?.custom_id).toBe("folder/99.jpg");
  }, 400_000);

  it("answer a repeated post with the same batch, and refuse its key for another", async () => {
    const key = { ...ndjson, "idempotency-key": "night-1" };
    const first = await accepted(await postBatch(server, programme, linesOf(eyes.slice(0, 3), "again"), key));
    const again = await accepted(await postBatch(server, programme, linesOf(eyes.slice(0, 3), "again"), key));
    expect(again.id).toBe(first.id);
    const changed = await postBatch(server, programme, linesOf(eyes.slice(0, 2), "again"), key);
    expect(await refusal(changed)).toMatchObject({ status: 422, code: "idempotency-key-reused" });
    const found = (await (await fetch(`${server.url}/v1/batches?limit=1`)).json()) as { batches: BatchBody[] };
    expect(found.batches[0]?.id).toBe(first.id);
    expect((await finished(server, first.id)).counts["total"]).toBe(3);
  });

  it("take a bad image for an item that failed, and a bad body for nothing", async () => {
    const lines = [
      lineOf({ programme: "cataract", priority: "low" }),
      lineOf({ custom_id: "good", image: (eyes[0] as Buffer).toString("base64") }),
      lineOf({ custom_id: "cut", image: (eyes[1] as Buffer).subarray(0, 900).toString("base64") }),
      lineOf({ custom_id: "no base64", image: "!!" }),
      lineOf({ custom_id: "strange", object: "0".repeat(64) }),
    ].join("");
    const batch = await accepted(await postBatch(server, "", lines, ndjson));
    expect(await finished(server, batch.id)).toMatchObject({ counts: { done: 1, failed: 3 } });
    expect((await resultsOf(server, batch.id)).map(({ error }) => error?.code)).toEqual([
      undefined,
      "image-malformed",
      "base64-invalid",
      "object-unknown",
    ]);
    const csv = await (await fetch(`${server.url}/v1/batches/${batch.id}/results?format=csv`)).text();
    expect(csv.split("\r\n")).toHaveLength(6);
    expect(csv).toContain("no diagnosis");
    const bad: readonly (readonly [string, string, string])[] = [
      ["", lineOf({ image: "AAAA" }), "field-invalid"],
      [programme, "{not json}\n", "json-invalid"],
      [programme, lineOf({ image: "AAAA", url: "https://localhost/" }), "field-invalid"],
      [programme, lineOf({ image: "AAAA", patientID: "lost" }), "field-invalid"],
      [programme, lineOf({ custom_id: "x", object: "0".repeat(64) }).repeat(2), "field-invalid"],
      [programme, "", "image-missing"],
      ["programme=nothing", lineOf({ image: "AAAA" }), "programme-unknown"],
      [`${programme}&priority=high`, lineOf({ image: "AAAA" }), "field-invalid"],
    ];
    for (const [query, body, code] of bad)
      expect(await refusal(await postBatch(server, query, body, ndjson)), body).toMatchObject({ code });
    expect(await refusal(await fetch(`${server.url}/v1/batches/${batch.id.replace(/^./, "f")}`))).toMatchObject({
      status: 404,
      code: "batch-unknown",
    });
    const prefix = await postBatch(server, programme, '{"prefix":"x/"}', { "content-type": "application/json" });
    expect(await refusal(prefix)).toMatchObject({ status: 501, code: "prefix-unavailable" });
  });

  it("are followed while they run: results in order, events with numbers that another process goes on with", async () => {
    const batch = await accepted(await postBatch(server, programme, linesOf(eyes.slice(0, 80), "follow"), ndjson));
    const following = resultsOf(server, batch.id, "?follow=true");
    const url = `${server.url}${batch.links["events"]}`;
    const first = await readEvents(url, (events) => events.length >= 2);
    const last = first.at(-1) as ServerEvent;
    expect(first[0]?.id).toBeLessThan(last.id);
    const results = await following;
    expect(results.map(({ index }) => index)).toEqual(Array.from({ length: 80 }, (_, i) => i));
    await server.stop();
    await restart();
    const rest = await readEvents(`${server.url}${batch.links["events"]}`, () => false, last.id);
    expect(rest.at(-1)).toMatchObject({ event: "end", data: { status: "done", counts: { done: 80 } } });
    expect(rest.every(({ id }) => id > last.id)).toBe(true);
    const again = await fetch(`${server.url}${batch.links["events"]}`, {
      headers: { "last-event-id": String(rest.at(-1)?.id) },
    });
    expect(again.status).toBe(204);
  });

  it("can be cancelled: what is decided by then stays", async () => {
    const batch = await accepted(await postBatch(server, programme, linesOf(eyes, "cancel"), ndjson));
    await until(async () => ((await batchOf(server, batch.id)).counts["done"] ?? 0) > 5, 30_000, "some cases");
    const answer = await fetch(`${server.url}${batch.links["cancel"]}`, { method: "POST" });
    expect(answer.status).toBe(200);
    const { status, counts } = await finished(server, batch.id);
    expect(status).toBe("cancelled");
    expect(counts["cancelled"]).toBeGreaterThan(0);
    expect((counts["done"] ?? 0) + (counts["cancelled"] ?? 0)).toBe(3 * each);
    const results = await resultsOf(server, batch.id);
    expect(results.filter(({ case: made }) => made !== null)).toHaveLength(counts["done"] as number);
  });

  it("try again what failed, and what is done only once", async () => {
    const hidden = new Set(["/1", "/2"]);
    here.answer = (path) =>
      hidden.has(path) ? { status: 404 } : { status: 200, body: eyes[Number(path.slice(1))] as Buffer };
    const lines = [0, 1, 2].map((i) => lineOf({ url: `http://127.0.0.1:${here.port}/${i}` })).join("");
    const batch = await accepted(await postBatch(server, programme, lines, ndjson));
    expect((await finished(server, batch.id)).counts).toMatchObject({ done: 1, failed: 2 });
    const before = await resultsOf(server, batch.id);
    expect(before[1]?.error?.code).toBe("image-missing");
    hidden.clear();
    await fetch(`${server.url}${batch.links["retry"]}`, { method: "POST" });
    expect((await finished(server, batch.id)).counts).toMatchObject({ done: 3, failed: 0 });
    const after = await resultsOf(server, batch.id);
    expect(after[0]?.case?.id).toBe(before[0]?.case?.id);
    expect(here.requests.filter(({ path }) => path === "/0")).toHaveLength(1);
  });

  it("tell of their end with a signature over time and body, again when nobody listened", async () => {
    let refusals = 1;
    here.answer = () => ({ status: refusals-- > 0 ? 500 : 204 });
    const before = here.requests.length;
    const query = `${programme}&webhook=${encodeURIComponent(`http://127.0.0.1:${here.port}/told`)}`;
    const batch = await accepted(await postBatch(server, query, linesOf(eyes.slice(0, 2), "told"), ndjson));
    await until(async () => (await batchOf(server, batch.id)).webhook === "sent", 30_000, "the webhook");
    const told = here.requests.slice(before);
    expect(told).toHaveLength(2);
    expect(new Set(told.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    for (const { headers, body } of told) {
      const [, seconds, sent] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["webhook-signature"])) ?? [];
      expect(createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")).toBe(sent);
      expect(Math.abs(Date.now() / 1000 - Number(seconds))).toBeLessThan(60);
      expect(JSON.parse(body)).toMatchObject({ type: "batch.done", batch: { id: batch.id, counts: { done: 2 } } });
    }
  });

  it("fetch nothing from, and tell nothing to, an address that is not allowed", async () => {
    here.answer = (path) => ({ status: 302, location: `http://127.0.0.1:${other.port}${path}` });
    const urls = [
      `http://127.0.0.1:${other.port}/`,
      `http://localhost:${other.port}/`,
      `http://0x7f.1:${other.port}/`,
      `http://2130706433:${other.port}/`,
      `http://[::1]:${other.port}/`,
      `http://[::ffff:127.0.0.1]:${other.port}/`,
      "http://169.254.169.254/latest/meta-data/",
      "http://user:word@localhost/",
      "file:///etc/passwd",
      "ftp://localhost/",
      "https://example.org/",
      "not an address",
      // Allowed by name, but it leads to this machine.
      "http://localhost/",
      // Allowed, and redirects to what is not.
      `http://127.0.0.1:${here.port}/moved`,
    ];
    const batch = await accepted(
      await postBatch(server, programme, urls.map((url) => lineOf({ url })).join(""), ndjson),
    );
    expect((await finished(server, batch.id)).counts).toMatchObject({ failed: urls.length });
    const results = await resultsOf(server, batch.id);
    expect(results.map(({ error }) => error?.code)).toEqual(urls.map(() => "url-refused"));
    for (const url of urls.slice(0, 12)) {
      const answer = await postBatch(
        server,
        `${programme}&webhook=${encodeURIComponent(url)}`,
        linesOf(eyes.slice(0, 1), "w"),
        ndjson,
      );
      expect(await refusal(answer), url).toMatchObject({ status: 422, code: "url-refused" });
    }
    expect(other.requests).toHaveLength(0);
  });
});

describe("a hostile archive", () => {
  const eye = () => eyes[0] as Buffer;
  const archives: readonly (readonly [string, () => Buffer])[] = [
    ["with a link", () => zipOf([{ name: "a.jpg", bytes: Buffer.from("/etc/passwd"), mode: 0o120777 }])],
    ["with a name that leads out", () => zipOf([{ name: "../../a.jpg", bytes: eye() }])],
    ["with an absolute name", () => zipOf([{ name: "/etc/a.jpg", bytes: eye() }])],
    ["that is encrypted", () => zipOf([{ name: "a.jpg", bytes: eye(), encrypted: true }])],
    ["that is cut off", () => zipOf([{ name: "a.jpg", bytes: eye() }]).subarray(0, -30)],
    ["that is none", () => Buffer.from("PK\x03\x04 and then nothing")],
    ["that lies of a size", () => zipOf([{ name: "a.jpg", bytes: Buffer.alloc(1 << 20), claims: 1000 }])],
    ["that grows beyond measure", () => zipOf(bomb())],
  ];
  const bomb = () => Array.from({ length: 8 }, (_, i) => ({ name: `${i}.jpg`, bytes: Buffer.alloc(24 << 20, i) }));

  it.each(archives)("%s is refused, and nothing of it is kept", async (_what, make) => {
    const before = (await (await fetch(`${server.url}/v1/batches?limit=200`)).json()) as { batches: BatchBody[] };
    const answer = await postBatch(server, programme, make(), zip);
    expect(await refusal(answer)).toMatchObject({ status: 422, code: "archive-refused" });
    const after = (await (await fetch(`${server.url}/v1/batches?limit=200`)).json()) as { batches: BatchBody[] };
    expect(after.batches.map(({ id }) => id)).toEqual(before.batches.map(({ id }) => id));
    expect(await readdir(join(root, "data", "spool"))).toEqual([]);
  });

  it("may hold what is no picture: that item fails alone", async () => {
    const archive = zipOf([
      { name: "a.jpg", bytes: eye() },
      { name: "read me.txt", bytes: Buffer.from("hello") },
      { name: "inner.zip", bytes: zipOf([{ name: "b.jpg", bytes: eye() }]) },
      { name: "large.jpg", bytes: Buffer.alloc(33 << 20) },
    ]);
    const batch = await accepted(await postBatch(server, programme, archive, zip));
    expect((await finished(server, batch.id)).counts).toMatchObject({ done: 1, failed: 3 });
    expect((await resultsOf(server, batch.id)).map(({ error }) => error?.code)).toEqual([
      undefined,
      "image-type-unsupported",
      "image-type-unsupported",
      "image-too-large",
    ]);
  });
});
