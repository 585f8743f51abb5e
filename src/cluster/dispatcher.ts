import { randomUUID } from "node:crypto";
import {
  isProblem,
  lanes,
  type NodeView,
  type Predictor,
  type PredictorStatus,
  type PredictResult,
  type PredictTask,
  Problem,
  type Tracer,
} from "../contracts/index.ts";
import type { Clock, Log } from "../platform/index.ts";
import { AttemptSpans } from "./attempt-spans.ts";
import type { Bus, ImageExchange } from "./bus.ts";
import { BusInputs } from "./bus-inputs.ts";
import { DispatchCore, localName } from "./dispatch-core.ts";
import type { Effect, RetryCause } from "./effect.ts";
import { GiveUp } from "./give-up.ts";
import { heartbeatSchema, subjects } from "./messages.ts";
import type { Attempter, Outcome } from "./outcome.ts";
import { RemoteNode } from "./remote-node.ts";
import type { LocalFacts } from "./target.ts";
import { encodeJson, readJson } from "./wire.ts";

const tickMs = 50;
/** Nodes whose heartbeats were complained of. */
const garbledMax = 64;

/** The engine of this server. */
export interface LocalEngine extends LocalFacts {
  readonly predictor: Predictor;
  readonly ready: () => boolean;
}

export interface DispatcherOptions {
  readonly bus: Bus;
  readonly images: ImageExchange;
  readonly local?: LocalEngine | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
  readonly onRetry?: (cause: RetryCause) => void;
  readonly onHedge?: (won: boolean) => void;
  readonly tracer?: Tracer | undefined;
}

interface Waiting {
  readonly resolve: (result: PredictResult) => void;
  readonly reject: (problem: Problem) => void;
  readonly free: () => void;
}

/**
 * The engine of this server and every node as one `Predictor`. What decides is `DispatchCore`; this is its clock, its
 * network and its memory of who waits. Without a bus the local engine goes on alone.
 */
export class Dispatcher implements Predictor {
  readonly #options: DispatcherOptions;
  readonly #core: DispatchCore;
  readonly #inputs: BusInputs;
  readonly #name = randomUUID();
  readonly #spans: AttemptSpans | undefined;
  readonly #waiting = new Map<string, Waiting>();
  readonly #running = new Map<number, GiveUp>();
  readonly #ends: (() => void)[] = [];
  readonly #garbled = new Set<string>();
  #accepted = 0;
  #settled = 0;
  #cancelled = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#core = new DispatchCore({ local: options.local, random: options.random ?? Math.random });
    this.#inputs = new BusInputs(options.bus);
    this.#spans = options.tracer && new AttemptSpans(options.tracer);
  }

  start(): void {
    const { bus, clock, log } = this.#options;
    this.#ends.push(
      bus.subscribe(subjects.heartbeats, ({ subject, payload }) => {
        const beat = readJson(payload, heartbeatSchema);
        if (beat !== undefined) this.#apply(this.#core.heard(beat, clock.now()));
        else this.#complain(subject);
      }),
      this.#inputs.onInputs((word) => this.#core.heardOf(word)),
    );
    bus.onChange((connected) => {
      log.info({ connected }, "the bus");
      if (connected) this.#hello();
      else this.#apply(this.#core.busLost(clock.now()));
    });
    this.#hello();
    const timer = setInterval(() => this.tick(), tickMs);
    this.#ends.push(() => clearInterval(timer));
  }

  /** What is open is finished by whoever holds it; call it when nothing is. */
  close(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  /** Called by its own timer; a test with a clock of its own calls it too. */
  tick(): void {
    this.#lookAtLocal();
    this.#apply(this.#core.tick(this.#options.clock.now()));
  }

  nodes(): readonly NodeView[] {
    this.#lookAtLocal();
    return this.#core.nodes(this.#options.clock.now());
  }

  /** Whether anybody can be asked now. */
  ready(): boolean {
    return this.nodes().some(({ state, local, packs = [] }) => state === "ready" && (local || packs.length > 0));
  }

  /** Has nodes load packs that they would otherwise load at their first task; says nothing of whether they could. */
  warmNodes(packs: readonly string[]): void {
    this.#options.bus.publish(subjects.warm, encodeJson({ packs }));
  }

  predict(task: PredictTask, signal: AbortSignal): Promise<PredictResult> {
    if (signal.aborted) return Promise.reject(new Problem("client-closed-request"));
    if (this.#waiting.has(task.id)) return Promise.reject(new Error("a task id was used twice"));
    this.#accepted++;
    this.#lookAtLocal();
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#cancel(task.id);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.set(task.id, { resolve, reject, free: () => signal.removeEventListener("abort", onAbort) });
      this.#apply(this.#core.submit(task, this.#options.clock.now()));
    });
  }

  async status(): Promise<PredictorStatus> {
    const local = await this.#options.local?.predictor.status();
    const nodes = this.nodes().filter((node) => !node.local && (node.state === "ready" || node.state === "suspect"));
    const slots = nodes.reduce((sum, node) => sum + node.slots, 0);
    const busy = nodes.reduce((sum, node) => sum + Math.min(node.slots, node.load), 0);
    const open = this.#accepted - this.#settled;
    const queuedItems = Math.min(open, local?.queuedItems ?? 0);
    const none = { queuedItems: 0 };
    const isReady = this.ready();
    return {
      state: isReady ? "ready" : (local?.state ?? "starting"),
      ...(!isReady && { reason: local?.reason ?? "no node that holds packs is connected" }),
      packs: [...new Set([...(local?.packs ?? []), ...nodes.flatMap(({ packs = [] }) => packs)])],
      workers: (local?.workers ?? 0) + slots,
      busyWorkers: (local?.busyWorkers ?? 0) + busy,
      runningItems: open - queuedItems,
      queuedItems,
      queuedBytes: local?.queuedBytes ?? 0,
      lanes: local?.lanes ?? (Object.fromEntries(lanes.map((lane) => [lane, none])) as PredictorStatus["lanes"]),
      restarts: local?.restarts ?? 0,
      acceptedItems: this.#accepted,
      settledItems: this.#settled,
      cancelledItems: this.#cancelled,
    };
  }

  /** Once for each: a node that says nothing we understand is taken for dead, and somebody must learn why. */
  #complain(subject: string): void {
    if (this.#garbled.has(subject) || this.#garbled.size >= garbledMax) return;
    this.#garbled.add(subject);
    this.#options.log.warn({ subject }, "a heartbeat breaks the protocol; the node is not heard");
  }

  #hello(): void {
    this.#options.bus.publish(subjects.hello, new Uint8Array());
  }

  #lookAtLocal(): void {
    const { local } = this.#options;
    if (local !== undefined) this.#core.setLocalReady(local.ready());
  }

  #cancel(id: string): void {
    const waiting = this.#take(id);
    if (waiting === undefined) return;
    this.#cancelled++;
    this.#apply(this.#core.cancel(id, this.#options.clock.now()));
    waiting.reject(new Problem("client-closed-request"));
  }

  #take(id: string): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(id);
    this.#settled++;
    waiting.free();
    return waiting;
  }

  #apply(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === "send") this.#send(effect);
      else if (effect.kind === "cancel") this.#abort(effect.attempt);
      else if (effect.kind === "retried") this.#options.onRetry?.(effect.cause);
      else if (effect.kind === "hedged") this.#options.onHedge?.(effect.won);
      else if (effect.kind === "quarantined")
        this.#inputs.tellInputs({ by: this.#name, kind: "quarantined", inputs: [effect.sha256] });
      else if ("result" in effect) this.#take(effect.id)?.resolve(effect.result);
      else this.#take(effect.id)?.reject(Problem.fromMessage(effect.problem));
    }
  }

  #abort(attempt: number): void {
    this.#running.get(attempt)?.abort();
    this.#running.delete(attempt);
  }

  #send({ attempt, target, task }: Extract<Effect, { kind: "send" }>): void {
    const giveUp = new GiveUp();
    this.#running.set(attempt, giveUp);
    this.#attempt(target, task, giveUp).then(
      (outcome) => this.#ended(attempt, outcome),
      (error: unknown) => {
        this.#options.log.error({ err: error, target }, "an attempt ended in a defect");
        this.#ended(attempt, { kind: "refused", problem: { code: "internal" } });
      },
    );
  }

  #ended(attempt: number, outcome: Outcome): void {
    this.#running.delete(attempt);
    this.#apply(this.#core.ended(attempt, outcome, this.#options.clock.now()));
  }

  /** Rejects with what is a defect. */
  #attempt(target: string, task: PredictTask, giveUp: GiveUp): Promise<Outcome> {
    const { local, bus, images } = this.#options;
    const isLocal = target === localName && local !== undefined;
    const attempter = isLocal ? attempterOf(local.predictor) : new RemoteNode(target, bus, images);
    if (this.#spans === undefined) return attempter.attempt(task, giveUp);
    return this.#spans.of(target, task, giveUp, (traced) => attempter.attempt(traced, giveUp));
  }
}

/** @returns an attempter that passes on what is no `Problem` */
const attempterOf = (predictor: Predictor): Attempter => ({
  attempt: (task, giveUp) => {
    const controller = new AbortController();
    giveUp.onAbort(() => controller.abort());
    return predictor.predict(task, controller.signal).then(
      (result) => ({ kind: "answered", result }),
      (error: unknown) => {
        if (!isProblem(error)) throw error;
        return { kind: "refused", problem: error.toMessage() };
      },
    );
  },
});
