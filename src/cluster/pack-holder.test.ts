import { describe, expect, it, vi } from "vitest";
import type { ReaderPack } from "../contracts/index.ts";
import { createLog, systemClock } from "../platform/index.ts";
import { type AskedPack, PackFault } from "./pack-exchange.ts";
import { PackHolder, type PackHolderOptions } from "./pack-holder.ts";

const digest = (letter: string) => letter.repeat(64);
const packOf = (letter: string): ReaderPack => ({ kind: "fine", digest: digest(letter) }) as ReaderPack;
const asked = (letter: string, later = false): AskedPack => ({ pack: digest(letter), id: `eye/${letter}`, later });
const fast = { mending: { firstMs: 20, mostMs: 50 }, lasting: { firstMs: 20, mostMs: 50 } };

/** A holder whose engine and search a test decides on; `served` is what the engine was given last. */
function holderWith(change: Partial<PackHolderOptions> = {}) {
  const served: { packs: string; later: string }[] = [];
  const letters = (digests: readonly string[]) => digests.map((each) => each[0]).join("");
  const searches: string[] = [];
  const holder = new PackHolder({
    own: [],
    find: async ({ pack }) => {
      searches.push(pack[0] as string);
      return { kind: "fine", digest: pack } as ReaderPack;
    },
    serve: async (packs, later) => {
      served.push({ packs: letters(packs.map((each) => each.digest)), later: letters(later) });
    },
    clock: systemClock,
    log: createLog("silent", "test"),
    delays: fast,
    ...change,
  });
  return { holder, served, searches, last: () => served.at(-1) };
}
const server = (name: string, packs: readonly AskedPack[]) => ({ server: name, packs: [...packs] });

describe("a node that is asked to hold packs", () => {
  it("serves what is needed now together, before it looks for what is for later", async () => {
    const { holder, served, searches } = holderWith();
    holder.asked(server("one", [asked("c", true), asked("a"), asked("b")]));
    expect(holder.view()).toMatchObject({ loading: [digest("c"), digest("a"), digest("b")], failed: [] });
    await vi.waitFor(() => expect(served).toHaveLength(2));
    expect(searches).toEqual(["a", "b", "c"]);
    expect(served).toEqual([
      { packs: "ab", later: "" },
      { packs: "cab", later: "c" },
    ]);
    expect(holder.view()).toMatchObject({ loading: [], failed: [], takesPacks: true });
    await holder.stop();
  });

  it("holds what any server wants, and lets go what none does", async () => {
    const { holder, last } = holderWith();
    holder.asked(server("one", [asked("a"), asked("b", true)]));
    holder.asked(server("two", [asked("b"), asked("c")]));
    await vi.waitFor(() => expect(last()).toEqual({ packs: "abc", later: "" }));
    holder.asked(server("one", [asked("c")]));
    await vi.waitFor(() => expect(last()).toEqual({ packs: "bc", later: "" }));
    await holder.stop();
  });

  it("forgets a server that is silent while others speak, and none while nobody does", async () => {
    let now = 0;
    const { holder, last, served } = holderWith({ clock: { ...systemClock, now: () => now } });
    holder.asked(server("one", [asked("a")]));
    await vi.waitFor(() => expect(last()?.packs).toBe("a"));
    now = 1e9;
    holder.asked(server("one", [asked("a")]));
    await vi.waitFor(() => expect(served).toHaveLength(1));
    now = 2e9;
    holder.asked(server("two", [asked("b")]));
    await vi.waitFor(() => expect(last()?.packs).toBe("b"));
    await holder.stop();
  });

  it("keeps its own packs until a server speaks, and then only those that are named", async () => {
    const { holder, last, searches } = holderWith({ own: [packOf("a"), packOf("b")] });
    expect(holder.view()).toMatchObject({ loading: [], failed: [] });
    holder.asked(server("one", [asked("b"), asked("c")]));
    await vi.waitFor(() => expect(last()?.packs).toBe("bc"));
    expect(searches).toEqual(["c"]);
    await holder.stop();
  });

  it("does nothing when it is asked for the same again", async () => {
    const { holder, served } = holderWith();
    for (let i = 0; i < 3; i++) {
      holder.asked(server("one", [asked("a")]));
      await vi.waitFor(() => expect(holder.view().loading).toEqual([]));
    }
    expect(served).toHaveLength(1);
    await holder.stop();
  });
});

describe("a pack that cannot be held", () => {
  it("because its object is another one is counted, said, and tried again until it is right", async () => {
    let corrupt = true;
    const again: boolean[] = [];
    const { holder, last } = holderWith({
      find: async ({ pack }, isAgain) => {
        if (pack === digest("b")) again.push(isAgain);
        if (pack === digest("b") && corrupt)
          throw new PackFault("object-corrupt", "not what its name says", digest("f"));
        return { kind: "fine", digest: pack } as ReaderPack;
      },
    });
    holder.asked(server("one", [asked("a"), asked("b")]));
    await vi.waitFor(() => expect(holder.view().refused).toBeGreaterThan(1));
    expect(last()?.packs).toBe("a");
    expect(holder.view().failed).toEqual([
      { pack: digest("b"), code: "object-corrupt", detail: "not what its name says", object: digest("f") },
    ]);
    expect(again.slice(0, 2)).toEqual([false, true]);
    corrupt = false;
    await vi.waitFor(() => expect(last()?.packs).toBe("ab"));
    expect(holder.view().failed).toEqual([]);
    await holder.stop();
  });

  it("because the engine cannot load it takes nothing from those that serve", async () => {
    const tried: string[] = [];
    const { holder } = holderWith({
      own: [packOf("a")],
      serve: async (packs) => {
        const letters = packs.map(({ digest: [first] }) => first).join("");
        tried.push(letters);
        if (letters.includes("x")) throw new Error("no model");
      },
    });
    holder.asked(server("one", [asked("a"), asked("x"), asked("b")]));
    await vi.waitFor(() => expect(tried).toContain("ab"));
    expect(tried.slice(0, 3)).toEqual(["axb", "ax", "ab"]);
    expect(holder.view().failed).toEqual([{ pack: digest("x"), code: "load-failed", detail: "no model" }]);
    expect(holder.view().loading).toEqual([]);
    await vi.waitFor(() => expect(tried.filter((each) => each.includes("x")).length).toBeGreaterThan(3));
    holder.asked(server("one", [asked("a")]));
    await vi.waitFor(() => expect(holder.view().failed).toEqual([]));
    await holder.stop();
  });

  it("never is another pack than the one that was named", async () => {
    const { holder, served } = holderWith({ find: async () => packOf("b") });
    holder.asked(server("one", [asked("a")]));
    await vi.waitFor(() => expect(holder.view().failed).toMatchObject([{ code: "manifest-invalid" }]));
    expect(served).toEqual([]);
    await holder.stop();
  });
});
