import {
  type Predictor,
  type PredictorState,
  type PredictorStatus,
  type PredictResult,
  type PredictTask,
  Problem,
  type ReaderPack,
} from "../contracts/index.ts";
import { type Clock, type Log, systemClock } from "../platform/index.ts";
import { EngineChild, type EngineEnd } from "./engine-child.ts";
import type { EngineSettings, EngineStatus, FromEngine, Settled } from "./messages.ts";
import { Quarantine } from "./quarantine.ts";

export interface EngineOptions {
  readonly packs: readonly ReaderPack[];
  readonly workers: number;
  readonly queueItemsMax: number;
  readonly queueBytesMax: number;
  readonly queueSecondsMax: number;
  readonly log: Log;
  readonly name?: string;
  readonly clock?: Clock;
  /** The engine's program; another one only in tests. */
  readonly program?: URL;
}

/** Waits before the next start: 0.2 s, doubled for each death in the last minute, at most 10 s. */
const backOffFirstMs = 200;
const backOffMaxMs = 10_000;
const deathsRememberedMs = 60_000;
/** A run may take this many times what runs of its size take, and never less than the floor. */
const hungFactor = 10;
const hungMsMin = 5000;
const heartbeatLostMs = 5000;
const sweepMs = 100;
const statusMsMax = 500;
/** A task that died with its engine is tried once more. */
const attemptsMax = 2;
/** Items a worker may hold beyond the queue. */
const itemsPerWorkerMax = 8;

interface Waiting {
  readonly task: PredictTask;
  readonly deadlineAt: number;
  readonly resolve: (result: PredictResult) => void;
  readonly reject: (problem: Problem) => void;
  attempts: number;
}

interface RunningBatch {
  readonly ids: readonly string[];
  readonly since: number;
  readonly limitMs: number;
}

/**
 * The local engine as a `Predictor`: supervises one child process and owns every accepted task until it is settled.
 *
 * States: *starting* -> *ready* <-> *restarting*, then *draining* -> *stopped*. A death in *ready* leads to
 * *restarting*, where the tasks the engine held wait for their second and last attempt; new ones are refused.
 * Packs that cannot be loaded lead to *stopped*, because starting again would not help.
 */
export class LocalPredictor implements Predictor {
  readonly #settings: EngineSettings;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #program: URL;
  readonly #packs: ReadonlySet<string>;
  readonly #quarantine = new Quarantine();
  readonly #waiting = new Map<string, Waiting>();
  readonly #running = new Map<number, RunningBatch>();
  readonly #calls = new Map<number, (status: EngineStatus) => void>();
  #state: PredictorState = "stopped";
  #reason: string | undefined;
  #child: EngineChild | undefined;
  #sweeper: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  #deaths: number[] = [];
  #restarts = 0;
  #heardAt = 0;
  #call = 0;
  #accepted = 0;
  #settled = 0;
  #cancelled = 0;
  #emptied: (() => void) | undefined;
  #ended: (() => void) | undefined;
  #started: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(options: EngineOptions) {
    this.#settings = {
      name: options.name ?? "engine-1",
      packs: options.packs,
      workers: options.workers,
      queueItemsMax: options.queueItemsMax,
      queueBytesMax: options.queueBytesMax,
      queueSecondsMax: options.queueSecondsMax,
    };
    this.#log = options.log;
    this.#clock = options.clock ?? systemClock;
    this.#program = options.program ?? new URL("../main/engine.js", import.meta.url);
    this.#packs = new Set(options.packs.map((pack) => pack.digest));
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  ready(): boolean {
    return this.#state === "ready";
  }

  /** Resolves when the packs are warm; rejects with the reason when they cannot be loaded. */
  start(): Promise<void> {
    if (this.#state !== "stopped" || this.#child !== undefined) throw new Error(`start in state ${this.#state}`);
    this.#state = "starting";
    this.#sweeper = setInterval(() => this.#sweep(), sweepMs);
    this.#sweeper.unref();
    const started = new Promise<void>((resolve, reject) => {
      this.#started = { resolve, reject };
    });
    this.#spawn();
    return started;
  }

  async predict(task: PredictTask, signal: AbortSignal): Promise<PredictResult> {
    this.#admit(task, signal);
    return new Promise<PredictResult>((resolve, reject) => {
      const cancel = () => this.#cancel(task.id);
      const free = () => signal.removeEventListener("abort", cancel);
      signal.addEventListener("abort", cancel, { once: true });
      this.#accepted++;
      this.#waiting.set(task.id, {
        task,
        deadlineAt: this.#clock.now() + task.remainingMs,
        attempts: 0,
        resolve: (result) => {
          free();
          resolve(result);
        },
        reject: (problem) => {
          free();
          reject(problem);
        },
      });
      this.#give(task.id);
    });
  }

  async status(): Promise<PredictorStatus> {
    const engine = await this.#askEngine();
    const lanes = engine?.queuedByLane ?? { interactive: 0, escalation: 0, bulk: 0 };
    return {
      state: this.#state,
      ...(this.#reason !== undefined && { reason: this.#reason }),
      packs: this.#state === "ready" ? [...this.#packs] : [],
      workers: this.#settings.workers,
      busyWorkers: engine?.busyWorkers ?? 0,
      runningItems: engine?.runningItems ?? 0,
      // Between engines everything that was accepted waits here.
      queuedItems: engine?.queuedItems ?? this.#waiting.size,
      queuedBytes: engine?.queuedBytes ?? 0,
      lanes: {
        interactive: { queuedItems: lanes.interactive },
        escalation: { queuedItems: lanes.escalation },
        bulk: { queuedItems: lanes.bulk },
      },
      restarts: this.#restarts,
      acceptedItems: this.#accepted,
      settledItems: this.#settled,
      cancelledItems: this.#cancelled,
    };
  }

  /** Finishes what was accepted, at most for `timeoutMs`, then ends the engine. New tasks are refused at once. */
  async drain(timeoutMs: number): Promise<void> {
    if (this.#state === "stopped" && this.#child === undefined) return;
    this.#state = "draining";
    const emptied = new Promise<void>((resolve) => {
      this.#emptied = resolve;
      if (this.#waiting.size === 0) resolve();
    });
    const { timer, elapsed } = timeout(timeoutMs);
    await Promise.race([emptied, elapsed]);
    clearTimeout(timer);
    for (const id of [...this.#waiting.keys()]) this.#fail(id, new Problem("draining", { retryAfterS: 1 }));
    const child = this.#child;
    const ended = new Promise<void>((resolve) => {
      if (child === undefined) resolve();
      else this.#ended = resolve;
    });
    child?.send({ kind: "drain" });
    const last = timeout(hungMsMin);
    // A run that hangs now has nobody waiting for it.
    await Promise.race([ended, last.elapsed.then(() => child?.kill())]);
    clearTimeout(last.timer);
    clearTimeout(this.#restart);
    clearInterval(this.#sweeper);
    this.#state = "stopped";
  }

  /** @throws {Problem} when the task must not be accepted */
  #admit(task: PredictTask, signal: AbortSignal): void {
    if (signal.aborted) throw new Problem("client-closed-request");
    if (this.#state === "draining" || this.#state === "stopped") throw new Problem("draining", { retryAfterS: 1 });
    if (this.#state !== "ready")
      throw new Problem("engine-not-ready", { retryAfterS: 1, detail: this.#reason ?? this.#state });
    if (task.remainingMs <= 0) throw new Problem("deadline-exceeded");
    if (task.packs.length === 0 || task.packs.some((pack) => !this.#packs.has(pack)))
      throw new Problem("pack-not-installed");
    if (this.#quarantine.isQuarantined(task.image.sha256)) throw new Problem("input-quarantined");
    // The engine holds the finer bound; this one keeps the channel to it bounded as well.
    if (this.#waiting.size >= this.#settings.queueItemsMax + this.#settings.workers * itemsPerWorkerMax)
      throw new Problem("queue-full", { retryAfterS: 1 });
  }

  #give(id: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    waiting.attempts++;
    const remainingMs = waiting.deadlineAt - this.#clock.now();
    const alone = this.#quarantine.isSuspect(waiting.task.image.sha256);
    this.#child?.send({ kind: "predict", task: { ...waiting.task, remainingMs }, alone });
  }

  #cancel(id: string): void {
    if (!this.#waiting.has(id)) return;
    this.#cancelled++;
    this.#child?.send({ kind: "cancel", id });
    this.#fail(id, new Problem("client-closed-request"));
  }

  #take(id: string): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(id);
    this.#settled++;
    if (this.#waiting.size === 0) this.#emptied?.();
    return waiting;
  }

  #fail(id: string, problem: Problem): void {
    this.#take(id)?.reject(problem);
  }

  #receive(message: FromEngine): void {
    this.#heardAt = this.#clock.now();
    if (message.kind === "ready") this.#becomeReady();
    else if (message.kind === "unfit") this.#becomeUnfit(message.reason);
    else if (message.kind === "status") this.#calls.get(message.call)?.(message.status);
    else if (message.kind === "started") {
      const limitMs = Math.max(hungMsMin, hungFactor * message.expectedMs);
      this.#running.set(message.batch, { ids: message.ids, since: this.#heardAt, limitMs });
    } else if (message.kind === "settled") {
      if (message.batch !== undefined) this.#running.delete(message.batch);
      for (const item of message.items) this.#settleOne(item, message.batch !== undefined);
    }
  }

  #settleOne(item: Settled, ran: boolean): void {
    const waiting = this.#take(item.id);
    if (waiting === undefined) return;
    if (ran) this.#quarantine.clear(waiting.task.image.sha256);
    if (item.ok) waiting.resolve(item.result);
    else waiting.reject(Problem.fromMessage(item.problem));
  }

  #spawn(): void {
    this.#heardAt = this.#clock.now();
    this.#child = new EngineChild(this.#program, this.#settings, {
      message: (message) => this.#receive(message),
      end: (end) => this.#onEnd(end),
    });
  }

  #becomeReady(): void {
    if (this.#state !== "draining") this.#state = "ready";
    this.#reason = undefined;
    this.#started?.resolve();
    this.#started = undefined;
    for (const id of this.#waiting.keys()) this.#give(id);
  }

  #becomeUnfit(reason: string): void {
    this.#reason = reason;
    this.#state = "stopped";
    this.#started?.reject(new Error(reason));
    this.#started = undefined;
    for (const id of [...this.#waiting.keys()])
      this.#fail(id, new Problem("engine-not-ready", { detail: "the models cannot be loaded" }));
  }

  #onEnd({ code, signal }: EngineEnd): void {
    this.#child = undefined;
    this.#ended?.();
    if (this.#state === "stopped" || (this.#state === "draining" && this.#waiting.size === 0)) return;
    const running = [...this.#running.values()].flatMap((batch) => batch.ids);
    this.#running.clear();
    const hashes = new Set(running.flatMap((id) => this.#waiting.get(id)?.task.image.sha256 ?? []));
    this.#quarantine.blame([...hashes]);
    const delayMs = this.#backOffMs();
    this.#log.error(
      { code, signal, running: running.length, waiting: this.#waiting.size, delayMs },
      "the engine ended",
    );
    for (const [id, waiting] of [...this.#waiting]) this.#reconsider(id, waiting, delayMs);
    this.#restarts++;
    if (this.#state !== "draining") this.#state = this.#started === undefined ? "restarting" : "starting";
    this.#reason = `the engine ended (${signal ?? code}) ${this.#deaths.length} times in the last minute`;
    this.#restart = setTimeout(() => this.#spawn(), delayMs);
  }

  /** A reading is a pure function of bytes and digest, so what was running may be run again, once. */
  #reconsider(id: string, { task, attempts, deadlineAt }: Waiting, delayMs: number): void {
    if (this.#quarantine.isQuarantined(task.image.sha256)) this.#fail(id, new Problem("input-quarantined"));
    else if (attempts >= attemptsMax || deadlineAt <= this.#clock.now() + delayMs)
      this.#fail(id, new Problem("engine-lost", { retryAfterS: Math.ceil(delayMs / 1000) + 1 }));
  }

  #backOffMs(): number {
    const now = this.#clock.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < deathsRememberedMs), now];
    return Math.min(backOffMaxMs, backOffFirstMs * 2 ** (this.#deaths.length - 1));
  }

  /** Callers whose deadline passed are answered; an engine that hangs or fell silent is ended. */
  #sweep(): void {
    const now = this.#clock.now();
    for (const [id, { deadlineAt }] of this.#waiting)
      if (deadlineAt <= now) {
        this.#child?.send({ kind: "cancel", id });
        this.#fail(id, new Problem("deadline-exceeded"));
      }
    const hung = [...this.#running.values()].some((batch) => now - batch.since > batch.limitMs);
    const silent = this.#state === "ready" && now - this.#heardAt > heartbeatLostMs;
    if (!hung && !silent) return;
    this.#log.error({ hung, silent }, "the engine hangs and is ended");
    this.#child?.kill();
  }

  async #askEngine(): Promise<EngineStatus | undefined> {
    const child = this.#child;
    if (child === undefined || (this.#state !== "ready" && this.#state !== "draining")) return undefined;
    const call = this.#call++;
    const { timer, elapsed } = timeout(statusMsMax);
    const answer = new Promise<EngineStatus>((resolve) => this.#calls.set(call, resolve));
    child.send({ kind: "status", call });
    try {
      return await Promise.race([answer, elapsed]);
    } finally {
      clearTimeout(timer);
      this.#calls.delete(call);
    }
  }
}

function timeout(ms: number): { readonly timer: NodeJS.Timeout; readonly elapsed: Promise<undefined> } {
  const { promise, resolve } = withResolvers();
  return { timer: setTimeout(resolve, ms), elapsed: promise };
}

function withResolvers(): { readonly promise: Promise<undefined>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<undefined>((done) => {
    resolve = () => done(undefined);
  });
  return { promise, resolve };
}
