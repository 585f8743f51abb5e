import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CaseRecord, NodeView } from "../../src/contracts/index.ts";
import { drawEye } from "../support/eye.ts";
import { natsProgram, startNats, type TestNats } from "../support/nats-server.ts";
import { type NodeProcess, startNode } from "../support/node-process.ts";
import { startServer, type TestServer, until } from "../support/server.ts";

const cases = "/v1/programmes/cataract/cases";

describe.skipIf(natsProgram === undefined)("nodes over a real NATS", () => {
  let nats: TestNats;
  let eyes: Buffer[];
  beforeAll(async () => {
    [nats, eyes] = await Promise.all([
      startNats(),
      Promise.all(Array.from({ length: 12 }, (_, i) => drawEye(300 + i))),
    ]);
  });
  afterAll(() => nats.close());

  const nodesOf = async (server: TestServer): Promise<readonly NodeView[]> =>
    ((await (await fetch(`${server.url}/v1/nodes`)).json()) as { nodes: NodeView[] }).nodes;
  const readyNodes = async (server: TestServer): Promise<readonly NodeView[]> =>
    (await nodesOf(server)).filter(({ state, local, packs = [] }) => !local && state === "ready" && packs.length >= 2);
  const nodesReady = (server: TestServer, many: number) =>
    until(async () => (await readyNodes(server)).length === many, 30_000, `${many} nodes`);
  /** Another picture each time, so that nothing comes from a cache. */
  const post = (server: TestServer, i: number, signal?: AbortSignal) =>
    fetch(`${server.url}${cases}?strategy=mean`, {
      method: "POST",
      body: new Uint8Array(eyes[i % eyes.length] as Buffer),
      headers: { "content-type": "image/jpeg" },
      ...(signal && { signal }),
    });

  /** Posts from `width` callers at once until `many` were answered; does something when a third of them was. */
  async function underLoad(server: TestServer, many: number, width: number, act: () => Promise<unknown>) {
    const statuses: number[] = [];
    let next = 0;
    let acting: Promise<unknown> | undefined;
    const caller = async () => {
      while (next < many) {
        const answer = await post(server, next++);
        await answer.arrayBuffer();
        statuses.push(answer.status);
        if (statuses.length >= many / 3) acting ??= act();
      }
    };
    await Promise.all(Array.from({ length: width }, caller));
    await acting;
    return statuses;
  }

  describe("under a server that reads nothing itself", () => {
    let server: TestServer;
    let nodes: NodeProcess[] = [];
    beforeAll(async () => {
      server = await startServer({ WORKERS: "0", NATS_URL: nats.url });
    });
    afterAll(async () => {
      await Promise.all([server.stop(), ...nodes.map((node) => node.stop())]);
    });
    beforeEach(async () => {
      nodes = nodes.filter(({ process }) => process.exitCode === null && process.signalCode === null);
      for (let i = nodes.length; i < 2; i++) nodes.push(await startNode(`n${Date.now() % 1e6}-${i}`, nats.url));
      await nodesReady(server, 2);
      await server.ready();
    });

    it("cases are decided by nodes, and the nodes are told of", async () => {
      const answer = await post(server, 0);
      expect(answer.status).toBe(201);
      const record = (await answer.json()) as CaseRecord;
      expect(record.readings.map(({ reader }) => reader)).toEqual(["fast", "fine"]);
      const [node] = await readyNodes(server);
      expect(node).toMatchObject({ local: false, provider: "cpu", slots: 1, creditItems: 64 });
      expect(node?.packs).toEqual(expect.arrayContaining(record.readings.map(({ digest }) => digest)));
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    });

    it("an image that no message can hold is fetched by the node", async () => {
      // Bytes behind the end of the picture are dropped at intake, so the picture itself must be large.
      const { default: sharp } = await import("sharp");
      const raw = { width: 1000, height: 1000, channels: 3 as const };
      const noise = await sharp(randomBytes(3_000_000), { raw }).png().toBuffer();
      expect(noise.length).toBeGreaterThan(2_000_000);
      const answer = await fetch(`${server.url}${cases}?strategy=mean`, {
        method: "POST",
        body: new Uint8Array(noise),
        headers: { "content-type": "image/png" },
      });
      expect(answer.status, await answer.clone().text()).toBe(201);
    });

    it("a node that is killed loses no case: what it held is read by another one", async () => {
      const before = await server.metric("screen_node_retries_total");
      const statuses = await underLoad(server, 240, 24, () => (nodes[0] as NodeProcess).kill());
      expect(new Set(statuses)).toEqual(new Set([201]));
      expect(statuses).toHaveLength(240);
      expect((await server.metric("screen_node_retries_total")) - before, "the kill hit something").toBeGreaterThan(0);
      await until(async () => (await readyNodes(server)).length === 1, 10_000, "the other alone");
    });

    it("a node that is told to end finishes what it has and gets no more", async () => {
      let code: number | null = -1;
      const statuses = await underLoad(server, 160, 16, async () => {
        code = await (nodes[0] as NodeProcess).stop();
      });
      expect(new Set(statuses)).toEqual(new Set([201]));
      expect(code).toBe(0);
    });

    it("a node that stands still is given up after 5 s, and is back when it goes on", async () => {
      const { name, process: child } = nodes[0] as NodeProcess;
      const statuses = await underLoad(server, 120, 12, async () => child.kill("SIGSTOP"));
      expect(new Set(statuses)).toEqual(new Set([201]));
      const state = async () => (await nodesOf(server)).find((node) => node.name === name)?.state;
      await until(async () => (await state()) === "dead", 10_000, "the death");
      child.kill("SIGCONT");
      await until(async () => (await state()) === "ready", 10_000, "the return");
    });

    it("and without any node it says so, with a time to come back, and is not ready", async () => {
      await Promise.all(nodes.map((node) => node.stop()));
      const answer = await post(server, 1);
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({ code: "engine-not-ready" });
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    });
  });

  describe("under a server with an engine of its own", () => {
    let server: TestServer;
    let node: NodeProcess;
    beforeAll(async () => {
      [server, node] = await Promise.all([
        startServer({ WORKERS: "1", NATS_URL: nats.url }),
        startNode("beside", nats.url),
      ]);
      await server.ready();
      await nodesReady(server, 1);
    });
    afterAll(() => Promise.all([server.stop(), node.stop()]));

    it("NATS may be killed under load: the engine goes on, and the node rejoins when it is back", async () => {
      const statuses = await underLoad(server, 160, 8, () => nats.kill());
      expect(new Set(statuses)).toEqual(new Set([201]));
      expect((await nodesOf(server)).map(({ name, state }) => [name, state])).toEqual([
        ["local", "ready"],
        ["beside", "dead"],
      ]);
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
      await nats.restart();
      await nodesReady(server, 1);
      expect((await underLoad(server, 60, 8, async () => undefined)).every((status) => status === 201)).toBe(true);
      expect(node.process.exitCode).toBe(null);
    });

    it("starts and reads without NATS, and finds it later", async () => {
      await nats.kill();
      const alone = await startServer({ WORKERS: "1", NATS_URL: nats.url });
      try {
        await alone.ready();
        expect((await post(alone, 2)).status).toBe(201);
        await nats.restart();
        await nodesReady(alone, 1);
      } finally {
        expect(await alone.stop()).toBe(0);
      }
    });
  });
});
