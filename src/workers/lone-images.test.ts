import { describe, expect, it } from "vitest";
import type { PredictTask, RawReading } from "../contracts/index.ts";
import { systemClock } from "../platform/index.ts";
import { EngineCore } from "./engine-core.ts";
import type { FromEngine, ThreadImage } from "./messages.ts";
import type { BatchAnswer } from "./thread-pool.ts";

const quality = { brightness: 0, contrast: 0, sharpness: 0 } as never;
const answerOf = (packs: readonly string[], n: number): BatchAnswer => ({
  thread: 1,
  items: Array.from({ length: n }, () => ({
    ok: true,
    readings: packs.map((pack) => ({ reader: "fast", pack, scores: [0], computeMs: 20 })),
    quality,
    decodeMs: 1,
  })),
});

/** An engine whose runs end when they are told to. */
function engine(ready = true) {
  const runs: { readonly by: string; readonly n: number; readonly end: () => void }[] = [];
  const said: FromEngine[] = [];
  const observed: string[] = [];
  let idle = 0;
  const begin = (by: string, packs: readonly string[], n: number) =>
    new Promise<BatchAnswer>((resolve) => runs.push({ by, n, end: () => resolve(answerOf(packs, n)) }));
  const ordinary = {
    threads: 2,
    run: (packs: readonly string[], images: readonly ThreadImage[]) => begin("ordinary", packs, images.length),
  };
  const wide = {
    takes: () => ready,
    run: (packs: readonly string[]) => begin("wide", packs, 1),
    observed: (readings: readonly RawReading[], way: string) =>
      observed.push(...readings.map(({ computeMs }) => `${way} ${computeMs}`)),
    idle: () => idle++,
  };
  const bounds = { queueItemsMax: 100, queueBytesMax: 1e6, queueSecondsMax: 60 };
  const settings = { name: "engine-1", workers: 2, packs: [], later: [], ...bounds };
  const core = new EngineCore(settings, ordinary, (message) => said.push(message), systemClock, wide);
  const offer = (id: string, change: Partial<PredictTask> = {}, alone = false) => {
    const image = { bytes: new Uint8Array(1), sha256: id, mediaType: "image/jpeg" as const, width: 1, height: 1 };
    core.offer({ id, packs: ["pack"], image, lane: "interactive", remainingMs: 60_000, ...change }, alone);
  };
  const end = async (run: number) => {
    runs[run]?.end();
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  const workers = () =>
    said.flatMap((message) =>
      message.kind === "settled" ? message.items.map((item) => (item.ok ? item.result.worker : "refused")) : [],
    );
  return { core, offer, end, workers, observed, by: () => runs.map((run) => run.by), idle: () => idle };
}

describe("an image that is alone", () => {
  it("has all cores, whichever lane it comes by", async () => {
    for (const lane of ["interactive", "escalation", "bulk"] as const) {
      const { offer, end, by, workers } = engine();
      offer("one", { lane });
      expect(by()).toEqual(["wide"]);
      await end(0);
      expect(workers()).toEqual(["engine-1/wide"]);
    }
  });

  it("leaves every ordinary thread to those that come while it is read", async () => {
    const { core, offer, end, by } = engine();
    for (const id of ["one", "two", "three", "four"]) offer(id);
    expect(by()).toEqual(["wide", "ordinary", "ordinary"]);
    expect(core.status()).toMatchObject({ busyWorkers: 2, runningItems: 3, queuedItems: 1 });
    await end(0);
    expect(by(), "all threads are taken").toEqual(["wide", "ordinary", "ordinary"]);
    await end(1);
    expect(by()).toEqual(["wide", "ordinary", "ordinary", "ordinary"]);
  });

  it("is none while others run", async () => {
    const { offer, end, by } = engine();
    offer("one");
    offer("two");
    await end(0);
    offer("three");
    expect(by()).toEqual(["wide", "ordinary", "ordinary"]);
    await end(1);
    await end(2);
    offer("four");
    expect(by().at(-1)).toBe("wide");
  });

  it("is read by ordinary sessions when others are not ready for it, and tells what that took", async () => {
    const { offer, end, by, workers, observed } = engine(false);
    offer("one");
    offer("two");
    await end(0);
    await end(1);
    expect(by()).toEqual(["ordinary", "ordinary"]);
    expect(workers()).toEqual(["engine-1/thread-1", "engine-1/thread-1"]);
    expect(observed, "of the one that was alone when it began").toEqual(["ordinary 20"]);
  });

  it("is read by ordinary sessions when it is suspected of ending the process, with nothing beside it", async () => {
    const { offer, end, by } = engine();
    offer("suspect", {}, true);
    offer("other");
    expect(by()).toEqual(["ordinary"]);
    await end(0);
    expect(by()).toEqual(["ordinary", "wide"]);
  });

  it("makes a suspect wait as others do", async () => {
    const { offer, end, by } = engine();
    offer("one");
    offer("suspect", {}, true);
    expect(by()).toEqual(["wide"]);
    await end(0);
    expect(by()).toEqual(["wide", "ordinary"]);
  });

  it("is followed by an idle moment, unless the engine is ending", async () => {
    const { core, offer, end, idle } = engine();
    offer("one");
    expect(idle()).toBe(0);
    await end(0);
    expect(idle()).toBe(1);
    offer("two");
    const drained = core.drained();
    await end(1);
    await drained;
    expect(idle()).toBe(1);
  });
});
