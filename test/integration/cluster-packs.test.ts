import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, statSync, watch } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { connect, type ObjectStore } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CaseRecord, NodeView } from "../../src/contracts/index.ts";
import { drawEye } from "../support/eye.ts";
import { natsProgram, startNats, type TestNats } from "../support/nats-server.ts";
import { type NodeProcess, startNode } from "../support/node-process.ts";
import { activateCopy } from "../support/release-copies.ts";
import { startServer, type TestServer, until } from "../support/server.ts";

const models = resolve(import.meta.dirname, "../../models");
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const digestOf = async (path: string) => sha256(await readFile(join(models, path)));
const waitMs = 90_000;

/** Every server reads nothing itself, and every node starts with no model at all. */
describe.skipIf(natsProgram === undefined)("packs by digest over a real NATS", () => {
  let nats: TestNats;
  let folder: string;
  let eye: Buffer;
  let server: TestServer;
  const nodes: NodeProcess[] = [];
  beforeAll(async () => {
    [nats, folder, eye] = await Promise.all([startNats(), mkdtemp(join(tmpdir(), "fovea-packs-")), drawEye(7)]);
    server = await startServer({ WORKERS: "0", NATS_URL: nats.url, DEADLINE_MS: "8000" });
  });
  afterAll(async () => {
    await Promise.all([server.stop(), ...nodes.map((node) => node.stop())]);
    await nats.close();
    await rm(folder, { recursive: true, force: true });
  });

  const packsDir = (name: string) => join(folder, name, "packs");
  async function emptyNode(name: string): Promise<NodeProcess> {
    const own = { MODELS_DIR: join(folder, "no-models"), DATA_DIR: join(folder, name), NODE_PROVIDER: "cpu" };
    await mkdir(own.MODELS_DIR, { recursive: true });
    const node = await startNode(name, nats.url, own);
    nodes.push(node);
    return node;
  }
  const nodeOf = async (name: string): Promise<NodeView | undefined> => {
    const { nodes: all } = (await (await fetch(`${server.url}/v1/nodes`)).json()) as { nodes: NodeView[] };
    return all.find((each) => each.name === name);
  };
  const modelsOf = async (name: string, state: string) =>
    ((await nodeOf(name))?.models ?? []).filter((each) => each.state === state);
  const serves = (name: string, digests: readonly string[]) =>
    until(
      async () => {
        const loaded = (await modelsOf(name, "loaded")).map(({ digest }) => digest);
        return (await nodeOf(name))?.state === "ready" && digests.every((digest) => loaded.includes(digest));
      },
      waitMs,
      `${name} to serve`,
    );
  const post = (strategy = "mean") =>
    fetch(`${server.url}/v1/programmes/cataract/cases?strategy=${strategy}`, {
      method: "POST",
      body: new Uint8Array(eye),
      headers: { "content-type": "image/jpeg" },
    });
  const first = async () => [
    await digestOf("cataract/fast-1/manifest.json"),
    await digestOf("cataract/fine-1/manifest.json"),
  ];
  /** The bucket as an operator, or somebody who should not, reaches it. */
  async function withBucket<T>(act: (store: ObjectStore) => Promise<T>): Promise<T> {
    const client = await connect({ servers: nats.url.replace(/us:word@/, ""), user: "us", pass: "word" });
    try {
      return await act(await client.jetstream().views.os("fovea-packs"));
    } finally {
      await client.close();
    }
  }
  /** Everything under a digest's name is what its name says. */
  async function expectWhole(name: string): Promise<void> {
    const files = (await readdir(packsDir(name))).filter((file) => !file.endsWith(".part"));
    expect(files.length).toBeGreaterThan(4);
    for (const file of files) expect(sha256(await readFile(join(packsDir(name), file)))).toBe(file);
  }

  it("a node without a model joins, gets every pack from the server, and reads", async () => {
    const node = await emptyNode("empty");
    await serves("empty", await first());
    await server.ready();
    const answer = await post();
    expect(answer.status, await answer.clone().text()).toBe(201);
    const { readings } = (await answer.json()) as CaseRecord;
    expect(readings.map(({ digest }) => digest)).toEqual(await first());
    // Packs of the programmes that wait for their first case are there as well, and say so.
    await until(async () => (await modelsOf("empty", "later")).length === 8, waitMs, "the packs for later");
    const loaded = await modelsOf("empty", "loaded");
    expect(loaded.map(({ id }) => id).sort()).toEqual(["cataract/fast-1", "cataract/fine-1"]);
    await expectWhole("empty");
    expect(node.log.filter(({ level }) => (level as number) >= 50)).toEqual([]);
    // Five fast readers share one encoder: one object, put once.
    const names = await withBucket(async (store) => (await store.list()).map(({ name }) => name));
    expect(
      names.filter((name) => name === "ff257c5119d0578d227305e8e821cc3fef3dc358ec1014852f36a279e9e2fb52"),
    ).toHaveLength(1);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([
    ["altered", (bytes: Buffer) => Buffer.from(bytes).fill(0, 1000, 2000)],
    ["cut short", (bytes: Buffer) => bytes.subarray(0, 100_000)],
  ])(
    "an object that was %s is refused with its reason, put again by the server, and only then loaded",
    async (how, spoil) => {
      const network = await readFile(join(models, "cataract/fine-1/fine.onnx"));
      const spoilt = spoil(network);
      await withBucket((store) => store.putBlob({ name: sha256(network) }, spoilt));
      const name = `spoilt-${how.replace(" ", "-")}`;
      const node = await emptyNode(name);
      await serves(name, await first());
      expect(node.log.find(({ code }) => code === "object-corrupt")).toMatchObject({
        pack: "cataract/fine-1",
        object: sha256(network),
        msg: "a pack is not served",
      });
      await until(async () => ((await nodeOf(name))?.refused ?? 0) > 0, 10_000, "the count");
      expect(await server.metric("screen_node_pack_refusals")).toBeGreaterThan(0);
      await expectWhole(name);
      expect(existsSync(join(packsDir(name), sha256(spoilt)))).toBe(false);
      await node.stop();
    },
  );

  it("a node that is killed while it fetches leaves nothing that is taken for a pack, and serves when it is back", async () => {
    let hit = false;
    for (let i = 0; i < 5 && !hit; i++) {
      const name = `killed-${i}`;
      mkdirSync(packsDir(name), { recursive: true });
      const node = await emptyNode(name);
      await new Promise<void>((resolve) => {
        const isFetching = () =>
          readdirSync(packsDir(name)).some((file) => {
            const size = statSync(join(packsDir(name), file), { throwIfNoEntry: false })?.size ?? 0;
            return file.endsWith(".part") && size >= 65_536;
          });
        const watcher = watch(packsDir(name), () => {
          if (!isFetching()) return;
          node.process.kill("SIGKILL");
          watcher.close();
          resolve();
        });
      });
      await until(() => node.process.signalCode === "SIGKILL", 10_000, "its end");
      const files = readdirSync(packsDir(name));
      hit = files.some((file) => file.endsWith(".part"));
      for (const file of files.filter((each) => !each.endsWith(".part")))
        expect(sha256(await readFile(join(packsDir(name), file)))).toBe(file);
      if (!hit) continue;
      const back = await emptyNode(name);
      await serves(name, await first());
      await expectWhole(name);
      await back.stop();
    }
    expect(hit, "the kill hit a fetch").toBe(true);
  });

  it("releases change under load without a failed case, and every answer is of one release", async () => {
    const second = await emptyNode("second");
    await Promise.all([serves("empty", await first()), serves("second", await first())]);
    const statuses: number[] = [];
    const answered = new Set<string>();
    let mixed = 0;
    let running = true;
    const caller = async (strategy: string) => {
      while (running) {
        const answer = await post(strategy);
        statuses.push(answer.status);
        const { readings = [], decision } = (await answer.json()) as CaseRecord;
        const numbers = new Set(
          [...readings.map(({ pack }) => pack), decision?.band.pack].map((id) => id?.split("-").at(-1)),
        );
        if (numbers.size !== 1) mixed++;
        answered.add([...numbers][0] as string);
      }
    };
    const load = Promise.all([caller("mean"), caller("cascade"), caller("mean")]);
    try {
      for (const number of [21, 22, 23]) {
        const digests = await activateCopy(server.dataDir, number);
        await until(() => answered.has(String(number)), waitMs, `an answer of ${number}`);
        for (const name of ["empty", "second"]) await serves(name, digests);
      }
    } finally {
      running = false;
      await load;
    }
    expect(new Set(statuses)).toEqual(new Set([201]));
    expect(mixed).toBe(0);
    expect([...answered]).toEqual(expect.arrayContaining(["21", "22", "23"]));
    // The packs before go once nobody can be using them.
    const old = await first();
    await until(
      async () => !(await modelsOf("second", "loaded")).some(({ digest }) => old.includes(digest)),
      waitMs,
      "the packs before to go",
    );
    await second.stop();
  });

  it("a release that cannot be loaded changes nothing: the node serves on and says why", async () => {
    const [, fine] = await activateCopy(server.dataDir, 24, Buffer.from("no model ".repeat(1000)));
    await until(async () => (await modelsOf("empty", "failed")).length > 0, waitMs, "the failure");
    expect(await modelsOf("empty", "failed")).toEqual([
      expect.objectContaining({
        id: "cataract/fine-24",
        digest: fine,
        code: "model-refused",
        detail: expect.stringMatching(/onnx-invalid/),
      }),
    ]);
    await until(
      () => server.log.some(({ reason }) => String(reason).includes("slots hold the packs")),
      waitMs,
      "the server to say so",
    );
    const answer = await post();
    expect(answer.status).toBe(201);
    const { readings } = (await answer.json()) as CaseRecord;
    expect(readings.map(({ pack }) => pack)).toEqual(["cataract/fast-23", "cataract/fine-23"]);
  });
});
