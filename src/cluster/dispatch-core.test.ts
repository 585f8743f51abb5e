import { describe, expect, it } from "vitest";
import type { PredictResult, PredictTask, ProblemCode } from "../contracts/index.ts";
import { Random } from "../contracts/random.ts";
import { DispatchCore } from "./dispatch-core.ts";
import type { Effect } from "./effect.ts";
import type { Heartbeat } from "./messages.ts";
import type { Outcome } from "./outcome.ts";

const pack = "a".repeat(64);
const other = "b".repeat(64);
const result = { worker: "w" } as PredictResult;
const answered: Outcome = { kind: "answered", result };
const died: Outcome = { kind: "lost", cause: "nobody" };
const refused = (code: ProblemCode): Outcome => ({ kind: "refused", problem: { code } });

type Send = Extract<Effect, { kind: "send" }>;
const sends = (effects: readonly Effect[]): Send[] => effects.filter((each) => each.kind === "send");
const settled = (effects: readonly Effect[]) => effects.filter((each) => each.kind === "settle");
const only = <T>(all: readonly T[]): T => {
  expect(all).toHaveLength(1);
  return all[0] as T;
};

let ids = 0;
const taskOf = (change: Partial<PredictTask> = {}): PredictTask => ({
  id: `task-${++ids}`,
  packs: [pack],
  image: { bytes: new Uint8Array(10), sha256: "0".repeat(64), mediaType: "image/png", width: 1, height: 1 },
  lane: "interactive",
  remainingMs: 20_000,
  ...change,
});

/** A cluster of nodes that beat once a second, at a time that only the test moves. */
class Cluster {
  readonly core: DispatchCore;
  readonly #beating = new Map<string, Partial<Heartbeat>>();
  now = 0;
  #seq = 0;

  constructor(nodes: Readonly<Record<string, Partial<Heartbeat>>>, local?: { slots: number; creditItems: number }) {
    const random = new Random(7, 0);
    this.core = new DispatchCore({ local, random: () => random.between(0, 1) });
    this.core.setLocalReady(local !== undefined);
    for (const [name, change] of Object.entries(nodes)) this.beat(name, change);
  }

  beat(node: string, change: Partial<Heartbeat> = this.#beating.get(node) ?? {}): Effect[] {
    this.#beating.set(node, change);
    const beat: Heartbeat = {
      protocol: 1,
      node,
      incarnation: "1",
      seq: ++this.#seq,
      state: "ready",
      version: "0.1.0",
      packs: [pack],
      later: [],
      provider: "cpu",
      slots: 1,
      credit: { items: 4, bytes: 1000 },
      load: 0,
      costs: [],
      ...change,
    };
    return this.core.heard(beat, this.now);
  }

  silence(node: string): void {
    this.#beating.delete(node);
  }

  /** Time goes on in steps of 50 ms. */
  wait(ms: number): Effect[] {
    const effects: Effect[] = [];
    for (const end = this.now + ms; this.now < end; ) {
      this.now += 50;
      if (this.now % 1000 === 0) for (const name of this.#beating.keys()) effects.push(...this.beat(name));
      effects.push(...this.core.tick(this.now));
    }
    return effects;
  }

  submit(change: Partial<PredictTask> = {}): Effect[] {
    return this.core.submit(taskOf(change), this.now);
  }

  end(attempt: number, outcome: Outcome): Effect[] {
    return this.core.ended(attempt, outcome, this.now);
  }

  state(name: string): string | undefined {
    return this.core.nodes(this.now).find((node) => node.name === name)?.state;
  }
}

describe("a second attempt", () => {
  it.each([
    ["nobody answers", died, "nobody"],
    ["the answer is garbled", { kind: "lost", cause: "garbled" } as const, "garbled"],
    ["its queue is full", refused("queue-full"), "busy"],
    ["it drains", refused("draining"), "busy"],
    ["it lacks the pack after all", refused("pack-not-installed"), "busy"],
  ])("is made once and elsewhere when %s", (_, outcome, cause) => {
    const cluster = new Cluster({ a: {}, b: {}, c: {} });
    const first = only(sends(cluster.submit()));
    const again = cluster.end(first.attempt, outcome as Outcome);
    expect(again[0]).toEqual({ kind: "retried", cause });
    const second = only(sends(again));
    expect(second.target).not.toBe(first.target);
    expect(second.task.id).not.toBe(first.task.id);
    const end = cluster.end(second.attempt, outcome as Outcome);
    expect(sends(end)).toEqual([]);
    expect(only(settled(end))).toHaveProperty("problem");
    expect(cluster.core.openItems).toBe(0);
  });

  it.each(["inference-failed", "image-undecodable", "input-quarantined", "engine-lost", "deadline-exceeded"] as const)(
    "is never made after %s",
    (code) => {
      const cluster = new Cluster({ a: {}, b: {} });
      const end = cluster.end(only(sends(cluster.submit())).attempt, refused(code));
      expect(sends(end)).toEqual([]);
      expect(settled(end)).toEqual([expect.objectContaining({ problem: { code } })]);
    },
  );

  it("is not made when there is nobody else: the loss is said, with a time to come back", () => {
    const cluster = new Cluster({ a: {} });
    const end = cluster.end(only(sends(cluster.submit())).attempt, died);
    expect(only(settled(end))).toMatchObject({ problem: { code: "engine-lost", retryAfterS: 1 } });
  });

  it("has the time that is left, and none is made when none is left", () => {
    const cluster = new Cluster({ a: {}, b: {} });
    const first = only(sends(cluster.submit({ remainingMs: 700 })));
    cluster.wait(500);
    const second = only(sends(cluster.end(first.attempt, died)));
    expect(second.task.remainingMs).toBe(200);
    const late = cluster.wait(200);
    expect(only(settled(late))).toMatchObject({ problem: { code: "deadline-exceeded" } });
    expect(late).toContainEqual({ kind: "cancel", attempt: second.attempt });
    expect(cluster.end(second.attempt, answered)).toEqual([]);
  });
});

describe("a node", () => {
  it("is suspect after 3 s of silence and dead after 5, when what it held is read elsewhere", () => {
    const cluster = new Cluster({ a: {}, b: { packs: [other] } });
    const first = only(sends(cluster.submit()));
    cluster.beat("b", { packs: [pack] });
    cluster.silence("a");
    expect(sends(cluster.wait(2950))).toEqual([]);
    expect(cluster.state("a")).toBe("ready");
    cluster.wait(50);
    expect(cluster.state("a")).toBe("suspect");
    const effects = cluster.wait(2000);
    expect(cluster.state("a")).toBe("dead");
    expect(effects).toContainEqual({ kind: "cancel", attempt: first.attempt });
    expect(only(sends(effects)).target).toBe("b");
  });

  it("that is suspect is asked only when nobody else is there", () => {
    const cluster = new Cluster({ a: {}, b: {} });
    cluster.silence("a");
    cluster.wait(3500);
    for (let i = 0; i < 4; i++) expect(only(sends(cluster.submit())).target).toBe("b");
    expect(only(sends(cluster.submit())).target).toBe("a");
  });

  it("that comes back as another process has lost what it held", () => {
    const cluster = new Cluster({ a: {} });
    const first = only(sends(cluster.submit()));
    const effects = cluster.beat("a", { incarnation: "2" });
    expect(effects).toContainEqual({ kind: "cancel", attempt: first.attempt });
    expect(only(settled(effects))).toMatchObject({ problem: { code: "engine-lost" } });
    expect(cluster.state("a")).toBe("ready");
  });

  it("is believed to be away from the moment nobody answers until it is heard again", () => {
    const cluster = new Cluster({ a: {}, b: {} });
    const first = only(sends(cluster.submit()));
    cluster.end(first.attempt, died);
    expect(cluster.state(first.target)).toBe("dead");
    cluster.wait(1000);
    expect(cluster.state(first.target)).toBe("ready");
  });

  it("is never asked for a pack that it does not hold", () => {
    const cluster = new Cluster({ a: {}, b: { packs: [other] } });
    for (let i = 0; i < 4; i++) expect(only(sends(cluster.submit({ packs: [other] }))).target).toBe("b");
    expect(only(settled(cluster.submit({ packs: [pack, other] })))).toMatchObject({
      problem: { code: "pack-not-installed" },
    });
  });

  it("is given no more than its credit; then all are full, and it is said when that will pass", () => {
    const cluster = new Cluster({ a: {}, b: {} });
    const given = Array.from({ length: 8 }, () => only(sends(cluster.submit())).target).sort();
    expect(given).toEqual(["a", "a", "a", "a", "b", "b", "b", "b"]);
    const refusal = only(settled(cluster.submit()));
    expect(refusal).toMatchObject({ problem: { code: "queue-full", retryAfterS: 1 } });
    const bytes = new Cluster({ a: { credit: { items: 9, bytes: 15 } } });
    expect(sends(bytes.submit())).toHaveLength(1);
    expect(sends(bytes.submit())).toHaveLength(0);
  });

  it("that fails five times rests for 2 s, and then one probe decides", () => {
    const cluster = new Cluster({ a: { credit: { items: 99, bytes: 1e6 } } });
    for (let i = 0; i < 5; i++) cluster.end(only(sends(cluster.submit())).attempt, { kind: "lost", cause: "garbled" });
    expect(cluster.state("a")).toBe("resting");
    expect(only(settled(cluster.submit()))).toMatchObject({ problem: { code: "engine-not-ready" } });
    cluster.wait(2000);
    const probe = only(sends(cluster.submit()));
    expect(sends(cluster.submit())).toEqual([]);
    cluster.end(probe.attempt, answered);
    expect(sends(cluster.submit())).toHaveLength(1);
  });

  it("that is slow gets its share and no more", () => {
    const cluster = new Cluster({
      fast: { credit: { items: 64, bytes: 1e6 } },
      slow: { credit: { items: 64, bytes: 1e6 } },
    });
    const itemMs: Record<string, number> = { fast: 20, slow: 100 };
    const queues = new Map<string, { attempt: number; endsAt: number }[]>([
      ["fast", []],
      ["slow", []],
    ]);
    const given = { fast: 0, slow: 0 };
    let worstMs = 0;
    for (let step = 0, due = 0; step < 3000; step++) {
      // 55 images a second, for nodes that can do 50 and 10.
      due += 0.55;
      if (due >= 1) {
        due--;
        for (const { attempt, target } of sends(cluster.submit())) {
          const queue = queues.get(target) ?? [];
          const startsAt = Math.max(cluster.now, queue.at(-1)?.endsAt ?? 0);
          const endsAt = startsAt + (itemMs[target] as number);
          queue.push({ attempt, endsAt });
          worstMs = Math.max(worstMs, endsAt - cluster.now);
          given[target as "fast" | "slow"]++;
        }
      }
      cluster.now += 10;
      if (cluster.now % 1000 === 0) for (const name of ["fast", "slow"]) cluster.beat(name);
      for (const queue of queues.values())
        while ((queue[0]?.endsAt ?? Number.POSITIVE_INFINITY) <= cluster.now)
          cluster.end(queue.shift()?.attempt as number, answered);
    }
    const share = given.slow / (given.slow + given.fast);
    expect(share).toBeGreaterThan(0.08);
    expect(share).toBeLessThan(0.19);
    expect(worstMs).toBeLessThan(1500);
  });
});

describe("without a bus", () => {
  it("what nodes held goes to the local engine, and everything after it too, until they are heard again", () => {
    const cluster = new Cluster({ a: {} }, { slots: 2, creditItems: 100 });
    const open = Array.from({ length: 8 }, () => only(sends(cluster.submit())));
    const atNode = open.filter(({ target }) => target === "a");
    expect(atNode.length).toBeGreaterThan(0);
    const effects = cluster.core.busLost(cluster.now);
    expect(sends(effects)).toHaveLength(atNode.length);
    expect(new Set(sends(effects).map(({ target }) => target))).toEqual(new Set(["local"]));
    expect(only(sends(cluster.submit())).target).toBe("local");
    cluster.beat("a");
    expect(cluster.state("a")).toBe("ready");
  });

  it("and without a local engine it is said at once", () => {
    const cluster = new Cluster({ a: {} });
    cluster.core.busLost(cluster.now);
    expect(only(settled(cluster.submit()))).toMatchObject({ problem: { code: "engine-not-ready", retryAfterS: 2 } });
  });
});

describe("a hedge", () => {
  /** Escalations that are answered after 100 ms each. */
  const learn = (cluster: Cluster, many: number) => {
    for (let i = 0; i < many; i++) {
      const { attempt } = only(sends(cluster.submit({ lane: "escalation" })));
      cluster.wait(100);
      cluster.end(attempt, answered);
    }
  };

  it("is sent once, on the escalation lane, after the 95th percentile; the first answer wins", () => {
    const cluster = new Cluster({ a: {}, b: {} });
    learn(cluster, 20);
    const first = only(sends(cluster.submit({ lane: "escalation" })));
    expect(sends(cluster.wait(50))).toEqual([]);
    const hedge = only(sends(cluster.wait(200)));
    expect(hedge.target).not.toBe(first.target);
    const end = cluster.end(hedge.attempt, answered);
    expect(end).toEqual([
      { kind: "hedged", won: true },
      { kind: "cancel", attempt: first.attempt },
      expect.objectContaining({ kind: "settle", result }),
    ]);
    expect(cluster.end(first.attempt, answered)).toEqual([]);
  });

  it("is never sent on another lane, nor for more than one task in twenty", () => {
    const cluster = new Cluster({ a: {}, b: {}, c: {} });
    learn(cluster, 20);
    const other = only(sends(cluster.submit()));
    expect(sends(cluster.wait(1000))).toEqual([]);
    cluster.end(other.attempt, answered);
    let hedges = 0;
    for (let i = 0; i < 200; i++) {
      const { attempt } = only(sends(cluster.submit({ lane: "escalation" })));
      for (const hedge of sends(cluster.wait(400))) {
        hedges++;
        cluster.end(hedge.attempt, answered);
      }
      cluster.end(attempt, answered);
    }
    expect(hedges).toBeGreaterThan(0);
    expect(hedges).toBeLessThanOrEqual(12);
  });

  it("is the second attempt when the first is lost", () => {
    const cluster = new Cluster({ a: {}, b: {}, c: {} });
    learn(cluster, 20);
    const first = only(sends(cluster.submit({ lane: "escalation" })));
    const hedge = only(sends(cluster.wait(200)));
    expect(cluster.end(first.attempt, died)).toEqual([]);
    expect(settled(cluster.end(hedge.attempt, answered))).toHaveLength(1);
  });
});

describe("an image that ends processes", () => {
  const sha256 = "f".repeat(64);
  const image = { ...taskOf().image, sha256 };
  const by = "an engine";
  const quarantined = { problem: { code: "input-quarantined" } };

  it("is a suspect for the next node once one lost its process to it, and for nobody when it was read", () => {
    const cluster = new Cluster({ a: {}, b: {}, c: {} });
    const first = only(sends(cluster.submit({ image })));
    expect(first.task).not.toHaveProperty("suspect");
    cluster.end(first.attempt, refused("engine-lost"));
    const second = only(sends(cluster.submit({ image })));
    expect(second.task.suspect).toBe(true);
    expect(only(sends(cluster.submit())).task).not.toHaveProperty("suspect");
    cluster.end(second.attempt, answered);
    expect(only(sends(cluster.submit({ image }))).task).not.toHaveProperty("suspect");
  });

  it("is sent to nobody any more once one refused it for that, which is told", () => {
    const cluster = new Cluster({ a: {}, b: {} });
    const [attempt, other] = [cluster.submit({ image }), cluster.submit({ image })].map(
      (effects) => only(sends(effects)).attempt,
    ) as [number, number];
    expect(cluster.end(attempt, refused("input-quarantined"))).toContainEqual({ kind: "quarantined", sha256 });
    expect(cluster.end(other, refused("input-quarantined"))).not.toContainEqual({ kind: "quarantined", sha256 });
    expect(cluster.submit({ image })).toEqual([expect.objectContaining({ kind: "settle", ...quarantined })]);
    expect(sends(cluster.submit())).toHaveLength(1);
    expect(cluster.core.openItems).toBe(1);
  });

  it("is known by what engines say to everybody", () => {
    const cluster = new Cluster({ a: {} });
    cluster.core.heardOf({ by, kind: "suspected", inputs: ["e".repeat(64), sha256] });
    expect(only(sends(cluster.submit({ image }))).task.suspect).toBe(true);
    cluster.core.heardOf({ by, kind: "cleared", inputs: [sha256] });
    expect(only(sends(cluster.submit({ image }))).task).not.toHaveProperty("suspect");
    cluster.core.heardOf({ by, kind: "quarantined", inputs: [sha256] });
    cluster.core.heardOf({ by, kind: "suspected", inputs: [sha256] });
    expect(only(settled(cluster.submit({ image })))).toMatchObject(quarantined);
  });

  it("is not told from others by the end of a whole node, which had many", () => {
    const silent: Outcome = { kind: "lost", cause: "silent" };
    const cluster = new Cluster({ a: {}, b: {} });
    const again = only(sends(cluster.end(only(sends(cluster.submit({ image }))).attempt, silent)));
    expect(again.task).not.toHaveProperty("suspect");
    expect(only(settled(cluster.end(again.attempt, silent)))).toMatchObject({ problem: { code: "engine-lost" } });
    expect(sends(cluster.submit({ image }))).toHaveLength(1);
  });

  it("is not hedged while it is a suspect", () => {
    const cluster = new Cluster({ a: {}, b: {} });
    for (let i = 0; i < 20; i++) {
      const { attempt } = only(sends(cluster.submit({ lane: "escalation" })));
      cluster.wait(100);
      cluster.end(attempt, answered);
    }
    cluster.submit({ lane: "escalation", image });
    cluster.core.heardOf({ by, kind: "suspected", inputs: [sha256] });
    expect(sends(cluster.wait(500))).toEqual([]);
    cluster.core.heardOf({ by, kind: "cleared", inputs: [sha256] });
    expect(sends(cluster.wait(500))).toHaveLength(1);
  });
});

describe("any history", () => {
  it("settles each task once or cancels it, and leaves nothing open", () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(11, seed);
      const cluster = new Cluster({ a: {}, b: {}, c: {} }, seed % 2 === 0 ? { slots: 1, creditItems: 8 } : undefined);
      const running = new Set<number>();
      const settledIds: string[] = [];
      const submitted = new Set<string>();
      const cancelled = new Set<string>();
      const take = (effects: readonly Effect[]) => {
        for (const effect of effects) {
          if (effect.kind === "send") running.add(effect.attempt);
          if (effect.kind === "settle") settledIds.push(effect.id);
        }
      };
      for (let step = 0; step < 300; step++) {
        const dice = random.between(0, 1);
        const [attempt] = [...running].sort(() => random.between(-1, 1));
        if (dice < 0.35) {
          const lane = random.between(0, 1) < 0.5 ? ("escalation" as const) : ("bulk" as const);
          const task = taskOf({ lane, remainingMs: random.between(1, 3000) });
          submitted.add(task.id);
          take(cluster.core.submit(task, cluster.now));
        } else if (dice < 0.75 && attempt !== undefined) {
          running.delete(attempt);
          const outcomes = [answered, answered, died, refused("queue-full"), refused("inference-failed")];
          take(cluster.end(attempt, outcomes[Math.floor(random.between(0, 5))] as Outcome));
        } else if (dice < 0.8) {
          const [id] = [...submitted].filter((each) => !settledIds.includes(each) && !cancelled.has(each));
          if (id !== undefined) {
            cancelled.add(id);
            take(cluster.core.cancel(id, cluster.now));
          }
        } else if (dice < 0.82) take(cluster.core.busLost(cluster.now));
        else if (dice < 0.86) take(cluster.beat("b", { incarnation: String(step) }));
        else take(cluster.wait(50));
      }
      take(cluster.wait(10_000));
      expect(cluster.core.openItems, `seed ${seed}`).toBe(0);
      expect(new Set(settledIds).size, `seed ${seed}`).toBe(settledIds.length);
      expect(new Set([...settledIds, ...cancelled])).toEqual(submitted);
      for (const node of cluster.core.nodes(cluster.now)) expect(node.openItems).toBe(0);
    }
  });
});
