import { type BatchStore, isProblem, type LeasedItem, Problem } from "../contracts/index.ts";
import { type ItemWorkDeps, triesMax, workOn } from "./item-work.ts";
import { systemTimers, type Timers } from "./timers.ts";
import { tellDue, type WebhookDeps } from "./webhooks.ts";

/** A lease that is not renewed for so long is somebody else's. */
const leaseMs = 30_000;
const renewMs = leaseMs / 3;
/** Work may come from another gateway, which cannot wake this one. */
const pollMs = 1000;
const housekeepingMs = 3_600_000;
/** What is on its way when the process is asked to end is finished within this, else given back. */
const drainMs = 5000;

export interface BatchWorkerDeps extends Omit<ItemWorkDeps, "store">, Omit<WebhookDeps, "store"> {
  readonly store: BatchStore;
  /** Items that are worked on at once; 0: none is taken for now. Asked again each time. */
  readonly width: () => number;
  /** Whether a case would be accepted now; until then no item is taken, so that none is tried in vain. */
  readonly ready: () => boolean;
  /** Days after which a finished batch is forgotten. */
  readonly batchDays: number;
  /** Default: those of the system. */
  readonly timers?: Timers;
}

interface Held {
  readonly item: LeasedItem;
  readonly stop: AbortController;
  ended: Promise<void>;
}

/**
 * Works on batches: takes leases, screens items on the bulk lane, and writes what becomes of them. Any number of these may
 * run, in as many processes; one that ends at any point leaves items whose leases run out.
 *
 * *stopped* -> *running* -> *stopped*, for good.
 */
export class BatchWorker {
  readonly #deps: BatchWorkerDeps;
  readonly #held = new Set<Held>();
  readonly #ending = new AbortController();
  readonly #timers: Timers;
  #ends: (() => void)[] = [];
  #running: Promise<void> | undefined;
  #telling: Promise<void> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isWoken = false;
  #wake: (() => void) | undefined;

  constructor(deps: BatchWorkerDeps) {
    this.#deps = deps;
    this.#timers = deps.timers ?? systemTimers;
  }

  start(): void {
    if (this.#running !== undefined || this.#ending.signal.aborted) return;
    this.#running = this.#run();
    this.#ends = [
      this.#timers.every(renewMs, () => void this.#renew()),
      this.#timers.every(housekeepingMs, () => void this.#forget()),
    ];
    void this.#forget();
  }

  /** There is work. */
  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** Takes nothing more, finishes what is on its way within a bound, and gives the rest back. */
  async stop(): Promise<void> {
    this.#ending.abort(new Problem("draining"));
    this.wake();
    for (const end of this.#ends) end();
    await this.#running;
    const finished = Promise.all([...this.#held].map(({ ended }) => ended));
    const endTimer = this.#timers.after(drainMs, () => {
      for (const { stop } of this.#held) stop.abort(new Problem("draining"));
    });
    await finished;
    endTimer();
    await this.#telling;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const width = this.#deps.width();
      const free = width - this.#held.size;
      // Half of the room at once: a transaction for each single item would be most of the work.
      if (free <= 0 || free * 2 < width) {
        await this.#pause(pollMs);
        continue;
      }
      const taken = await this.#lease(free);
      for (const item of taken) this.#begin(item);
      this.#tell();
      if (taken.length === 0) await this.#pause(pollMs);
    }
  }

  async #lease(limit: number): Promise<readonly LeasedItem[]> {
    if (!this.#deps.ready()) return [];
    return this.#quietly(this.#deps.store.leaseItems({ limit, leaseMs, triesMax }), []);
  }

  #begin(item: LeasedItem): void {
    const stop = new AbortController();
    const held: Held = { item, stop, ended: Promise.resolve() };
    this.#held.add(held);
    held.ended = this.#work(held).finally(() => {
      this.#held.delete(held);
      this.wake();
    });
  }

  async #work({ item, stop }: Held): Promise<void> {
    const settlement = await workOn(this.#deps, item, stop.signal);
    // What cannot be written now is tried again by whoever takes it when the lease is over.
    if (settlement !== undefined) await this.#quietly(this.#deps.store.settleItems([settlement]), undefined);
  }

  async #renew(): Promise<void> {
    const held = [...this.#held];
    if (held.length === 0) return;
    const kept = await this.#quietly(
      this.#deps.store.renewLeases(
        held.map(({ item }) => item),
        leaseMs,
      ),
      undefined,
    );
    if (kept === undefined) return;
    const names = new Set(kept.map(({ batch, seq, attempt }) => `${batch}/${seq}/${attempt}`));
    for (const { item, stop } of held)
      if (!names.has(`${item.batch}/${item.seq}/${item.attempt}`)) stop.abort(new Problem("draining"));
  }

  /** One round at a time, and no more often than anybody else's batch could have ended unseen. */
  #tell(): void {
    const now = this.#deps.clock.now();
    if (this.#telling !== undefined || now - this.#lookedAt < pollMs) return;
    this.#lookedAt = now;
    this.#telling = this.#quietly(tellDue(this.#deps, this.#ending.signal), undefined).finally(() => {
      this.#telling = undefined;
    });
  }

  async #forget(): Promise<void> {
    const { store, batchDays } = this.#deps;
    while (!this.#ending.signal.aborted && (await this.#quietly(store.forgetBatches(batchDays), false))) {}
  }

  /** A database that is away is waited for; its own log says so. */
  async #quietly<T>(asked: Promise<T>, otherwise: T): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      if (!isProblem(error)) this.#deps.log.error({ err: error }, "work on batches failed unexpectedly");
      return otherwise;
    }
  }

  async #pause(ms: number): Promise<void> {
    if (!this.#isWoken)
      await new Promise<void>((resolve) => {
        const endTimer = this.#timers.after(ms, resolve);
        this.#wake = () => {
          endTimer();
          resolve();
        };
      });
    this.#isWoken = false;
    this.#wake = undefined;
  }
}
