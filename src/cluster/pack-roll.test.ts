import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type MemoryBus, MemoryHub } from "../../test/support/memory-bus.ts";
import { createLog, systemClock } from "../platform/index.ts";
import { type Heartbeat, type Hold, holdSchema, subjects } from "./messages.ts";
import type { PackOffer } from "./pack-exchange.ts";
import type { PackPublisher } from "./pack-publisher.ts";
import { PackRoll } from "./pack-roll.ts";
import { encodeJson, readJson } from "./wire.ts";

const digest = (letter: string) => letter.repeat(64);
const offersOf = (letters: string): PackOffer[] =>
  [...letters].map((letter) => ({ asked: { pack: digest(letter), id: `eye/${letter}`, later: false }, objects: [] }));
const lettersOf = ({ packs }: Hold) => packs.map(({ pack }) => pack[0]).join("");

/** A node on paper: it says what a test makes it say. */
class PaperNode {
  readonly holds: string[] = [];
  readonly #bus: MemoryBus;
  readonly #beat: Heartbeat;

  constructor(hub: MemoryHub, node: string, change: Partial<Heartbeat> = {}) {
    this.#bus = hub.connect();
    this.#beat = {
      protocol: 1,
      node,
      incarnation: "first",
      seq: 0,
      state: "ready",
      version: "0",
      packs: [digest("a")],
      later: [],
      takesPacks: true,
      provider: "cpu",
      slots: 2,
      credit: { items: 1, bytes: 1 },
      load: 0,
      costs: [],
      ...change,
    };
    this.#bus.subscribe(subjects.hold(node), ({ payload }) => {
      const hold = readJson(payload, holdSchema);
      if (hold !== undefined) this.holds.push(lettersOf(hold));
    });
  }

  says(change: Partial<Heartbeat> = {}): void {
    Object.assign(this.#beat, change, { seq: this.#beat.seq + 1 });
    this.#bus.publish(subjects.heartbeat(this.#beat.node), encodeJson(this.#beat));
  }
}

let hub: MemoryHub;
let roll: PackRoll;
let repaired: string[];
let now: number;
const publisher = {
  publish: async () => true,
  repair: (object: string) => void repaired.push(object),
} as unknown as PackPublisher;

beforeEach(() => {
  hub = new MemoryHub();
  repaired = [];
  now = 1000;
  const clock = { ...systemClock, now: () => now };
  roll = new PackRoll(hub.connect(), publisher, clock, createLog("silent", "test"));
  roll.start();
});
afterEach(() => roll.close());
const told = (node: PaperNode, letters: string) => vi.waitFor(() => expect(node.holds.at(-1)).toBe(letters));

describe("a server tells nodes what to hold", () => {
  it("as soon as they are heard, and again to the next process of the same name", async () => {
    roll.want(offersOf("ab"));
    const node = new PaperNode(hub, "one");
    node.says();
    await told(node, "ab");
    node.holds.length = 0;
    node.says({ incarnation: "second" });
    await told(node, "ab");
  });

  it("but not those that take no packs", async () => {
    roll.want(offersOf("ab"));
    const [taker, other] = [new PaperNode(hub, "one"), new PaperNode(hub, "two", { takesPacks: undefined })];
    taker.says();
    other.says();
    await told(taker, "ab");
    expect(other.holds).toEqual([]);
    expect(roll.troublesOf("two")).toBeUndefined();
  });

  it("and puts again what a node says is missing or altered, and nothing else", async () => {
    const node = new PaperNode(hub, "one");
    const failed = (code: string) => [{ pack: digest("b"), code, detail: "", object: digest("f") }];
    node.says({ failed: failed("object-corrupt"), loading: [digest("c")], refused: 1 });
    await vi.waitFor(() => expect(repaired).toEqual([digest("f")]));
    expect(roll.troublesOf("one")).toEqual({ failed: failed("object-corrupt"), loading: [digest("c")], refused: 1 });
    node.says({ failed: failed("model-refused") });
    await vi.waitFor(() => expect(roll.troublesOf("one")?.failed).toEqual(failed("model-refused")));
    expect(repaired).toHaveLength(1);
  });
});

describe("a change", () => {
  it("comes to one node after the other, and those that wait keep what they had", async () => {
    roll.want(offersOf("a"));
    const [one, two] = [new PaperNode(hub, "one"), new PaperNode(hub, "two")];
    for (const node of [two, one]) node.says();
    await told(one, "a");
    await told(two, "a");
    const rolled = roll.roll(offersOf("ab"));
    await told(one, "ab");
    one.says({ loading: [digest("b")] });
    // Told again meanwhile: still what it had.
    now += 2500;
    for (const node of [one, two]) node.says();
    await vi.waitFor(() => expect(two.holds.length).toBeGreaterThan(1));
    expect(new Set(two.holds)).toEqual(new Set(["a"]));
    one.says({ packs: [digest("a"), digest("b")], loading: [] });
    await told(two, "ab");
    two.says({ packs: [digest("a")], later: [digest("b")] });
    expect(await rolled).toEqual([
      { node: "one", slots: 2, result: "holds" },
      { node: "two", slots: 2, result: "holds" },
    ]);
  });

  it("goes on past a node that cannot load it, says why, and one that is gone", async () => {
    roll.want(offersOf("a"));
    const nodes = ["one", "two", "three"].map((name) => new PaperNode(hub, name));
    const [one, two, three] = nodes as [PaperNode, PaperNode, PaperNode];
    for (const node of nodes) node.says();
    await Promise.all(nodes.map((node) => told(node, "a")));
    const rolled = roll.roll(offersOf("ab"));
    await told(one, "ab");
    one.says({ failed: [{ pack: digest("b"), code: "load-failed", detail: "no model" }] });
    await told(three, "ab");
    three.says({ state: "draining" });
    await told(two, "ab");
    two.says({ packs: [digest("a"), digest("b")] });
    expect(await rolled).toEqual([
      { node: "one", slots: 2, result: "failed", reason: "load-failed: no model" },
      { node: "three", slots: 2, result: "gone" },
      { node: "two", slots: 2, result: "holds" },
    ]);
  });

  it("waits for a node whose fetch may mend, but not for ever", async () => {
    const one = new PaperNode(hub, "one");
    one.says();
    await vi.waitFor(() => expect(roll.troublesOf("one")).toBeDefined());
    const rolled = roll.roll(offersOf("b"));
    await told(one, "b");
    const failed = [{ pack: digest("b"), code: "object-missing", detail: "not there" }];
    one.says({ failed });
    await vi.waitFor(() => expect(roll.troublesOf("one")?.failed).toEqual(failed));
    let isOver = false;
    void rolled.then(() => {
      isOver = true;
    });
    for (let i = 0; i < 8; i++) {
      expect(isOver).toBe(false);
      now += 2000;
      one.says();
      const at = now;
      await vi.waitFor(() => expect(at).toBe(now));
    }
    expect(await rolled).toMatchObject([{ result: "failed", reason: "object-missing: not there" }]);
  });
});
