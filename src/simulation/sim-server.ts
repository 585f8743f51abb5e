import { BatchWorker, urlRules } from "../batches/index.ts";
import { DispatchCore, type Effect, type Heartbeat, localName, type Outcome } from "../cluster/index.ts";
import {
  type CaseRecord,
  type LeasedItem,
  type PredictResult,
  type PredictTask,
  Problem,
  type ProblemMessage,
} from "../contracts/index.ts";
import type { Random } from "../contracts/random.ts";
import { createLog } from "../platform/index.ts";
import type { Faults } from "./faults.ts";
import type { Network } from "./network.ts";
import type { SimDatabase } from "./sim-database.ts";
import { resultOf, type SimNode } from "./sim-node.ts";
import type { SimProcess } from "./sim-process.ts";
import { TaskRules } from "./task-rules.ts";
import type { Trace } from "./trace.ts";

const tickMs = 50;
/** As remote-node.ts waits. */
const graceMs = 250;
const silent = createLog("silent", "simulation");

/** As the rules see a core; a test gives a broken one. */
export type Core = Pick<
  DispatchCore,
  "submit" | "cancel" | "ended" | "heard" | "busLost" | "tick" | "setLocalReady" | "nodes" | "openItems"
>;
export type MakeCore = (options: ConstructorParameters<typeof DispatchCore>[0]) => Core;

export interface ServerOptions {
  readonly local?: { readonly slots: number; readonly creditItems: number; readonly itemMs: number } | undefined;
  /** Items that its worker has in hand at once. */
  readonly width: number;
  readonly makeCore?: MakeCore | undefined;
}

export interface ServerWorld {
  readonly random: Random;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly network: Network;
  readonly database: SimDatabase;
  readonly nodes: ReadonlyMap<string, SimNode>;
  /** The case of an item, whose first look needs `read`; rejects as screening does. */
  readonly screen: (
    item: LeasedItem,
    server: SimServer,
    read: (task: Omit<PredictTask, "id">) => Promise<PredictResult>,
  ) => Promise<CaseRecord>;
  /** Promises of a worker may go on. */
  readonly touch: () => void;
}

export type Answer = { readonly result: PredictResult } | { readonly problem: ProblemMessage } | "cancelled";

/** One life of a server: the real core and the real worker, with the world's clock, network and database. */
export class SimServer {
  readonly process: SimProcess;
  readonly #options: ServerOptions;
  readonly #world: ServerWorld;
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  readonly rules: TaskRules;
  readonly #core: Core;
  readonly #worker: BatchWorker;
  readonly #localBusy = new Set<number>();
  readonly #sent = new Map<number, { readonly node: SimNode; readonly id: string }>();
  #tasks = 0;
  /** Since the core was last compared with what it says of itself. */
  #isChanged = false;
  #isConnected = true;

  constructor(process: SimProcess, options: ServerOptions, world: ServerWorld) {
    this.process = process;
    this.#options = options;
    this.#world = world;
    const { local, makeCore = (of) => new DispatchCore(of) } = options;
    const random = () => world.random.next();
    process.start();
    this.rules = new TaskRules(local?.creditItems);
    this.#core = makeCore({ local, random });
    this.#core.setLocalReady(true);
    this.#worker = this.#workerOf();
    process.every(tickMs, () => this.#tick());
    this.#worker.start();
    this.hello();
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get openItems(): number {
    return this.rules.openItems;
  }

  hear(beat: Heartbeat): void {
    if (!this.#isConnected) return;
    this.rules.heard(beat);
    this.#apply(this.#core.heard(beat, this.process.now()), "heard");
  }

  /** Of its own connection to the bus. */
  setConnected(isConnected: boolean): void {
    this.#isConnected = isConnected;
    if (isConnected) this.hello();
    else this.#apply(this.#core.busLost(this.process.now()), "bus lost");
  }

  hello(): void {
    const { network, nodes } = this.#world;
    for (const node of nodes.values()) network.send(this.process, node.process, () => node.beat());
  }

  submit(draft: Omit<PredictTask, "id">, answered: (answer: Answer) => void): string {
    const task: PredictTask = { ...draft, id: `${this.process.name}-${this.process.run}-${++this.#tasks}` };
    const now = this.process.now();
    this.#waiting.set(task.id, answered);
    this.rules.submitted(task, now);
    this.#apply(this.#core.submit(task, now), `submit ${task.id}`);
    return task.id;
  }

  cancel(id: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    this.rules.cancelling(id);
    this.#apply(this.#core.cancel(id, this.process.now()), `cancel ${id}`);
    waiting("cancelled");
  }

  wake(): void {
    this.#worker.wake();
    this.#world.touch();
  }

  /** As on SIGTERM; what its worker holds is finished or given back. */
  stop(): Promise<void> {
    this.#world.touch();
    return this.#worker.stop();
  }

  #workerOf(): BatchWorker {
    const { database, screen, touch } = this.#world;
    const { process } = this;
    const touched = (act: () => void) => () => {
      act();
      touch();
    };
    return new BatchWorker({
      store: database.storeOf(process),
      width: () => this.#options.width,
      ready: () => true,
      batchDays: 1,
      clock: process.clock,
      log: silent,
      rules: urlRules(undefined),
      secret: undefined,
      timers: {
        after: (ms, act) => process.after(ms, touched(act)),
        every: (ms, act) => process.every(ms, touched(act)),
      },
      screen: async (item, cases, signal) => {
        const made = await screen(item, this, (task) => this.#read(task, signal));
        await cases.recordCase(made, item.origin);
      },
    });
  }

  /** As `Dispatcher.predict` does. */
  #read(task: Omit<PredictTask, "id">, signal: AbortSignal): Promise<PredictResult> {
    if (signal.aborted) return Promise.reject(new Problem("client-closed-request"));
    return new Promise((resolve, reject) => {
      const onAbort = (): void => this.cancel(id);
      let id = "";
      const answered = (answer: Answer): void => {
        signal.removeEventListener("abort", onAbort);
        this.#world.touch();
        if (answer === "cancelled") reject(new Problem("client-closed-request"));
        else if ("result" in answer) resolve(answer.result);
        else reject(Problem.fromMessage(answer.problem));
      };
      signal.addEventListener("abort", onAbort, { once: true });
      id = this.submit(task, answered);
    });
  }

  #tick(): void {
    const now = this.process.now();
    this.#apply(this.#core.tick(now));
    this.rules.ticked(now);
    if (this.#isChanged) this.rules.compare(now, this.#core);
    this.#isChanged = false;
  }

  /** @param why for the trace; a tick that does nothing leaves none */
  #apply(effects: readonly Effect[], why?: string): void {
    const { trace } = this.#world;
    if (why !== undefined || effects.length > 0) trace.note(this.process.now(), this.process.name, why ?? "tick");
    this.rules.follow(effects, this.process.now());
    this.#isChanged ||= effects.length > 0;
    for (const effect of effects) {
      trace.note(this.process.now(), this.process.name, `-> ${wordsOf(effect)}`);
      if (effect.kind === "send") this.#send(effect);
      else if (effect.kind === "cancel") this.#cancelAttempt(effect.attempt);
      else if (effect.kind === "settle") this.#answer(effect);
    }
  }

  #answer(effect: Extract<Effect, { kind: "settle" }>): void {
    const waiting = this.#waiting.get(effect.id);
    this.#waiting.delete(effect.id);
    waiting?.("result" in effect ? { result: effect.result } : { problem: effect.problem });
  }

  #cancelAttempt(attempt: number): void {
    const sent = this.#sent.get(attempt);
    if (sent === undefined || !this.#isConnected) return;
    this.#world.network.send(this.process, sent.node.process, () => sent.node.cancel(sent.id));
  }

  #send({ attempt, target, task }: Extract<Effect, { kind: "send" }>): void {
    const { network, nodes } = this.#world;
    if (target === localName) {
      this.#readHere(attempt, task);
      return;
    }
    const node = nodes.get(target);
    if (node === undefined) throw new TypeError(`no node ${target}`);
    this.#sent.set(attempt, { node, id: task.id });
    let isOver = false;
    const end = (outcome: Outcome): void => {
      if (isOver) return;
      isOver = true;
      endTimer();
      this.#sent.delete(attempt);
      this.#ended(attempt, outcome);
    };
    const endTimer = this.process.after(task.remainingMs + graceMs, () => end({ kind: "lost", cause: "silent" }));
    if (!this.#isConnected) {
      this.process.after(0, () => end({ kind: "lost", cause: "bus" }));
      return;
    }
    const { run } = this.process;
    const reply = (outcome: Outcome) =>
      network.send(node.process, this.process, () => {
        // The inbox of an earlier life, or of a connection that is gone.
        if (this.process.run === run && this.#isConnected) end(outcome);
      });
    network.send(
      this.process,
      node.process,
      () => node.ask(task, reply),
      () => reply({ kind: "lost", cause: "nobody" }),
    );
  }

  #ended(attempt: number, outcome: Outcome): void {
    this.rules.ended(attempt);
    this.#apply(this.#core.ended(attempt, outcome, this.process.now()), `end ${attempt} ${outcomeOf(outcome)}`);
  }

  #readHere(attempt: number, task: PredictTask): void {
    const { itemMs = 1, slots = 1 } = this.#options.local ?? {};
    this.#localBusy.add(attempt);
    const ms = itemMs * Math.ceil(this.#localBusy.size / slots) * this.#world.random.between(0.7, 1.3);
    this.process.after(ms, () => {
      this.#localBusy.delete(attempt);
      const isBroken = this.#world.faults.strikes("reading-fails");
      if (isBroken) this.#ended(attempt, { kind: "refused", problem: { code: "engine-lost" } });
      else this.#ended(attempt, { kind: "answered", result: resultOf(task, localName) });
    });
  }
}

const outcomeOf = (outcome: Outcome): string =>
  outcome.kind === "answered" ? "answered" : outcome.kind === "lost" ? outcome.cause : outcome.problem.code;

function wordsOf(effect: Effect): string {
  if (effect.kind === "send") return `send ${effect.attempt} ${effect.task.id} to ${effect.target}`;
  if (effect.kind === "cancel") return `cancel ${effect.attempt}`;
  if (effect.kind === "settle") return `settle ${effect.id} ${"result" in effect ? "answered" : effect.problem.code}`;
  if (effect.kind === "retried") return `retry: ${effect.cause}`;
  if (effect.kind === "quarantined") return `quarantined ${effect.sha256}`;
  return `hedge ${effect.won ? "won" : "lost"}`;
}
