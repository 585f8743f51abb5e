import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type BatchBody,
  batchOf,
  finished,
  lineOf,
  ndjson,
  postBatch,
  readEvents,
  resultsOf,
} from "../support/batches.ts";
import { serverDatabase, type TestDatabase } from "../support/database.ts";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer, until } from "../support/server.ts";

const database = process.env["TEST_DATABASE_URL"] || undefined;
const endpoint = process.env["S3_ENDPOINT"] || undefined;
const bucket = process.env["S3_BUCKET"] ?? "";
const fovea = resolve(import.meta.dirname, "../../dist/cli/fovea.js");
const count = 150;
let root: string;
let eyes: Buffer[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "fovea-batches-"));
  eyes = [];
  for (let i = 0; i < count; i++) eyes.push(await drawEye(1000 + i, 160, 120));
}, 60_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const programme = "programme=cataract";
const accepted = async (answer: Response): Promise<BatchBody> => {
  expect(answer.status).toBe(202);
  return (await answer.json()) as BatchBody;
};

describe.skipIf(database === undefined)("two gateways on one database (a PostgreSQL server in DATABASE_URL)", () => {
  let shared: TestDatabase;
  let servers: TestServer[] = [];
  const start = async (name: string): Promise<TestServer> => {
    const url = (shared.place as { url: string }).url;
    const environment = { DATABASE_URL: url, OBJECT_STORE: `file:${join(root, "objects")}`, WORKERS: "1" };
    const server = await startServer(environment, join(root, name));
    await server.ready();
    servers.push(server);
    return server;
  };
  beforeAll(async () => {
    shared = await serverDatabase(database as string);
  });
  afterAll(async () => {
    await Promise.all(servers.map((each) => each.stop()));
    await shared.drop();
  });

  it("share the items, and the one that is left makes each case that is missing exactly once", async () => {
    const [one, two] = [await start("one"), await start("two")];
    const lines = eyes.map((eye, i) => lineOf({ custom_id: String(i), image: eye.toString("base64") })).join("");
    const batch = await accepted(await postBatch(one, programme, lines, ndjson));
    const events = readEvents(`${one.url}${batch.links["events"]}`, () => false);
    await until(async () => ((await batchOf(two, batch.id)).counts["done"] ?? 0) > count / 3, 60_000, "a third");
    await one.kill();
    servers = servers.filter((each) => each !== one);
    const seen = (await events).at(-1);
    const rest = await readEvents(`${two.url}${batch.links["events"]}`, () => false, seen?.id);
    expect(rest[0]?.id).toBeGreaterThan(seen?.id ?? Number.POSITIVE_INFINITY);
    expect(rest.at(-1)).toMatchObject({ event: "end", data: { counts: { total: count, done: count } } });
    const results = await resultsOf(two, batch.id);
    expect(new Set(results.map(({ case: made }) => made?.id)).size).toBe(count);
    expect(await two.records()).toHaveLength(count);
  }, 180_000);
});

describe.skipIf(endpoint === undefined)("images in a bucket (an S3 server in S3_ENDPOINT with S3_BUCKET)", () => {
  it("below a prefix that is open become a batch, those above it do not", async () => {
    const opened = `batches-${process.pid}/`;
    const client = new S3Client({ region: "us-east-1", endpoint: endpoint as string, forcePathStyle: true });
    for (const [i, eye] of eyes.slice(0, 12).entries())
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: `${opened}night/${i}.jpg`, Body: eye }));
    client.destroy();
    const server = await startServer({
      OBJECT_STORE: `s3://${bucket}/kept-${process.pid}`,
      S3_ENDPOINT: endpoint as string,
      BATCH_S3_PREFIX: opened,
    });
    try {
      await server.ready();
      const json = { "content-type": "application/json" };
      const post = (prefix: string) => postBatch(server, programme, JSON.stringify({ prefix }), json);
      const batch = await accepted(await post(`${opened}night/`));
      expect((await finished(server, batch.id)).counts).toMatchObject({ total: 12, done: 12 });
      expect((await resultsOf(server, batch.id))[0]?.custom_id).toBe(`${opened}night/0.jpg`);
      const above = await post("");
      expect([above.status, ((await above.json()) as { code: string }).code]).toEqual([400, "field-invalid"]);
      expect((await post(`${opened}empty/`)).status).toBe(400);
    } finally {
      await server.stop();
    }
  }, 120_000);
});

describe("fovea batch", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({}, join(root, "cli"));
    await server.ready();
  }, 90_000);
  afterAll(() => server.stop());

  const run = (...args: string[]) => {
    const child = execFile(process.execPath, [fovea, "batch", ...args, "--url", server.url], { cwd: root });
    const text = { stdout: "", stderr: "" };
    child.stdout?.on("data", (chunk: string) => (text.stdout += chunk));
    child.stderr?.on("data", (chunk: string) => (text.stderr += chunk));
    const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((done) =>
      child.once("close", (code) => done({ code, ...text })),
    );
    return { child, ended };
  };

  it("goes on with its batch after it was stopped, also when the server was away meanwhile", async () => {
    const folder = join(root, "images");
    await mkdir(join(folder, "below"), { recursive: true });
    for (const [i, eye] of eyes.slice(0, 100).entries())
      await writeFile(join(folder, i % 2 === 0 ? "below" : ".", `${i}.jpg`), eye);
    await writeFile(join(folder, "notes.txt"), "no image");
    const command = [folder, "--programme", "cataract", "--out", "found.ndjson", "--json"];
    const first = run(...command);
    await until(
      async () => (await readFile(join(root, "found.ndjson.batch.json"), "utf8")).includes('"batch"'),
      30_000,
      "the batch",
    );
    first.child.kill("SIGINT");
    expect(await first.ended).toMatchObject({ code: 130, stdout: "" });
    await server.kill();
    const second = run(...command);
    server = await startServer({ PORT: String(server.port) }, join(root, "cli"));
    const { code, stdout, stderr } = await second.ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ status: "done", counts: { total: 100, done: 100 } });
    const lines = (await readFile(join(root, "found.ndjson"), "utf8")).trim().split("\n");
    expect(lines).toHaveLength(100);
    expect(JSON.parse(lines[0] as string)).toMatchObject({ index: 0, custom_id: "1.jpg", status: "done" });
    expect(await server.records()).toHaveLength(100);
    expect((await readdir(root)).filter((name) => name.startsWith("found"))).toEqual(["found.ndjson"]);
  }, 180_000);

  it("takes a manifest, and says what is wrong with one", async () => {
    await writeFile(join(root, "eye.jpg"), eyes[0] as Buffer);
    const manifest = join(root, "night.ndjson");
    await writeFile(manifest, lineOf({ file: "eye.jpg", externalId: "x-1" }) + lineOf({ file: "night.ndjson" }));
    const mixed = await run(manifest, "--programme", "cataract", "--out", "mixed.ndjson").ended;
    expect(mixed).toMatchObject({ code: 1, stdout: expect.stringContaining("1 of 2 items decided, 1 failed") });
    expect(await readFile(join(root, "mixed.ndjson"), "utf8")).toContain('"externalId":"x-1"');
    await writeFile(manifest, lineOf({ file: "nowhere.jpg" }));
    const bad = await run(manifest, "--programme", "cataract", "--out", "bad.ndjson").ended;
    expect(bad).toMatchObject({ code: 65, stderr: expect.stringContaining("nowhere.jpg: ENOENT") });
    const strange = await run(join(root, "images"), "--programme", "nothing", "--out", "strange.ndjson").ended;
    expect(strange).toMatchObject({ code: 65, stderr: expect.stringContaining("programme-unknown") });
  }, 60_000);
});
