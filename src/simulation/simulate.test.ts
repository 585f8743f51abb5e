import { describe, expect, it } from "vitest";
import { BatchModel, type ModelBatch, type ModelItem } from "../batches/index.ts";
import { DispatchCore, type Effect, type Heartbeat, type Outcome } from "../cluster/index.ts";
import type { BatchItemState, CaseRecord, ItemLease, LeaseAsk, PredictTask } from "../contracts/index.ts";
import { type FaultKind, faultKinds } from "./faults.ts";
import type { MakeCore } from "./sim-server.ts";
import { type SeedReport, type SimulateOptions, simulateSeed } from "./simulate.ts";

const isDrop = (effect: Effect): boolean => effect.kind === "settle" && "problem" in effect;

/** Forgets what a node held when that node dies. */
class DropsTasks extends DispatchCore {
  override tick(now: number): Effect[] {
    return super.tick(now).filter((effect) => !isDrop(effect));
  }
}

/** Tries a third time. */
class TriesAgain extends DispatchCore {
  readonly #tasks = new Map<number, PredictTask>();
  #more = 1_000_000;
  override submit(task: PredictTask, now: number): Effect[] {
    return this.#watch(super.submit(task, now));
  }
  override ended(attempt: number, outcome: Outcome, now: number): Effect[] {
    const effects = this.#watch(super.ended(attempt, outcome, now));
    const task = this.#tasks.get(attempt);
    const isLost = outcome.kind === "lost" && effects.some(isDrop);
    if (!isLost || task === undefined) return effects;
    const holds = (packs: readonly string[] = []) => task.packs.every((pack) => packs.includes(pack));
    const target = this.nodes(now).find(({ state, packs }) => state === "ready" && holds(packs))?.name;
    if (target === undefined) return effects;
    return [{ kind: "send", attempt: ++this.#more, target, task: { ...task, remainingMs: 1e-9 } }];
  }
  #watch(effects: Effect[]): Effect[] {
    for (const effect of effects) if (effect.kind === "send") this.#tasks.set(effect.attempt, effect.task);
    return effects;
  }
}

/** Answers once more when the slower one of two comes in. */
class AnswersTwice extends DispatchCore {
  readonly #over = new Map<number, Effect>();
  override ended(attempt: number, outcome: Outcome, now: number): Effect[] {
    const effects = super.ended(attempt, outcome, now);
    const settled = effects.find(({ kind }) => kind === "settle");
    for (const effect of effects)
      if (effect.kind === "cancel" && settled !== undefined) this.#over.set(effect.attempt, settled);
    const again = outcome.kind === "answered" ? this.#over.get(attempt) : undefined;
    return effects.length === 0 && again !== undefined ? [again] : effects;
  }
}

/** Lets attempts go on of which nobody wants to hear any more. */
class NeverCancels extends DispatchCore {
  override cancel(id: string, now: number): Effect[] {
    return super.cancel(id, now).filter(({ kind }) => kind !== "cancel");
  }
}

/** Believes every node to have room for everything. */
class IgnoresCredit extends DispatchCore {
  override heard(beat: Heartbeat, now: number): Effect[] {
    return super.heard({ ...beat, credit: { items: 10_000, bytes: 1e9 } }, now);
  }
}

/** Takes the word of whoever held the item once. */
class NoFence extends BatchModel {
  protected override isHeld(item: ModelItem | undefined, { attempt }: ItemLease): boolean {
    return item?.state === "leased" && attempt <= item.attempt;
  }
}

/** Writes over what is final. */
class WritesOver extends BatchModel {
  override record(made: CaseRecord, lease: ItemLease, now: number): boolean {
    const item = this.item(lease);
    if (item?.state === "done") item.record = made;
    return super.record(made, lease, now);
  }
}

/** Gives an item to whoever asks, held or not. */
class GivesTwice extends BatchModel {
  override lease(ask: LeaseAsk, now: number) {
    return super.lease(ask, now + 5000);
  }
}

/** Counts in memory what another transaction counts as well. */
class Miscounts extends BatchModel {
  protected override move(batch: ModelBatch, from: BatchItemState, to: BatchItemState): void {
    if (from === "leased" && to === "queued") batch.counts.queued++;
    else super.move(batch, from, to);
  }
}

/** Two transactions where one belongs: the case is written, and then the item, or not. */
class HalfCommits extends BatchModel {
  #calls = 0;
  override record(made: CaseRecord, lease: ItemLease, now: number): boolean {
    const item = this.item(lease);
    if (++this.#calls % 7 !== 0 || !this.isHeld(item, lease)) return super.record(made, lease, now);
    if (item !== undefined) item.record = made;
    return true;
  }
}

/** Forgets that what nobody holds any more is to be given to somebody else. */
class ForgetsTheLost extends BatchModel {
  override lease(ask: LeaseAsk, now: number) {
    return super.lease({ ...ask, leaseMs: 1e9 }, now);
  }
}

const seedsOfABug = 150;

async function firstBroken(broken: Omit<SimulateOptions, "seed">): Promise<SeedReport | undefined> {
  for (let seed = 0; seed < seedsOfABug; seed++) {
    const report = await simulateSeed({ ...broken, seed });
    if (report.broken !== undefined) return report;
  }
  return undefined;
}

describe("the simulator", () => {
  const reports: SeedReport[] = [];

  it("finds nothing in two hundred runs, in which every kind of fault strikes", async () => {
    for (let seed = 0; seed < 200; seed++) reports.push(await simulateSeed({ seed }));
    expect(reports.filter(({ broken }) => broken !== undefined)).toEqual([]);
    const struck = (kind: FaultKind): number => reports.reduce((sum, { faults }) => sum + (faults[kind] ?? 0), 0);
    for (const kind of faultKinds) expect(struck(kind), kind).toBeGreaterThan(0);
    const sum = (of: (report: SeedReport) => number): number => reports.reduce((all, each) => all + of(each), 0);
    expect(sum(({ tasks }) => tasks.settled)).toBeGreaterThan(10_000);
    expect(sum(({ items }) => items.done)).toBeGreaterThan(1000);
    expect(sum(({ items }) => items.dead)).toBeGreaterThan(10);
    expect(sum(({ items }) => items.cancelled)).toBeGreaterThan(10);
    expect(sum(({ leases }) => leases.fenced)).toBeGreaterThan(10);
    expect(sum(({ leases }) => leases.takenOver)).toBeGreaterThan(10);
    const hedged = sum(({ hedges }) => hedges.sent) / sum(({ hedges }) => hedges.of);
    expect(hedged).toBeGreaterThan(0);
    expect(hedged).toBeLessThan(0.05);
  }, 120_000);

  it("takes the same way for the same seed, line by line, and another one for another", async () => {
    const told = async (seed: number) => {
      const lines: string[] = [];
      const report = await simulateSeed({ seed, onLine: (line) => lines.push(line) });
      return { report, lines };
    };
    const [one, again, other] = [await told(17), await told(17), await told(18)];
    expect(again).toEqual(one);
    expect(one.lines).toHaveLength(one.report.events);
    expect((await simulateSeed({ seed: 17 })).hash).toBe(one.report.hash);
    expect(other.report.hash).not.toBe(one.report.hash);
  });

  it.each<[string, new (...args: ConstructorParameters<typeof DispatchCore>) => DispatchCore, RegExp]>([
    ["drops the tasks of a node that dies", DropsTasks, /waits|holds|charged|deadline/],
    ["tries a third time", TriesAgain, /more than 2 times|nobody waits|twice|two times/],
    ["answers twice", AnswersTwice, /answered or cancelled already/],
    ["never cancels", NeverCancels, /goes on though its task is over/],
    ["ignores credit", IgnoresCredit, /are open at/],
  ])(
    "catches a core that %s",
    async (_, Broken, rule) => {
      const makeCore: MakeCore = (options) => new Broken(options);
      const found = await firstBroken({ makeCore });
      expect(found?.broken?.rule).toMatch(rule);
      expect(await simulateSeed({ seed: found?.seed as number, makeCore })).toEqual(found);
    },
    60_000,
  );

  it.each<[string, new () => BatchModel, RegExp]>([
    ["has no fence", NoFence, /former holder/],
    ["writes over what is done", WritesOver, /was done and is changed/],
    ["gives an item to two", GivesTwice, /before its lease is over/],
    ["miscounts", Miscounts, /counts/],
    ["commits one half", HalfCommits, /with or without a case/],
    ["never takes a lease back", ForgetsTheLost, /does not end/],
  ])(
    "catches a store that %s",
    async (_, Broken, rule) => {
      const found = await firstBroken({ makeModel: () => new Broken() });
      expect(found?.broken?.rule).toMatch(rule);
    },
    60_000,
  );
});
