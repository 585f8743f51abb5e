import { describe, expect, it } from "vitest";
import { Random } from "../contracts/random.ts";
import { Allowance } from "./allowance.ts";
import { Candidates } from "./candidates.ts";
import { Deadlines } from "./deadlines.ts";
import type { Heartbeat } from "./messages.ts";
import { Target } from "./target.ts";

const pack = "a".repeat(64);
const wanted = { packs: [pack], key: pack };
const beatOf = (node: string, seq: number, change: Partial<Heartbeat> = {}): Heartbeat => ({
  protocol: 1,
  node,
  incarnation: "1",
  seq,
  state: "ready",
  version: "0",
  packs: [pack],
  later: [],
  provider: "cpu",
  slots: 1,
  credit: { items: 2, bytes: 1000 },
  load: 0,
  costs: [{ packs: [pack], fixedMs: 0, itemMs: 10 }],
  ...change,
});

function targetOf(name: string, change: Partial<Heartbeat> = {}): Target {
  const target = new Target(name);
  target.hear(beatOf(name, 1, change), 0);
  return target;
}

const random = new Random(5);
const draw = (now = 0, exploration = new Allowance(0, 0)) => ({
  bytes: 10,
  tried: [] as readonly Target[],
  now,
  random: () => random.next(),
  exploration,
});
const task = { id: "t", packs: [pack], image: { bytes: new Uint8Array(10) }, lane: "bulk", remainingMs: 1 } as never;

describe("candidates", () => {
  it("are drawn alike, and the one that is put aside comes back when it is reviewed", () => {
    const all = ["a", "b", "c", "d"].map((name) => targetOf(name));
    const candidates = new Candidates(wanted);
    for (const target of all) candidates.review(target);
    const counts = new Map<string, number>();
    for (let i = 0; i < 4000; i++) {
      const name = candidates.choose(draw())?.name ?? "";
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const { name } of all) expect(counts.get(name)).toBeGreaterThan(800);
    const [first] = all as [Target];
    for (let attempt = 0; attempt < 2; attempt++) first.send(attempt, task, 0);
    for (let i = 0; i < 200; i++) expect(candidates.choose(draw())).not.toBe(first);
    first.end(0, pack, false, 0);
    candidates.review(first);
    const seen = Array.from({ length: 400 }, () => candidates.choose({ ...draw(), tried: all.slice(1) }));
    expect(new Set(seen)).toEqual(new Set([first]));
  });

  it("that lack the packs or were forgotten are never drawn", () => {
    const candidates = new Candidates(wanted);
    const other = targetOf("other", { packs: [] });
    const gone = targetOf("gone");
    candidates.review(other);
    candidates.review(gone);
    candidates.remove(gone);
    expect(candidates.choose(draw())).toBeUndefined();
  });

  it("that were slow once are looked at again, for a small share of the tasks", () => {
    const candidates = new Candidates(wanted);
    const [fast, slow] = [targetOf("fast"), targetOf("slow", { costs: [{ packs: [pack], fixedMs: 0, itemMs: 500 }] })];
    for (const target of [fast, slow]) candidates.review(target);
    const exploration = new Allowance(0.005, 1);
    let asked = 0;
    for (let i = 0; i < 10_000; i++) {
      exploration.earn();
      if (candidates.choose(draw(2500, exploration)) === slow) asked++;
    }
    expect(asked).toBeGreaterThan(20);
    expect(asked).toBeLessThanOrEqual(50);
  });
});

describe("deadlines", () => {
  it("are due when their time has come, and not before", () => {
    const deadlines = new Deadlines<{ readonly deadlineAt: number }>();
    const all = Array.from({ length: 500 }, () => ({ deadlineAt: random.between(-100, 5000) }));
    for (const one of all) deadlines.add(one);
    const gone = all.filter((_, i) => i % 3 === 0);
    for (const one of gone) deadlines.remove(one);
    const left = all.filter((one) => !gone.includes(one));
    for (const now of [-200, 0, 49.9, 50, 1234.5, 6000])
      expect(new Set(deadlines.due(now))).toEqual(new Set(left.filter(({ deadlineAt }) => deadlineAt <= now)));
  });
});
