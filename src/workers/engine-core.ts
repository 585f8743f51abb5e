import { inputKeyOf, networkOf, type ReaderPack } from "../contracts/pack.ts";
import { type Lane, lanes, type PredictTask } from "../contracts/predictor.ts";
import type { ProblemMessage } from "../contracts/problems.ts";
import type { Clock } from "../platform/index.ts";
import { CostModel } from "./cost-model.ts";
import { type Letter, Mailbox } from "./mailbox.ts";
import {
  batchItemsMax,
  batchKeyOf,
  type Cost,
  type EngineSettings,
  type EngineStatus,
  type FromEngine,
  type Settled,
} from "./messages.ts";
import { PixelCache } from "./pixel-cache.ts";
import { retryAfterS } from "./retry-after.ts";
import type { BatchAnswer, ThreadPool } from "./thread-pool.ts";
import type { WideReaders } from "./wide-readers.ts";

/** About 200 decoded images: the second look of a case comes within milliseconds of the first. */
const pixelCacheBytes = 32 * 1024 * 1024;
/** Share of the workers that bulk work may hold while others wait. */
const bulkShare = 0.5;

interface Job extends Letter {
  readonly task: PredictTask;
}

/** Readers for an image that is alone, if there are any. */
type Lone = Pick<WideReaders, "takes" | "run" | "observed" | "idle">;

/**
 * The engine's main thread: offers tasks to the mailbox, gives batches to idle workers, settles every task once.
 * It runs no session itself, so its timers and messages are never held up.
 */
export class EngineCore {
  readonly #pool: Pick<ThreadPool, "threads" | "run">;
  readonly #wide: Lone | undefined;
  readonly #send: (message: FromEngine) => void;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #mailbox: Mailbox<Job>;
  readonly #costs = new Map<string, CostModel>();
  /** By digest of a single pack; batches of several packs are bounded by the smallest. */
  #packBatchMax: ReadonlyMap<string, number> = new Map();
  /** Packs of one task want the same pixels; two programmes may prepare one image differently. */
  #inputKeys: ReadonlyMap<string, string> = new Map();
  readonly #pixels = new PixelCache(pixelCacheBytes);
  readonly #running = new Map<number, readonly Job[]>();
  /** Of the running batches the one that needs none of the ordinary threads. */
  #wideBatch: number | undefined;
  #aloneWaiting = 0;
  #batches = 0;
  #idle: (() => void) | undefined;

  constructor(
    settings: Omit<EngineSettings, "provider" | "wideBytesMax">,
    pool: Pick<ThreadPool, "threads" | "run">,
    send: (message: FromEngine) => void,
    clock: Clock,
    wide?: Lone,
  ) {
    this.#pool = pool;
    this.#wide = wide;
    this.#send = send;
    this.#clock = clock;
    this.#name = settings.name;
    this.know(settings.packs);
    this.#mailbox = new Mailbox({
      itemsMax: settings.queueItemsMax,
      bytesMax: settings.queueBytesMax,
      secondsMax: settings.queueSecondsMax,
    });
  }

  /** The packs whose tasks may come from now on. */
  know(packs: readonly ReaderPack[]): void {
    this.#packBatchMax = new Map(packs.map((pack) => [pack.digest, networkOf(pack).batchMax]));
    this.#inputKeys = new Map(packs.map((pack) => [pack.digest, inputKeyOf(networkOf(pack))]));
  }

  learn(costs: readonly Cost[]): void {
    for (const { packs, items, ms } of costs) this.#costOf(batchKeyOf(packs)).observe(items, ms);
  }

  offer(task: PredictTask, alone: boolean): void {
    const now = this.#clock.now();
    const batchKey = batchKeyOf(task.packs, task.maps);
    const job: Job = {
      id: task.id,
      lane: task.lane,
      bytes: task.image.bytes.byteLength,
      batchKey,
      deadlineAt: now + task.remainingMs,
      alone,
      task,
    };
    const waitMs = this.#waitMs(batchKey);
    const refusal = this.#mailbox.offer(job, now, waitMs);
    if (refusal === undefined) {
      if (alone) this.#aloneWaiting++;
      this.#pump();
    } else this.#settle(undefined, [refused(job, { code: refusal, retryAfterS: retryAfterS(waitMs) })]);
  }

  /** Removes queued work. A run is never stopped: its answer is dropped by whoever no longer waits for it. */
  cancel(id: string): void {
    if (this.#mailbox.cancel(id)?.alone === true) this.#aloneWaiting--;
    this.#pump();
  }

  status(): EngineStatus {
    const queuedByLane = Object.fromEntries(lanes.map((lane) => [lane, this.#mailbox.itemsIn(lane)])) as Record<
      Lane,
      number
    >;
    return {
      busyWorkers: Math.min(this.#running.size, this.#pool.threads),
      runningItems: [...this.#running.values()].reduce((sum, jobs) => sum + jobs.length, 0),
      queuedItems: this.#mailbox.items,
      queuedBytes: this.#mailbox.bytes,
      queuedByLane,
    };
  }

  /** Ids of the traces to which what is being read belongs. */
  traces(): readonly string[] {
    return [...this.#running.values()].flatMap((jobs) => jobs.flatMap(({ task }) => task.trace?.traceId ?? []));
  }

  /** Resolves when nothing is queued and nothing runs. */
  async drained(): Promise<void> {
    if (this.#mailbox.items === 0 && this.#running.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
  }

  #pump(): void {
    const now = this.#clock.now();
    const late = this.#mailbox.expire(now);
    for (const job of late) if (job.alone) this.#aloneWaiting--;
    if (late.length > 0)
      this.#settle(
        undefined,
        late.map((job) => refused(job, { code: "deadline-exceeded" })),
      );
    for (let idle = this.#idleThreads(); idle > 0; idle = this.#idleThreads()) {
      const lone = this.#running.size === 0 && this.#mailbox.items === 1;
      // Several waiting images are spread over the idle workers before any of them takes two.
      const limit = Math.min(batchItemsMax, Math.ceil(this.#mailbox.items / idle));
      const batchMax = ({ task }: Job): number =>
        Math.min(limit, ...task.packs.map((digest) => this.#packBatchMax.get(digest) ?? 1));
      const jobs = this.#mailbox.take(now, batchMax, this.#permit());
      if (jobs.length === 0) break;
      void this.#run(jobs, now, lone);
    }
    if (this.#mailbox.items > 0 || this.#running.size > 0) return;
    if (this.#idle !== undefined) this.#idle();
    else this.#wide?.idle();
  }

  #idleThreads(): number {
    const wide = this.#wideBatch === undefined ? 0 : 1;
    return this.#pool.threads - (this.#running.size - wide);
  }

  /** Who may run now. While a suspect waits everyone else waits too, or it would never be alone. */
  #permit(): (job: Job) => boolean {
    const running = [...this.#running.values()].map(([first]) => first);
    if (running.some((first) => first?.alone)) return () => false;
    if (this.#aloneWaiting > 0) return running.length === 0 ? (job) => job.alone : () => false;
    const others = this.#mailbox.items > this.#mailbox.itemsIn("bulk");
    const bulk = running.filter((first) => first?.lane === "bulk").length;
    const mayBulk = !others || bulk < Math.max(1, Math.floor(this.#pool.threads * bulkShare));
    return (job) => job.lane !== "bulk" || mayBulk;
  }

  /** @param lone nothing else runs or waits */
  async #run(jobs: readonly Job[], now: number, lone: boolean): Promise<void> {
    const batch = this.#batches++;
    const [first] = jobs as readonly [Job];
    // A suspect is read as others are: it is asked about the input, not about the way of reading it.
    const wide = lone && !first.alone && this.#wide?.takes(first.task.packs) ? this.#wide : undefined;
    if (wide !== undefined) this.#wideBatch = batch;
    if (first.alone) this.#aloneWaiting--;
    this.#running.set(batch, jobs);
    const cost = this.#costOf(first.batchKey);
    const hashes = jobs.map((job) => job.task.image.sha256);
    this.#send({ kind: "started", batch, hashes, expectedMs: cost.estimate(jobs.length) });
    const images = jobs.map(({ task }) => this.#pixels.get(this.#pixelKey(task)) ?? task.image);
    const [image] = images as [(typeof images)[number]];
    const { packs, maps = false } = first.task;
    const answer = await (wide?.run(packs, image, maps) ?? this.#pool.run(packs, images, maps));
    // What waits will be read by ordinary sessions, so only they say how long that takes.
    if (wide === undefined) cost.observe(jobs.length, this.#clock.now() - now);
    else this.#wideBatch = undefined;
    if (lone) {
      const readings = answer.items.flatMap((item) => (item.ok ? item.readings : []));
      this.#wide?.observed(readings, wide === undefined ? "ordinary" : "wide");
    }
    this.#running.delete(batch);
    this.#settle(batch, this.#collect(jobs, answer, now, wide ? "wide" : `thread-${answer.thread}`));
    this.#pump();
  }

  #collect(jobs: readonly Job[], answer: BatchAnswer, now: number, thread: string): Settled[] {
    return jobs.map((job, i): Settled => {
      const item = answer.items[i] as BatchAnswer["items"][number];
      const { id, image } = job.task;
      if (!item.ok) return refused(job, item.problem);
      if (item.pixels !== undefined)
        this.#pixels.put(this.#pixelKey(job.task), { pixels: item.pixels, quality: item.quality });
      const { readings, quality, decodeMs } = item;
      const worker = `${this.#name}/${thread}`;
      const queueMs = now - (job.deadlineAt - job.task.remainingMs);
      const result = { readings, quality, decodeMs, worker, queueMs, batchSize: jobs.length };
      return { id, sha256: image.sha256, ok: true, result };
    });
  }

  #pixelKey({ image, packs: [first = ""] }: PredictTask): string {
    return `${image.sha256}-${this.#inputKeys.get(first)}`;
  }

  #settle(batch: number | undefined, items: readonly Settled[]): void {
    this.#send({ kind: "settled", batch, items });
  }

  #costOf(batchKey: string): CostModel {
    const known = this.#costs.get(batchKey);
    if (known !== undefined) return known;
    const fresh = new CostModel();
    this.#costs.set(batchKey, fresh);
    return fresh;
  }

  /** Estimated time until a letter offered now would be answered. */
  #waitMs(batchKey: string): number {
    const ahead = this.#mailbox.items / this.#pool.threads;
    return this.#costOf(batchKey).estimate(1) * (1 + ahead);
  }
}

const refused = ({ task }: Job, problem: ProblemMessage): Settled => ({
  id: task.id,
  sha256: task.image.sha256,
  ok: false,
  problem,
});
