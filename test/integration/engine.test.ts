import { fork } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../dist/platform/index.js";
import { type EngineOptions, LocalPredictor } from "../../dist/workers/index.js";
import type { Programme } from "../../src/contracts/index.ts";
import { drawEye } from "../support/eye.ts";
import { cataract, engineOptions, packsOf, taskOf } from "../support/predictor-tasks.ts";
import { until } from "../support/server.ts";

const faulty = pathToFileURL(resolve(import.meta.dirname, "../support/faulty-engine.mjs"));
const signal = () => new AbortController().signal;
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("the engine", () => {
  let programme: Programme;
  let eye: Buffer;
  let predictor: LocalPredictor | undefined;
  beforeAll(async () => {
    [programme, eye] = await Promise.all([cataract(), drawEye(7)]);
  });
  afterEach(async () => {
    await predictor?.drain(5000);
    predictor = undefined;
  });
  const start = async (change: Partial<EngineOptions> = {}) => {
    predictor = new LocalPredictor(engineOptions(packsOf(programme), change));
    await predictor.start();
    return predictor;
  };
  const fast = () => [programme.fast.digest];
  const read = (to: LocalPredictor, order = "", change = {}) =>
    to.predict(taskOf(eye, fast(), change, order), signal());
  const code = (answer: Promise<unknown>) =>
    answer.then(
      () => "read",
      (error: { code: string }) => error.code,
    );

  it("refuses to start with a model file that was altered, and says which", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fovea-pack-"));
    try {
      const { load } = programme.fine;
      if (load.kind !== "fine") throw new Error("not a fine pack");
      const bytes = await readFile(load.network.file.path);
      bytes[1000] = (bytes[1000] as number) ^ 1;
      const path = join(folder, "fine.onnx");
      await writeFile(path, bytes);
      const altered = { ...load, network: { ...load.network, file: { ...load.network.file, path } } };
      const own = new LocalPredictor(engineOptions([altered]));
      await expect(own.start()).rejects.toThrow(/fine\.onnx does not match its SHA-256/);
      await own.drain(1000);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("reads each accepted task once more when it is killed, and answers every one", async () => {
    const engine = await start();
    const first = engine.pid as number;
    const answers = Array.from({ length: 200 }, (_, i) => code(read(engine, `salt-${i}`)));
    await until(async () => (await engine.status()).runningItems > 0, 5000, "the engine to be busy");
    process.kill(first, "SIGKILL");
    const codes = await Promise.all(answers);
    expect(codes.filter((each) => each === "read").length).toBe(200);
    expect(engine.pid).not.toBe(first);
    const { acceptedItems, settledItems, restarts } = await engine.status();
    expect({ acceptedItems, settledItems, restarts }).toEqual({ acceptedItems: 200, settledItems: 200, restarts: 1 });
  });

  it("refuses new tasks, with a time to come back, while there is no engine", async () => {
    const engine = await start();
    process.kill(engine.pid as number, "SIGKILL");
    await until(() => !engine.ready(), 5000, "the death to be noticed");
    await expect(read(engine)).rejects.toMatchObject({ code: "engine-not-ready", retryAfterS: 1 });
    await until(() => engine.ready(), 5000, "the engine to be back");
    expect(await code(read(engine))).toBe("read");
  });

  it("quarantines the input that ends it twice, and reads its neighbours", async () => {
    const engine = await start({ program: faulty });
    const neighbours = Array.from({ length: 20 }, (_, i) => code(read(engine, `salt-${i}`)));
    const poison = code(read(engine, "ORDER-ABORT"));
    expect(await poison).toBe("input-quarantined");
    expect(new Set(await Promise.all(neighbours))).toEqual(new Set(["read"]));
    expect((await engine.status()).restarts).toBe(2);
    await until(() => engine.ready(), 10_000, "the engine to be back");
    expect(await code(read(engine, "ORDER-ABORT"))).toBe("input-quarantined");
    expect((await engine.status()).restarts, "a known poison costs no engine").toBe(2);
  });

  it("does not condemn an image because the process was killed from outside", async () => {
    const engine = await start();
    for (let kill = 0; kill < 2; kill++) {
      const answers = Array.from({ length: 20 }, () => code(read(engine)));
      await until(async () => (await engine.status()).runningItems > 0, 5000, "the engine to be busy");
      process.kill(engine.pid as number, "SIGKILL");
      await Promise.all(answers);
      await until(() => engine.ready(), 10_000, "the engine to be back");
    }
    expect(await code(read(engine))).toBe("read");
  });

  it("ends a process whose run hangs, and answers the caller", async () => {
    const engine = await start({ program: faulty });
    const first = engine.pid as number;
    const answer = code(read(engine, "ORDER-HANG", { remainingMs: 8000 }));
    await until(() => !isAlive(first), 15_000, "the hung engine to be ended");
    expect(["deadline-exceeded", "input-quarantined"]).toContain(await answer);
    await until(() => engine.ready(), 15_000, "the engine to be back");
    expect(await code(read(engine))).toBe("read");
  });

  it("does not trust a process whose thread threw", async () => {
    const engine = await start({ program: faulty });
    expect(await code(read(engine, "ORDER-THROW"))).toBe("input-quarantined");
    expect((await engine.status()).restarts).toBe(2);
  });

  it("answers queue-full with a time to come back, and never holds more than its bound", async () => {
    const engine = await start({ queueItemsMax: 4 });
    const answers = await Promise.allSettled(Array.from({ length: 60 }, (_, i) => read(engine, `salt-${i}`)));
    const refused = answers.filter((each) => each.status === "rejected");
    expect(refused.length).toBeGreaterThan(0);
    for (const each of refused)
      expect(each).toMatchObject({ reason: { code: "queue-full", retryAfterS: expect.any(Number) } });
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(4);
    expect((await engine.status()).queuedItems).toBe(0);
  });

  it("refuses at once what cannot be read in time, and answers in time what waited too long", async () => {
    const engine = await start({ workers: 1 });
    const many = Array.from({ length: 150 }, (_, i) => code(read(engine, `salt-${i}`)));
    const hurried = await code(read(engine, "hurried", { remainingMs: 5 }));
    expect(["deadline-unmeetable", "deadline-exceeded"]).toContain(hurried);
    expect(new Set(await Promise.all(many))).toEqual(new Set(["read"]));
  });

  it("decodes an image once for both readers of a case", async () => {
    const engine = await start();
    const first = await engine.predict(taskOf(eye, fast()), signal());
    const second = await engine.predict(taskOf(eye, [programme.fine.digest], { lane: "escalation" }), signal());
    expect(first.decodeMs).toBeGreaterThan(0);
    expect(second.decodeMs).toBe(0);
    expect(second.quality).toEqual(first.quality);
  });

  it("finishes what it accepted also when it drains long after its start", async () => {
    // An hour passes for the supervisor between two looks; the engine's own start was long ago then.
    let passed = 0;
    const clock = { ...systemClock, now: () => systemClock.now() + passed };
    const engine = await start({ workers: 1, clock });
    passed = 3_600_000;
    const accepted = Array.from({ length: 150 }, (_, i) =>
      code(read(engine, `late-${i}`, { packs: [programme.fine.digest] })),
    );
    const drained = engine.drain(20_000);
    expect(new Set(await Promise.all(accepted))).toEqual(new Set(["read"]));
    await drained;
    expect((await engine.status()).restarts).toBe(0);
  });

  it("finishes what it accepted when it drains, refuses the rest, and leaves no process behind", async () => {
    const engine = await start();
    const pid = engine.pid as number;
    const accepted = Array.from({ length: 30 }, (_, i) => code(read(engine, `salt-${i}`)));
    const drained = engine.drain(20_000);
    expect(await code(read(engine))).toBe("draining");
    expect(new Set(await Promise.all(accepted))).toEqual(new Set(["read"]));
    await drained;
    expect(isAlive(pid)).toBe(false);
  });

  it("leaves no orphan when the process that started it is killed", async () => {
    const parent = fork(resolve(import.meta.dirname, "../support/engine-owner.mjs"), {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const pid = await new Promise<number>((found) => parent.once("message", (message) => found(message as number)));
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await until(() => !isAlive(pid), 10_000, "the engine to end by itself");
  });

  it("lives in a process that the gateway's does not share native code with", async () => {
    const child = fork(resolve(import.meta.dirname, "../support/loaded-objects.mjs"), {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const objects = await new Promise<string[]>((found) =>
      child.once("message", (message) => found(message as string[])),
    );
    expect(objects.length).toBeGreaterThan(1);
    expect(objects.filter((each) => /onnxruntime|vips|sharp/.test(each))).toEqual([]);
  });
});
