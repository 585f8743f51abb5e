import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BusInputs, Dispatcher } from "../../src/cluster/index.ts";
import { RemotePredictor } from "../../src/cluster/remote-predictor.ts";
import type { Predictor, PredictTask, ReaderPack } from "../../src/contracts/index.ts";
import { systemClock } from "../../src/platform/index.ts";
import { LocalPredictor } from "../../src/workers/index.ts";
import { serveNode, silent } from "../support/cluster.ts";
import { MemoryHub } from "../support/memory-bus.ts";
import { until } from "../support/server.ts";

// What an image costs that ends every process which reads it, over a whole cluster: real engine processes that read
// nothing, real nodes and dispatchers, a bus within this process.
const program = pathToFileURL(resolve(import.meta.dirname, "../support/brittle-engine.mjs"));
const pack = "a".repeat(64);
/** A brittle engine opens no file. */
const packs = [{ kind: "fast", digest: pack, encoder: {} }] as unknown as readonly ReaderPack[];
const enginesMax = 3;
const signal = () => new AbortController().signal;

let ids = 0;
function taskOf(text: string): PredictTask {
  const bytes = Buffer.from(text);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const image = { bytes, sha256, mediaType: "image/png" as const, width: 1, height: 1 };
  return { id: `task-${++ids}`, packs: [pack], image, lane: "bulk", remainingMs: 60_000 };
}
const codeOf = (answer: Promise<unknown>) =>
  answer.then(
    () => "read",
    (error: { code: string }) => error.code,
  );
const read = (predictor: Predictor, text: string) => codeOf(predictor.predict(taskOf(text), signal()));

describe("an image that ends processes, in a cluster of two nodes and two gateways", () => {
  let hub: MemoryHub;
  let engines: [LocalPredictor, LocalPredictor];
  let gateways: [Dispatcher, Dispatcher];
  let ends: (() => unknown)[];
  const lost = async () => {
    const all = await Promise.all(engines.map((engine) => engine.status()));
    return all.reduce((sum, { restarts }) => sum + restarts, 0);
  };
  const bothBack = () => until(() => engines.every((engine) => engine.ready()), 20_000, "both engines");
  const direct = (name: string) => {
    const bus = hub.connect();
    const predictor = new RemotePredictor(name, bus, bus.images);
    ends.push(() => predictor.close());
    return predictor;
  };

  beforeEach(async () => {
    hub = new MemoryHub();
    ends = [];
    const bounds = { workers: 2, queueItemsMax: 64, queueBytesMax: 2 ** 20, queueSecondsMax: 60 };
    const engineOf = async (name: string) => {
      const bus = hub.connect();
      const engine = new LocalPredictor({ packs, ...bounds, log: silent, program, inputs: new BusInputs(bus) });
      await engine.start();
      const node = serveNode(name, bus, engine);
      ends.push(async () => {
        await node.drain(1000);
        await engine.drain(1000);
      });
      return engine;
    };
    engines = [await engineOf("one"), await engineOf("two")];
    const gatewayOf = () => {
      const bus = hub.connect();
      const gateway = new Dispatcher({ bus, images: bus.images, clock: systemClock, log: silent });
      gateway.start();
      ends.push(() => gateway.close());
      return gateway;
    };
    gateways = [gatewayOf(), gatewayOf()];
    const knows = (gateway: Dispatcher) => gateway.nodes().filter(({ state }) => state === "ready").length === 2;
    await until(() => gateways.every(knows), 10_000, "both gateways to know both nodes");
  });
  afterEach(async () => {
    await Promise.all(ends.map((end) => end()));
  });

  it("costs two of them, however often it comes and to whom, and its neighbours are read", async () => {
    const [gateway, other] = gateways;
    const neighbours = Array.from({ length: 20 }, (_, i) => read(gateway, `neighbour ${i}`));
    expect(await read(gateway, "POISON")).toBe("input-quarantined");
    // Who was asked by chance of the one that was restarting is told so, and comes again.
    for (const code of await Promise.all(neighbours))
      expect(["read", "engine-not-ready", "engine-lost"]).toContain(code);
    for (let i = 0; i < 4; i++) expect(await read(gateway, "POISON")).toBe("input-quarantined");
    for (let i = 0; i < 4; i++) expect(await read(other, "POISON")).toBe("input-quarantined");
    await bothBack();
    for (const node of ["one", "two"]) expect(await read(direct(node), "POISON")).toBe("input-quarantined");
    expect(await lost()).toBe(2);
    for (let i = 0; i < 20; i++) expect(await read(other, `neighbour ${i}`)).toBe("read");
    expect(await lost()).toBe(2);
  });

  it("costs three at most when it is read at two places at the same time, among others", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fovea-poison-"));
    const gate = join(folder, "gate");
    await writeFile(gate, "");
    const poison = `POISON HOLD:${gate};`;
    const answers = ["one", "two"].flatMap((node) => {
      const at = direct(node);
      return [read(at, poison), read(at, `neighbour of ${node} HOLD:${gate};`)];
    });
    const busy = async () =>
      (await Promise.all(engines.map((each) => each.status()))).every((s) => s.runningItems === 2);
    await until(busy, 10_000, "both to read it and a neighbour");
    await rm(folder, { recursive: true });
    const codes = await Promise.all(answers);
    expect(codes).toContain("input-quarantined");
    await bothBack();
    for (const gateway of gateways) expect(await read(gateway, poison)).toBe("input-quarantined");
    expect(await lost()).toBeLessThanOrEqual(enginesMax);
    for (const node of ["one", "two"])
      expect(await read(direct(node), `neighbour of ${node} HOLD:${gate};`)).toBe("read");
  });

  it("costs three at most when its callers never wait for the end", async () => {
    for (const gateway of [...gateways, ...gateways]) {
      const before = await lost();
      const leaving = new AbortController();
      const answer = codeOf(gateway.predict(taskOf("POISON"), leaving.signal));
      await Promise.race([answer, until(async () => (await lost()) > before, 20_000, "an engine to be lost")]);
      leaving.abort();
      await answer;
      await bothBack();
    }
    expect(await read(gateways[0], "POISON")).toBe("input-quarantined");
    await bothBack();
    expect(await lost()).toBeLessThanOrEqual(enginesMax);
  });

  it("is not what a process was reading when it was killed from outside", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fovea-poison-"));
    const gate = join(folder, "gate");
    await writeFile(gate, "");
    const innocent = `HOLD:${gate};`;
    const answers = ["one", "two"].flatMap((node) => [
      read(direct(node), innocent),
      read(direct(node), `${node} ${innocent}`),
    ]);
    const busy = async () =>
      (await Promise.all(engines.map((each) => each.status()))).every((s) => s.runningItems === 2);
    await until(busy, 10_000, "both to read");
    for (const { pid } of engines) process.kill(pid as number, "SIGKILL");
    await until(async () => (await lost()) === 2, 10_000, "both to be lost");
    await rm(folder, { recursive: true });
    for (const code of await Promise.all(answers)) expect(["read", "engine-not-ready"]).toContain(code);
    await bothBack();
    for (const gateway of gateways)
      for (const text of [innocent, `one ${innocent}`, `two ${innocent}`])
        expect(await read(gateway, text)).toBe("read");
    expect(await lost()).toBe(2);
  });
});
