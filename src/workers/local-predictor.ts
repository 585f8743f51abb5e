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
import { BackOff } from "./back-off.ts";
import { EngineCalls } from "./engine-calls.ts";
import { EngineChild, type EngineEnd } from "./engine-child.ts";
import type { EngineOptions } from "./engine-options.ts";
import { HeldPacks, type PackSet } from "./held-packs.ts";
import type { EngineSettings, FromEngine, Settled } from "./messages.ts";
import { predictorStatus } from "./predictor-status.ts";
import { type NotHere, notHere, Quarantine } from "./quarantine.ts";
import { RunWatch } from "./run-watch.ts";
import { TaskLedger } from "./task-ledger.ts";
import { WideWatch } from "./wide-watch.ts";
import { within } from "./within.ts";

const sweepMs = 100;
const attemptsMax = 2; // a task that died with its engine is tried once more
const itemsPerWorkerMax = 8; // beyond the queue
/** After the drain message: time for a run that nobody waits for any more. */
const endMsMax = 5000;

/**
 * The local engine as a `Predictor`: supervises one child process and owns every accepted task until it is settled.
 *
 * States: *starting* -> *ready* <-> *restarting*, then *draining* -> *stopped*. A death in *ready* leads to
 * *restarting*, where the tasks the engine held wait for their second and last attempt; new ones are refused.
 * Packs that cannot be loaded lead to *stopped*, because starting again would not help.
 */
export class LocalPredictor implements Predictor {
  readonly #settings: Omit<EngineSettings, "packs" | "later" | "wideBytesMax">;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #program: URL;
  readonly #held: HeldPacks;
  readonly #quarantine: Quarantine;
  readonly #ledger = new TaskLedger();
  readonly #backOff = new BackOff();
  readonly #calls = new EngineCalls();
  readonly #wide: WideWatch;
  #state: PredictorState = "stopped";
  #reason: string | undefined;
  #child: EngineChild | undefined;
  #watch: RunWatch;
  #sweeper: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  #restarts = 0;
  #cancelled = 0;
  #ended: (() => void) | undefined;
  #started: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(options: EngineOptions) {
    const { packs, later = [], inputs, log, clock = systemClock, program, wideBytesMax = 0, ...settings } = options;
    this.#settings = { name: "engine-1", provider: "cpu", ...settings };
    this.#quarantine = new Quarantine(inputs, (sha256, why) => this.#giveUp(sha256, why));
    this.#held = new HeldPacks({ packs, later });
    this.#log = log;
    this.#wide = new WideWatch(wideBytesMax, log);
    this.#clock = clock;
    this.#program = program ?? new URL("../main/engine.js", import.meta.url);
    this.#watch = new RunWatch(this.#clock.now());
  }

  /** Of the engine process, while there is one. */
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
    const started = new Promise<void>((resolve, reject) => {
      this.#started = { resolve, reject };
    });
    this.#spawn();
    return started;
  }

  async predict(task: PredictTask, signal: AbortSignal): Promise<PredictResult> {
    this.#admit(task, signal);
    if (task.suspect === true) this.#quarantine.suspect(task.image.sha256);
    const deadlineAt = this.#clock.now() + task.remainingMs;
    const result = this.#ledger.accept(task, deadlineAt, signal, () => this.#cancel(task.id));
    this.#give(task.id);
    return result;
  }

  /**
   * Serves exactly these packs from now on, warm in every worker. Tasks in work are finished with the packs they named;
   * a pack that falls away must have no caller any more. When it fails, nothing has changed.
   * @param later digests of packs that may wait for their first task; default: those that waited before
   * @throws {Error} with the reason
   */
  hold(packs: readonly ReaderPack[], later?: readonly string[]): Promise<void> {
    return this.#held.hold(packs, (set) => this.#serve(set), later);
  }

  /** Digests of packs that are loaded, and of those that wait for their first task. */
  held(): { readonly packs: readonly string[]; readonly later: readonly string[] } {
    return { packs: this.#held.loaded(), later: this.#held.now.later };
  }

  /**
   * Loads packs that were to be loaded later, in every worker, and keeps them so.
   * @throws {Error} with the reason
   */
  warm(digests: readonly string[]): Promise<void> {
    return this.#held.warm(digests, (set) => this.#serve(set));
  }

  async #serve({ packs, later }: PackSet): Promise<void> {
    const child = this.#child;
    if (child === undefined || this.#state !== "ready") throw new Error(`the engine is ${this.#state}`);
    const watch = this.#watch;
    watch.loading(this.#clock.now());
    await this.#calls.hold(child, packs, later).finally(() => watch.loaded(this.#clock.now()));
  }

  async status(): Promise<PredictorStatus> {
    const child = this.#state === "ready" || this.#state === "draining" ? this.#child : undefined;
    const engine = child && (await this.#calls.status(child));
    const own = {
      state: this.#state,
      ...(this.#reason !== undefined && { reason: this.#reason }),
      packs: this.#state === "ready" ? this.#held.loaded() : [],
      workers: this.#settings.workers,
      restarts: this.#restarts,
      cancelledItems: this.#cancelled,
    };
    return predictorStatus(own, this.#ledger, engine);
  }

  /** Finishes what was accepted, at most for `timeoutMs`, then ends the engine. New tasks are refused at once. */
  async drain(timeoutMs: number): Promise<void> {
    if (this.#state !== "stopped") this.#state = "draining";
    await within(timeoutMs, this.#ledger.emptied());
    this.#ledger.rejectAll(() => new Problem("draining", { retryAfterS: 1 }));
    this.#quarantine.close();
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child !== undefined) {
      const ended = new Promise<void>((resolve) => {
        this.#ended = resolve;
      });
      child.send({ kind: "drain" });
      if ((await within(endMsMax, ended)) === "late") child.kill();
      await ended;
    }
    clearInterval(this.#sweeper);
    this.#state = "stopped";
  }

  /** @throws {Problem} when the task must not be accepted */
  #admit(task: PredictTask, signal: AbortSignal): void {
    if (signal.aborted) throw new Problem("client-closed-request");
    if (this.#state === "draining") throw new Problem("draining", { retryAfterS: 1 });
    if (this.#state !== "ready")
      throw new Problem("engine-not-ready", { retryAfterS: 1, detail: this.#reason ?? `the engine is ${this.#state}` });
    if (task.remainingMs <= 0) throw new Problem("deadline-exceeded");
    if (task.packs.length === 0 || task.packs.some((pack) => !this.#held.has(pack)))
      throw new Problem("pack-not-installed");
    if (task.maps === true && task.packs.some((pack) => !this.#held.hasMap(pack)))
      throw new Problem("pack-not-installed", { detail: "the pack has no activation map" });
    if (this.#quarantine.isQuarantined(task.image.sha256)) throw new Problem("input-quarantined");
    // The engine holds the finer bounds; this one keeps the channel to it bounded as well.
    if (this.#ledger.size >= this.#settings.queueItemsMax + this.#settings.workers * itemsPerWorkerMax)
      throw new Problem("queue-full", { retryAfterS: 1 });
  }

  #give(id: string): void {
    const open = this.#ledger.get(id);
    if (open === undefined) return;
    open.attempts++;
    const task = { ...open.task, remainingMs: open.deadlineAt - this.#clock.now() };
    this.#child?.send({ kind: "predict", task, alone: this.#quarantine.isSuspect(task.image.sha256) });
  }

  #cancel(id: string): void {
    this.#cancelled++;
    this.#child?.send({ kind: "cancel", id });
    this.#ledger.reject(id, new Problem("client-closed-request"));
  }

  #receive(message: FromEngine): void {
    const now = this.#clock.now();
    this.#watch.heard(now);
    if (message.kind === "ready") this.#becomeReady();
    else if (message.kind === "unfit") this.#becomeUnfit(message.reason);
    else if (message.kind === "held" || message.kind === "status") this.#calls.answered(message);
    else if (message.kind === "wide") this.#wide.told(message);
    else if (message.kind === "started") this.#watch.started(message.batch, message.hashes, message.expectedMs, now);
    else if (message.kind === "settled") {
      if (message.batch !== undefined) this.#watch.settled(message.batch);
      for (const item of message.items) this.#settle(item, message.batch !== undefined);
    }
  }

  #settle(item: Settled, ran: boolean): void {
    const open = this.#ledger.get(item.id);
    // A suspect that was read and did no harm is innocent, also when its caller has left meanwhile.
    if (ran) this.#quarantine.clear(open?.task.image.sha256 ?? item.sha256);
    if (item.ok) this.#ledger.resolve(item.id, item.result);
    else this.#ledger.reject(item.id, Problem.fromMessage(item.problem));
  }

  #spawn(): void {
    this.#watch = new RunWatch(this.#clock.now());
    const settings = { ...this.#settings, ...this.#held.now, wideBytesMax: this.#wide.bytesMax };
    this.#child = new EngineChild(this.#program, settings, {
      message: (message) => this.#receive(message),
      end: (end) => this.#onEnd(end),
    });
  }

  #becomeReady(): void {
    if (this.#state !== "draining") this.#state = "ready";
    this.#reason = undefined;
    this.#started?.resolve();
    this.#started = undefined;
    for (const id of this.#ledger.ids()) this.#give(id);
  }

  #becomeUnfit(reason: string): void {
    this.#log.error({ reason }, "the packs cannot be loaded");
    this.#reason = `the packs cannot be loaded: ${reason}`;
    this.#state = "stopped";
    this.#started?.reject(new Error(reason));
    this.#started = undefined;
    this.#ledger.rejectAll(() => new Problem("engine-not-ready", { detail: "the packs cannot be loaded" }));
  }

  #onEnd({ code, signal }: EngineEnd): void {
    this.#child = undefined;
    this.#calls.ended();
    this.#wide.ended();
    this.#ended?.();
    if (this.#state === "stopped" || (this.#state === "draining" && this.#ledger.size === 0)) return;
    const reading = this.#watch.reading();
    if (this.#state === "ready") this.#state = "restarting";
    this.#quarantine.blame(reading);
    const delayMs = this.#backOff.afterDeath(this.#clock.now());
    const { deaths } = this.#backOff;
    this.#log.error(
      { code, signal, reading: reading.length, open: this.#ledger.size, deaths, delayMs },
      "the engine ended",
    );
    for (const id of this.#ledger.ids()) this.#reconsider(id, delayMs);
    this.#restarts++;
    this.#reason = `the engine ended (${signal ?? code}), ${deaths} times in the last minute`;
    this.#restart = setTimeout(() => this.#spawn(), delayMs);
  }

  /** A reading is a pure function of bytes and digest, so what was running may be run again, once. */
  #reconsider(id: string, delayMs: number): void {
    const open = this.#ledger.get(id);
    if (open === undefined) return;
    if (open.attempts >= attemptsMax || open.deadlineAt <= this.#clock.now() + delayMs)
      this.#ledger.reject(id, new Problem("engine-lost", { retryAfterS: Math.ceil(delayMs / 1000) + 1 }));
  }

  /** Tasks that wait for an image which is not to be read here. Once it is being read, yielding would save nothing. */
  #giveUp(sha256: string, why: NotHere): void {
    if (why === "yielded" && this.#state !== "restarting") return;
    for (const id of this.#ledger.of(sha256)) {
      this.#child?.send({ kind: "cancel", id });
      this.#ledger.reject(id, notHere[why]());
    }
  }

  /** Callers whose deadline passed are answered; an engine that hangs or fell silent is ended. */
  #sweep(): void {
    const now = this.#clock.now();
    for (const id of this.#ledger.late(now)) {
      this.#child?.send({ kind: "cancel", id });
      this.#ledger.reject(id, new Problem("deadline-exceeded"));
    }
    if (this.#child === undefined) return;
    // Draining is not starting: what was accepted is finished, however long ago the engine was started.
    const started = this.#state === "ready" || this.#state === "draining";
    const complaint = this.#watch.complaint(now, started);
    if (complaint === undefined) return;
    this.#log.error({ complaint }, "the engine is ended");
    this.#child.kill();
  }
}
