import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EngineOptions, LocalPredictor } from "../../dist/workers/index.js";
import type { PredictResult, PredictTask, Programme } from "../../src/contracts/index.ts";
import { drawEye } from "../support/eye.ts";
import { cataract, engineOptions, packsOf, taskOf } from "../support/predictor-tasks.ts";
import { until } from "../support/server.ts";

const program = pathToFileURL(resolve(import.meta.dirname, "../support/wide-engine.mjs"));
const wideBytesMax = 2 ** 28;
const signal = () => new AbortController().signal;
/** Scores, similarities and maps of one reading: everything but how long it took. */
const said = ({ readings, quality }: PredictResult) =>
  JSON.stringify([readings.map(({ computeMs: _, ...reading }) => reading), quality]);
const isWide = ({ worker }: PredictResult) => worker.endsWith("/wide");

describe("reading with all cores", () => {
  let programme: Programme;
  let eyes: Buffer[];
  let ordinary: LocalPredictor;
  let predictor: LocalPredictor | undefined;
  let salt = 0;
  beforeAll(async () => {
    programme = await cataract();
    eyes = await Promise.all(Array.from({ length: 24 }, (_, seed) => drawEye(seed)));
    ordinary = new LocalPredictor(engineOptions(packsOf(programme)));
    await ordinary.start();
  });
  afterAll(async () => {
    await predictor?.drain(10_000);
    await ordinary?.drain(10_000);
  });
  const start = async (change: Partial<EngineOptions> = {}) => {
    await predictor?.drain(10_000);
    predictor = new LocalPredictor(engineOptions(packsOf(programme), { program, wideBytesMax, ...change }));
    await predictor.start();
    return predictor;
  };
  /** Another file each time: none is answered from pixels that are still at hand. */
  const ask = (of: LocalPredictor, eye: Buffer, packs: readonly string[], change: Partial<PredictTask> = {}) =>
    of.predict(taskOf(eye, packs, change, `salt-${salt++}`), signal());
  const fast = () => [programme.fast.digest];
  const fine = () => [programme.fine.digest];
  const eyeOf = (i: number) => eyes[i % eyes.length] as Buffer;
  /** Lone images until one is read with all cores. */
  const untilWide = (of: LocalPredictor, packs: readonly string[]) =>
    until(async () => isWide(await ask(of, eyeOf(0), packs)), 60_000, "a lone image to be read with all cores");

  it("answers to the last bit what one core answers, alone and in company", async () => {
    const engine = await start();
    await untilWide(engine, fast());
    await untilWide(engine, fine());
    let wide = 0;
    for (const packs of [fast(), fine()])
      for (const [i, eye] of eyes.entries()) {
        const maps = packs[0] === programme.fine.digest && i % 2 === 0;
        const [alone, reference] = [await ask(engine, eye, packs, { maps }), await ask(ordinary, eye, packs, { maps })];
        if (isWide(alone)) wide++;
        expect(said(alone)).toBe(said(reference));
      }
    expect(wide).toBe(2 * eyes.length);
    const [first, ...rest] = await Promise.all(eyes.map((eye) => ask(engine, eye, fast())));
    expect([first, ...rest].filter((result) => result && isWide(result)).length).toBeLessThanOrEqual(1);
    for (const [i, result] of [first, ...rest].entries())
      expect(said(result as PredictResult)).toBe(said(await ask(ordinary, eyeOf(i), fast())));
  });

  it("is not asked for, not worth it, or not possible: one core reads", async () => {
    for (const change of [{ wideBytesMax: 0 }, { wideBytesMax: 1000 }, { workers: 1 }]) {
      const engine = await start(change);
      for (let i = 0; i < 20; i++) expect(isWide(await ask(engine, eyeOf(i), fast()))).toBe(false);
    }
  });

  it("goes on when its packs are changed, and goes with them", async () => {
    const engine = await start();
    await untilWide(engine, fine());
    await engine.hold([programme.fast.load]);
    await untilWide(engine, fast());
    await engine.hold(packsOf(programme), []);
    expect(isWide(await ask(engine, eyeOf(1), fine())), "released with its pack").toBe(false);
    await untilWide(engine, fine());
    expect((await engine.status()).restarts).toBe(0);
  });

  it("comes back in the next engine process after one is killed, and every task is answered", async () => {
    const engine = await start();
    await untilWide(engine, fast());
    const asked = Array.from({ length: 40 }, (_, i) => ask(engine, eyeOf(i), fast()));
    process.kill(engine.pid as number, "SIGKILL");
    await Promise.all(asked);
    await until(() => engine.ready(), 10_000, "the engine to be back");
    await untilWide(engine, fast());
    expect((await engine.status()).restarts).toBe(1);
  });

  it("ends in order in the middle of loading", async () => {
    const engine = await start();
    for (let i = 0; i < 5; i++) await ask(engine, eyeOf(i), fast());
    await engine.drain(10_000);
    expect((await engine.status()).restarts).toBe(0);
  });
});
