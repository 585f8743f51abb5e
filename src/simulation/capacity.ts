import { DispatchCore, type Effect, type Heartbeat, type Outcome } from "../cluster/index.ts";
import type { PredictTask } from "../contracts/index.ts";
import { Random } from "../contracts/random.ts";
import { resultOf } from "./sim-node.ts";
import { VirtualTime } from "./virtual-time.ts";
import { imageOf, packs } from "./world.ts";

const heartbeatMs = 1000;
const tickMs = 50;
const deadlineMs = 20_000;
/** One way of a message, ms. */
const wayMs = 0.5;
/** Before anything is measured: what nodes cost is not known yet. */
const warmUpMs = 2000;
const imageBytes = 60_000;

export interface CapacityQuestion {
  readonly nodes: number;
  /** Images a second, at random times. */
  readonly rate: number;
  /** Virtual seconds that are measured. */
  readonly seconds: number;
  /** A node reads n images together in `fixedMs + itemMs * n`, give or take a tenth. */
  readonly fixedMs: number;
  readonly itemMs: number;
  readonly batchMax: number;
  /** Batches that a node reads at the same time. */
  readonly slots: number;
  readonly creditItems: number;
  /** So many nodes take that many times longer. */
  readonly slow?: { readonly nodes: number; readonly times: number };
}

/** One input of a core, so that the same can be fed to another one. */
export type Input =
  | { readonly kind: "submit"; readonly task: PredictTask; readonly now: number }
  | { readonly kind: "ended"; readonly attempt: number; readonly outcome: Outcome; readonly now: number }
  | { readonly kind: "heard"; readonly beat: Heartbeat; readonly now: number }
  | { readonly kind: "tick"; readonly now: number };

export interface CapacityAnswer {
  readonly offered: number;
  readonly answered: number;
  /** Images that got no reading, by the code of the problem. */
  readonly refused: Readonly<Record<string, number>>;
  readonly answeredPerS: number;
  readonly latencyMs: {
    readonly n: number;
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
  /** Share of the time in which slots read. */
  readonly utilisation: { readonly mean: number; readonly least: number; readonly most: number };
  /** Share of all images that the slow nodes got. */
  readonly slowShare: number;
  readonly retried: number;
}

export function applyInput(core: DispatchCore, input: Input): Effect[] {
  if (input.kind === "submit") return core.submit(input.task, input.now);
  if (input.kind === "ended") return core.ended(input.attempt, input.outcome, input.now);
  if (input.kind === "heard") return core.heard(input.beat, input.now);
  return core.tick(input.now);
}

export const coreOf = (): DispatchCore => {
  const random = new Random(1);
  return new DispatchCore({ random: () => random.next() });
};

/** A node that reads in batches, as plain arithmetic. */
class BatchNode {
  readonly name: string;
  readonly times: number;
  readonly #question: CapacityQuestion;
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #waiting: { readonly attempt: number; readonly task: PredictTask }[] = [];
  readonly #answer: (attempt: number, outcome: Outcome) => void;
  #running = 0;
  #open = 0;
  #seq = 0;
  busyMs = 0;
  answered = 0;

  constructor(
    index: number,
    question: CapacityQuestion,
    world: { readonly time: VirtualTime; readonly random: Random },
    answer: (attempt: number, outcome: Outcome) => void,
  ) {
    this.name = `node-${index}`;
    this.times = index < (question.slow?.nodes ?? 0) ? (question.slow?.times ?? 1) : 1;
    this.#question = question;
    this.#time = world.time;
    this.#random = world.random;
    this.#answer = answer;
  }

  beat(): Heartbeat {
    const { slots, creditItems } = this.#question;
    return {
      protocol: 1,
      node: this.name,
      incarnation: "1",
      seq: ++this.#seq,
      state: "ready",
      version: "simulated",
      packs: [packs[0]],
      later: [],
      provider: "cpu",
      slots,
      credit: { items: creditItems, bytes: 1e9 },
      load: this.#open,
      // What it is like is for the dispatcher to find out.
      costs: [],
    };
  }

  ask(attempt: number, task: PredictTask): void {
    this.#open++;
    this.#waiting.push({ attempt, task });
    this.#read();
  }

  #read(): void {
    const { slots, batchMax, fixedMs, itemMs } = this.#question;
    while (this.#running < slots && this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, batchMax);
      const ms = (fixedMs + itemMs * batch.length) * this.times * this.#random.between(0.9, 1.1);
      this.#running++;
      this.busyMs += ms;
      this.#time.after(ms, () => {
        this.#running--;
        this.#open -= batch.length;
        this.answered += batch.length;
        for (const { attempt, task } of batch)
          this.#time.after(wayMs, () => this.#answer(attempt, { kind: "answered", result: resultOf(task, this.name) }));
        this.#read();
      });
    }
  }
}

/** A cluster of that size in virtual time, with the real core in front of it. */
class Cluster {
  readonly #question: CapacityQuestion;
  readonly #time = new VirtualTime();
  readonly #random = new Random(2);
  readonly #core = coreOf();
  readonly #nodes: readonly BatchNode[];
  readonly #byName: ReadonlyMap<string, BatchNode>;
  readonly #onInput: ((input: Input) => void) | undefined;
  readonly #startedAt = new Map<string, number>();
  readonly #latencies: number[] = [];
  readonly #refused: Record<string, number> = {};
  #offered = 0;
  #retried = 0;

  constructor(question: CapacityQuestion, onInput?: (input: Input) => void) {
    this.#question = question;
    this.#onInput = onInput;
    const world = { time: this.#time, random: this.#random };
    const answer = (attempt: number, outcome: Outcome): void =>
      this.#give({ kind: "ended", attempt, outcome, now: this.#time.now });
    this.#nodes = Array.from({ length: question.nodes }, (_, i) => new BatchNode(i, question, world, answer));
    this.#byName = new Map(this.#nodes.map((node) => [node.name, node]));
  }

  run(onProgress?: (done: number, of: number) => void): CapacityAnswer {
    const time = this.#time;
    const { seconds } = this.#question;
    const endAt = warmUpMs + seconds * 1000;
    for (const [i, node] of this.#nodes.entries()) this.#beat(node, (i * heartbeatMs) / this.#nodes.length);
    for (const node of this.#nodes) this.#give({ kind: "heard", beat: node.beat(), now: 0 });
    this.#tick();
    this.#arrive();
    let isOver = false;
    time.at(endAt, () => {
      isOver = true;
    });
    let busyBefore: readonly number[] = [];
    time.at(warmUpMs, () => {
      busyBefore = this.#nodes.map(({ busyMs }) => busyMs);
    });
    for (let told = 0; !isOver && time.step(); )
      if (time.now - told >= 100) {
        told = time.now;
        onProgress?.(time.now, endAt);
      }
    onProgress?.(endAt, endAt);
    return this.#answerOf(busyBefore);
  }

  #beat(node: BatchNode, afterMs: number): void {
    this.#time.after(afterMs, () => {
      this.#give({ kind: "heard", beat: node.beat(), now: this.#time.now });
      this.#beat(node, heartbeatMs);
    });
  }

  #tick(): void {
    this.#time.after(tickMs, () => {
      this.#give({ kind: "tick", now: this.#time.now });
      this.#tick();
    });
  }

  #arrive(): void {
    const wait = (-Math.log(1 - this.#random.next()) * 1000) / this.#question.rate;
    this.#time.after(wait, () => {
      const id = `task-${++this.#offered}`;
      const { now } = this.#time;
      this.#startedAt.set(id, now);
      const image = imageOf(this.#offered.toString(16).padStart(64, "0"), imageBytes);
      const task = { id, packs: [packs[0]], image, lane: "interactive", remainingMs: deadlineMs } as const;
      this.#give({ kind: "submit", task, now });
      this.#arrive();
    });
  }

  #give(input: Input): void {
    this.#onInput?.(input);
    for (const effect of applyInput(this.#core, input)) {
      if (effect.kind === "send") {
        const { attempt, task, target } = effect;
        this.#time.after(wayMs, () => this.#byName.get(target)?.ask(attempt, task));
      } else if (effect.kind === "settle") this.#settled(effect);
      else if (effect.kind === "retried") this.#retried++;
    }
  }

  #settled(effect: Extract<Effect, { kind: "settle" }>): void {
    const startedAt = this.#startedAt.get(effect.id) ?? 0;
    this.#startedAt.delete(effect.id);
    if (startedAt < warmUpMs) return;
    if ("result" in effect) this.#latencies.push(this.#time.now - startedAt);
    else this.#refused[effect.problem.code] = (this.#refused[effect.problem.code] ?? 0) + 1;
  }

  #answerOf(busyBefore: readonly number[]): CapacityAnswer {
    const { seconds, slots } = this.#question;
    const sorted = this.#latencies.toSorted((one, other) => one - other);
    const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
    const used = this.#nodes.map(({ busyMs }, i) => (busyMs - (busyBefore[i] ?? 0)) / (slots * seconds * 1000));
    const all = this.#nodes.reduce((sum, { answered }) => sum + answered, 0);
    const slow = this.#nodes.reduce((sum, { answered, times }) => sum + (times > 1 ? answered : 0), 0);
    const refusals = Object.values(this.#refused).reduce((sum, each) => sum + each, 0);
    const open = [...this.#startedAt.values()].filter((each) => each >= warmUpMs).length;
    return {
      offered: sorted.length + refusals + open,
      answered: sorted.length,
      refused: this.#refused,
      answeredPerS: sorted.length / seconds,
      latencyMs: { n: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) },
      utilisation: {
        mean: used.reduce((sum, each) => sum + each, 0) / used.length,
        least: Math.min(...used),
        most: Math.max(...used),
      },
      slowShare: slow / Math.max(1, all),
      retried: this.#retried,
    };
  }
}

/** @param onInput sees every input of the core, in order */
export const askCapacity = (
  question: CapacityQuestion,
  onProgress?: (done: number, of: number) => void,
  onInput?: (input: Input) => void,
): CapacityAnswer => new Cluster(question, onInput).run(onProgress);
