import { describe, expect, it } from "vitest";
import type { ReaderPack } from "../contracts/index.ts";
import type { FromEngine } from "./messages.ts";
import { WideReaders } from "./wide-readers.ts";

const network = { input: { width: 32, height: 32 }, outputs: { logit: [1] } } as never;
const packOf = (digest: string, bytes = 100): ReaderPack => ({
  kind: "fine",
  digest,
  id: `test/${digest}`,
  network: { network, file: { path: digest, sha256: `sha-${digest}`, bytes } },
  outputs: 1,
});
const took = (pack: string, computeMs: number) => [{ reader: "fine" as const, pack, scores: [0], computeMs }];
const answer = { thread: 9, items: [] };

interface World {
  readonly bytesMax?: number;
  readonly memory?: number;
  /** Packs whose answers are others with all cores. */
  readonly others?: readonly string[];
  /** Packs that cannot be loaded. */
  readonly broken?: readonly string[];
}

function world(packs: readonly ReaderPack[], { bytesMax = 1000, memory = 1e9, others = [], broken = [] }: World = {}) {
  const told: Extract<FromEngine, { kind: "wide" }>[] = [];
  const warmed: string[][] = [];
  const opened: number[] = [];
  let loads = Promise.resolve();
  const pool = {
    warm: async (held: readonly ReaderPack[]) => {
      warmed.push(held.map(({ digest }) => digest));
      await loads;
      const bad = held.find(({ digest }) => broken.includes(digest));
      if (bad !== undefined) throw new Error(`${bad.digest} is broken`);
      return [];
    },
    prove: async (pack: string, picture: number) => `${pack}-${picture}${others.includes(pack) ? "-other" : ""}`,
    run: async () => answer,
    close: async () => undefined,
  };
  const open = () => {
    opened.push(1);
    return pool;
  };
  const ordinary = { prove: async (pack: string, picture: number) => `${pack}-${picture}` };
  const deps = {
    open,
    ordinary,
    bytesMax,
    worthMs: 8,
    memory: () => memory,
    tell: (m: (typeof told)[number]) => told.push(m),
  };
  const wide = new WideReaders(deps, packs);
  const see = (digest: string, computeMs: number, runs = 5) => {
    for (let i = 0; i < runs; i++) wide.observed(took(digest, computeMs), "ordinary");
  };
  /** Idle moments until there is nothing more to do in them. */
  const rest = async () => {
    for (let i = 0; i < 3; i++) {
      wide.idle();
      for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    }
  };
  const hold = () => {
    let release = (): void => undefined;
    loads = new Promise((resolve) => {
      release = resolve;
    });
    return () => release();
  };
  return { wide, told, warmed, opened, see, rest, hold };
}

describe("readers with all cores", () => {
  it("are loaded for what was alone often enough and takes long, and for nothing else", async () => {
    const { wide, told, opened, see, rest } = world(["slow", "quick", "rare"].map((digest) => packOf(digest)));
    see("quick", 4);
    see("rare", 50, 4);
    await rest();
    expect(opened).toEqual([]);
    see("slow", 50);
    await rest();
    expect(["slow", "quick", "rare"].map((digest) => wide.takes([digest]))).toEqual([true, false, false]);
    expect(wide.takes(["slow", "quick"]), "every pack of a task").toBe(false);
    expect(told).toEqual([
      { kind: "wide", pack: "slow", state: "loading" },
      { kind: "wide", pack: "slow", state: "ready" },
    ]);
    expect(opened).toEqual([1]);
  });

  it("go by the shortest run: on a busy machine any takes long", async () => {
    const { wide, see, rest } = world([packOf("quick")]);
    see("quick", 50);
    see("quick", 7, 1);
    await rest();
    expect(wide.takes(["quick"])).toBe(false);
  });

  it("are used while they are quicker, and the other way is tried now and then", async () => {
    const { wide, see, rest } = world([packOf("slow")]);
    see("slow", 50);
    await rest();
    const shareOf = (wideMs: number): number => {
      let taken = 0;
      for (let i = 0; i < 160; i++) {
        const takes = wide.takes(["slow"]);
        if (takes) taken++;
        wide.observed(took("slow", takes ? wideMs : 50), takes ? "wide" : "ordinary");
      }
      return taken / 160;
    };
    expect(shareOf(30)).toBe(15 / 16);
    expect(shareOf(80), "the cores are somebody else's now").toBeLessThan(0.2);
    expect(shareOf(30), "and ours again").toBeGreaterThan(0.5);
  });

  it("are not used when one bit of an answer is another, and not tried again", async () => {
    const { wide, told, warmed, see, rest } = world([packOf("same"), packOf("other")], { others: ["other"] });
    see("same", 50);
    see("other", 50);
    await rest();
    await rest();
    expect([wide.takes(["same"]), wide.takes(["other"])]).toEqual([true, false]);
    expect(told.at(-1)).toMatchObject({
      pack: "other",
      state: "refused",
      reason: expect.stringContaining("last bits"),
    });
    expect(warmed).toEqual([["same"], ["same", "other"], ["same"]]);
  });

  it.each([
    ["no room", { bytesMax: 99 }, "no room"],
    ["not enough memory", { memory: 399 }, "memory is short"],
    ["no file", { broken: ["slow"] }, "slow is broken"],
  ])("are refused with %s", async (_, circumstances, reason) => {
    const { wide, told, see, rest } = world([packOf("slow")], circumstances);
    see("slow", 50);
    await rest();
    expect(wide.takes(["slow"])).toBe(false);
    expect(told.at(-1)).toMatchObject({ state: "refused", reason: expect.stringContaining(reason) });
    expect(told.filter(({ state }) => state === "refused")).toHaveLength(1);
  });

  it("hold as many bytes as they may, a shared network once", async () => {
    const shared = { ...packOf("first", 600), digest: "second" } as ReaderPack;
    const { wide, see, rest } = world([packOf("first", 600), shared, packOf("third", 600)]);
    for (const digest of ["first", "second", "third"]) see(digest, 50);
    await rest();
    expect(["first", "second", "third"].map((digest) => wide.takes([digest]))).toEqual([true, true, false]);
  });

  it("go with their pack, and wait while anything is loaded", async () => {
    const { wide, warmed, see, rest, hold } = world([packOf("old"), packOf("stays")]);
    see("old", 50);
    await rest();
    const release = hold();
    see("stays", 50);
    wide.idle();
    expect(wide.takes(["old"]), "its thread is loading").toBe(false);
    release();
    await rest();
    expect(wide.takes(["old", "stays"])).toBe(true);
    wide.know([packOf("stays"), packOf("new")]);
    expect(wide.takes(["old"])).toBe(false);
    await rest();
    expect(wide.takes(["stays"])).toBe(true);
    expect(warmed.at(-1)).toEqual(["stays"]);
  });

  it("are released when their pack went while it was loaded", async () => {
    const { wide, told, warmed, see, rest, hold } = world([packOf("old")]);
    const release = hold();
    see("old", 50);
    wide.idle();
    await Promise.resolve();
    wide.know([packOf("new")]);
    release();
    await rest();
    expect(wide.takes(["old"])).toBe(false);
    expect(warmed).toEqual([["old"], []]);
    expect(told.map(({ state }) => state)).toEqual(["loading", "gone"]);
  });

  it("end after what they load, and load nothing more", async () => {
    const { wide, warmed, see, hold } = world([packOf("slow"), packOf("next")]);
    see("slow", 50);
    see("next", 50);
    const release = hold();
    wide.idle();
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    let closed = false;
    const closing = wide.close().then(() => {
      closed = true;
    });
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    expect(closed).toBe(false);
    release();
    await closing;
    wide.idle();
    expect(warmed).toEqual([["slow"]]);
  });
});
