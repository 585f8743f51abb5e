import { describe, expect, it } from "vitest";
import type { ReaderPack } from "../contracts/index.ts";
import { HeldPacks, type PackSet } from "./held-packs.ts";

const pack = (digest: string): ReaderPack => ({ kind: "fast", digest }) as ReaderPack;
const [a, b] = [pack("a"), pack("b")];

describe("the packs of an engine", () => {
  it("count as loaded unless they are for later", () => {
    const held = new HeldPacks({ packs: [a, b], later: ["b"] });
    expect(held.has("b")).toBe(true);
    expect(held.loaded()).toEqual(["a"]);
  });

  it("change one after the other, each from where the one before ended", async () => {
    const held = new HeldPacks({ packs: [a], later: ["b"] });
    let running = 0;
    const seen: PackSet[] = [];
    const apply = async (set: PackSet): Promise<void> => {
      expect(++running).toBe(1);
      await new Promise((resume) => setImmediate(resume));
      running--;
      seen.push(set);
    };
    await Promise.all([held.hold([a, b], apply), held.warm(["b"], apply)]);
    expect(seen).toEqual([
      { packs: [a, b], later: ["b"] },
      { packs: [a, b], later: [] },
    ]);
    expect(held.loaded()).toEqual(["a", "b"]);
  });

  it("stay as they were when a change fails, and can be changed again", async () => {
    const held = new HeldPacks({ packs: [a], later: [] });
    await expect(held.hold([b], () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(held.loaded()).toEqual(["a"]);
    await held.hold([b], () => Promise.resolve());
    expect(held.loaded()).toEqual(["b"]);
  });

  it("may be loaded later where that is said, but what is loaded stays so", async () => {
    const held = new HeldPacks({ packs: [a], later: [] });
    const seen: PackSet[] = [];
    const apply = async (set: PackSet): Promise<void> => void seen.push(set);
    await held.hold([a, b], apply, ["a", "b"]);
    await held.hold([a, b], apply, []);
    expect(seen.map(({ later }) => later)).toEqual([["b"], []]);
  });

  it("are not touched when nothing is to be changed", async () => {
    const held = new HeldPacks({ packs: [a], later: [] });
    await held.warm(["a"], () => Promise.reject(new Error("asked for nothing")));
    expect(held.loaded()).toEqual(["a"]);
  });
});
