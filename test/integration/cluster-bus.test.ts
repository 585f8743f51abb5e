import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Dispatcher, NatsBus } from "../../src/cluster/index.ts";
import { subjects } from "../../src/cluster/messages.ts";
import { RemotePredictor } from "../../src/cluster/remote-predictor.ts";
import type { Predictor, PredictorStatus, PredictResult, PredictTask } from "../../src/contracts/index.ts";
import { systemClock } from "../../src/platform/index.ts";
import { natsBus, serveNode, silent } from "../support/cluster.ts";
import { natsProgram, startNats, type TestNats } from "../support/nats-server.ts";
import { until } from "../support/server.ts";

const pack = createHash("sha256").update("mean of bytes").digest("hex");
const golden = JSON.parse(readFileSync(new URL("../../docs/protocol/golden.json", import.meta.url), "utf8"));
const hasPython = ((): boolean => {
  try {
    execFileSync("python3", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

let tasks = 0;
const taskOf = (bytes: Uint8Array, change: Partial<PredictTask> = {}): PredictTask => {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const image = { bytes, sha256, mediaType: "image/png" as const, width: 1, height: 1 };
  return { id: `bus-${++tasks}`, packs: [pack], image, lane: "interactive", remainingMs: 10_000, ...change };
};

/** Reads one image after the other, `ms` each. */
function pacedPredictor(ms: number): Predictor & { readonly read: number } {
  let free = Promise.resolve();
  let read = 0;
  const status = { state: "ready", packs: [pack] } as unknown as PredictorStatus;
  return {
    get read() {
      return read;
    },
    status: async () => status,
    predict: (task) => {
      const mine = free.then(async (): Promise<PredictResult> => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        read++;
        const readings = task.packs.map((each) => ({
          reader: "fast" as const,
          pack: each,
          scores: [0],
          computeMs: ms,
        }));
        const quality = { luminance: Number.NaN, contrast: Number.NaN, sharpness: Number.NaN };
        return { readings, quality, worker: "paced", queueMs: 0, decodeMs: 0, batchSize: 1 };
      });
      free = mine.then(() => undefined);
      return mine;
    },
  };
}

describe.skipIf(natsProgram === undefined)("the bus on a real NATS", () => {
  let nats: TestNats;
  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats.close());
  const never = new AbortController().signal;

  it("a slow node gets its fair share, and callers do not wait for it", async () => {
    const [there, here] = await Promise.all([natsBus(nats.url), natsBus(nats.url)]);
    const [fast, slow] = [pacedPredictor(10), pacedPredictor(50)];
    const nodes = [serveNode("fast", there, fast, { slots: 1 }), serveNode("slow", there, slow, { slots: 1 })];
    const dispatcher = new Dispatcher({ bus: here, images: here.images, clock: systemClock, log: silent });
    dispatcher.start();
    await until(() => dispatcher.nodes().filter(({ state }) => state === "ready").length === 2, 10_000, "both");
    const waits: number[] = [];
    const open = Array.from({ length: 8 }, async () => {
      while (waits.length < 400) {
        const startedAt = performance.now();
        await dispatcher.predict(taskOf(Buffer.from(String(startedAt))), never);
        waits.push(performance.now() - startedAt);
      }
    });
    await Promise.all(open);
    // Capacities are 5 to 1: a sixth belongs to the slow one. By turns it would be a half.
    const share = slow.read / (slow.read + fast.read);
    expect(share).toBeGreaterThan(0.06);
    expect(share).toBeLessThan(0.28);
    dispatcher.close();
    await Promise.all(nodes.map((node) => node.drain(1000)));
    await Promise.all([there.close(), here.close()]);
  });

  it("nodes are found by the micro-service protocol of NATS", async () => {
    const bus = await natsBus(nats.url);
    const node = serveNode("findable", bus, pacedPredictor(1));
    const client = await connect({ servers: nats.url.replace(/us:word@/, ""), user: "us", pass: "word" });
    const asked = client.services.client();
    const named = async (
      answers: AsyncIterable<{ readonly name: string; readonly metadata?: Record<string, string> }>,
    ) => {
      const found: (string | undefined)[] = [];
      for await (const { name, metadata } of answers) if (name === "fovea-node") found.push(metadata?.["node"]);
      return found;
    };
    await until(async () => (await named(await asked.ping())).includes("findable"), 10_000, "an answer to PING");
    const infos = [];
    for await (const info of await asked.info("fovea-node")) infos.push(...info.endpoints);
    expect(infos).toContainEqual(expect.objectContaining({ subject: subjects.predict("findable") }));
    const stats = [];
    for await (const each of await asked.stats("fovea-node")) stats.push(...(each.endpoints ?? []));
    expect(stats).toContainEqual(expect.objectContaining({ name: "predict", num_requests: 0 }));
    await client.close();
    await node.drain(1000);
    await bus.close();
  });

  it("a request that breaks the protocol, and an image that is another one, are refused", async () => {
    const [there, here] = await Promise.all([natsBus(nats.url), natsBus(nats.url)]);
    const paced = pacedPredictor(1);
    const node = serveNode("strict", there, paced);
    const ask = async (headers: Record<string, string>, payload: Uint8Array) => {
      const reply = await here.request(subjects.predict("strict"), headers, payload, 2000);
      if (reply.kind !== "reply") throw new Error(reply.kind);
      return JSON.parse(Buffer.from(reply.payload).toString());
    };
    const { headers, payload } = golden.request;
    const image = Buffer.from(payload, "base64");
    await until(
      async () => (await here.request(subjects.predict("strict"), {}, image, 2000)).kind === "reply",
      5000,
      "it",
    );
    expect((await ask({}, image)).problem).toMatchObject({ code: "internal", detail: expect.stringMatching(/header/) });
    expect(await ask(headers, image.subarray(1))).toMatchObject({ problem: { code: "internal" } });
    expect(await ask({ ...headers, "Fovea-Image": "object" }, new Uint8Array())).toMatchObject({
      problem: { code: "engine-not-ready", detail: "the image cannot be fetched" },
    });
    expect(paced.read).toBe(0);
    expect(await ask(headers, image)).toMatchObject({ result: { readings: [{ pack }] } });
    await node.drain(1000);
    await Promise.all([there.close(), here.close()]);
  });

  it("a wrong password is waited for, not died of", async () => {
    const bus = new NatsBus({ url: nats.url, user: "us", password: "wrong", name: "test" }, silent);
    bus.start();
    expect(await bus.request("fovea.v1.predict.any", {}, new Uint8Array(), 100)).toEqual({ kind: "down" });
    await bus.close();
    expect(bus.connected()).toBe(false);
  });

  it("ends while packs are on their way, and no failure of theirs ends the process", async () => {
    const unheard: unknown[] = [];
    const listen = (error: unknown) => unheard.push(error);
    process.on("unhandledRejection", listen);
    const files: Promise<unknown>[] = [];
    for (let run = 0; run < 12; run++) {
      const closing = await natsBus(nats.url);
      let sent = 0;
      const chunks = async function* () {
        for (let chunk = 0; chunk < 64; chunk++, sent++) yield new Uint8Array(256 * 1024).fill(chunk);
      };
      const file = { sha256: `${run}`.padStart(64, "0"), bytes: 64 * 256 * 1024 };
      files.push(closing.packs.put(file, chunks(), new Set()).then(() => "put", String));
      await until(() => sent > run * 4, 10_000, "chunks to be sent");
      await closing.close();
    }
    expect(await Promise.race(files)).toMatch(/NatsError/);
    // Failures are told of after the turn in which they come.
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", listen);
    expect(unheard).toEqual([]);
  });

  describe.skipIf(!hasPython)("a node in another language", () => {
    it("answers the golden request, is sent images, and is asked for nothing that it does not hold", async () => {
      const program = new URL("../reference-node/node.py", import.meta.url).pathname;
      const environment = { ...process.env, NATS_URL: nats.url, NODE_NAME: "python" };
      const child = spawn("python3", [program], { env: environment, stdio: ["ignore", "ignore", "inherit"] });
      const bus = await natsBus(nats.url);
      try {
        const dispatcher = new Dispatcher({ bus, images: bus.images, clock: systemClock, log: silent });
        dispatcher.start();
        const found = () => dispatcher.nodes().find(({ name }) => name === "python");
        await until(() => found()?.state === "ready", 10_000, "the node");
        const { headers, payload } = golden.request;
        const image = Buffer.from(payload, "base64");
        const reply = await bus.request(subjects.predict("python"), headers, image, 2000);
        if (reply.kind !== "reply") throw new Error(reply.kind);
        const mean = image.reduce((sum, byte) => sum + byte, 0) / image.length / 255;
        const answer = JSON.parse(Buffer.from(reply.payload).toString());
        expect(answer.result.readings[0].scores[0]).toBeCloseTo(mean, 12);
        const { readings, quality } = await dispatcher.predict(taskOf(image), never);
        expect(readings[0]?.scores[0]).toBeCloseTo(mean, 12);
        expect(quality.luminance).toBeNaN();
        const wrong = dispatcher.predict(taskOf(image, { packs: ["c".repeat(64)] }), never);
        await expect(wrong).rejects.toMatchObject({ code: "pack-not-installed" });
        const remote = new RemotePredictor("python", bus, bus.images);
        await expect(remote.predict(taskOf(image, { packs: ["c".repeat(64)] }), never)).rejects.toMatchObject({
          code: "pack-not-installed",
        });
        remote.close();
        dispatcher.close();
      } finally {
        const gone = once(child, "exit");
        child.kill("SIGTERM");
        await gone;
        await bus.close();
      }
    });
  });
});
