import { isProblem, Problem } from "../contracts/index.ts";
import type { Clock, Log } from "../platform/index.ts";
import type { Settlement } from "./settlement.ts";

/** Work may come from another server, which cannot wake this one. */
export const pollMs = 1000;
/** While the fine reader cannot be had, one look is tried this often. */
export const probeMs = 2000;
/** What is on its way when the process is asked to end is finished within this, else given back. */
const drainMs = 5000;
/** While no reader may be asked. */
const overdueAtOnce = 4;
/** Counting what waits is not free. */
const countMs = 2000;

export interface LeasedWorkDeps<Look> {
  /** Looks at once; 0: for now nobody asks the reader. Asked again each time. */
  readonly width: () => number;
  /** @param isOpen whether the fine reader may be asked; else only what needs no reader is wanted */
  readonly lease: (limit: number, isOpen: boolean) => Promise<readonly Look[]>;
  /** Never rejects. */
  readonly settle: (look: Look, signal: AbortSignal) => Promise<Settlement>;
  /** Looks that wait at all servers together. */
  readonly count: () => Promise<number>;
  readonly onCount: (waiting: number) => void;
  /** Before each time that work is asked for. */
  readonly onRound?: () => void;
  /** A look was read, in so many ms. */
  readonly onRead?: (ms: number) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Does looks that are leased from the database, as many at once as there is room for. Any number of these may run, in as
 * many processes; one that ends at any point leaves looks whose leases run out.
 *
 * *open*: as many as there is room for; *closed* (the fine reader said no): one try every two seconds, and whatever
 * needs no reader. *stopped* is final.
 */
export class LeasedWork<Look> {
  readonly #deps: LeasedWorkDeps<Look>;
  readonly #held = new Set<Promise<void>>();
  readonly #ending = new AbortController();
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #closedUntil: number | undefined;
  #waiting = 0;
  #countedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: LeasedWorkDeps<Look>) {
    this.#deps = deps;
  }

  /** Undefined: open. Else when the next try is, on the clock. */
  get closedUntil(): number | undefined {
    return this.#closedUntil;
  }

  /** As it was counted last. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Nothing waits, as far as that was found out. */
  get isIdle(): boolean {
    return this.#countedAt > Number.NEGATIVE_INFINITY && this.#waiting === 0;
  }

  start(): void {
    if (this.#running !== undefined || this.#ending.signal.aborted) return;
    this.#running = this.#run();
  }

  /** Takes nothing more, finishes what is on its way within a bound, and gives the rest back. */
  async stop(): Promise<void> {
    this.#ending.abort();
    this.#wake?.();
    await this.#running;
    const timer = setTimeout(() => this.#stop.abort(new Problem("draining")), drainMs);
    await Promise.all(this.#held);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      this.#deps.onRound?.();
      await this.#quietly(this.#count(), undefined);
      const { limit, isOpen } = this.#room();
      const taken = limit > 0 ? await this.#quietly(this.#deps.lease(limit, isOpen), []) : [];
      for (const look of taken) this.#begin(look);
      if (taken.length === 0) await this.#pause(pollMs);
    }
  }

  /** A reader that said no is tried with one look; those that need no reader are not held up by that. */
  #room(): { readonly limit: number; readonly isOpen: boolean } {
    const { clock } = this.#deps;
    const width = this.#deps.width();
    // A look that is overdue waits for no order of a person.
    if (width === 0) return { limit: Math.max(0, overdueAtOnce - this.#held.size), isOpen: false };
    const free = Math.max(0, width - this.#held.size);
    if (this.#closedUntil === undefined) return { limit: free, isOpen: true };
    if (this.#held.size > 0 || this.#closedUntil > clock.now()) return { limit: free, isOpen: false };
    return { limit: Math.min(1, free), isOpen: true };
  }

  async #count(): Promise<void> {
    const { clock, count, onCount } = this.#deps;
    if (clock.now() - this.#countedAt < countMs) return;
    this.#waiting = await count();
    this.#countedAt = clock.now();
    onCount(this.#waiting);
  }

  /** A database that is away is waited for; its own log says so. */
  async #quietly<T>(asked: Promise<T>, otherwise: T): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      if (!isProblem(error)) this.#deps.log.error({ err: error }, "work on looks failed unexpectedly");
      return otherwise;
    }
  }

  #begin(look: Look): void {
    const { clock, settle, onRead } = this.#deps;
    const startedAt = clock.now();
    const work = settle(look, this.#stop.signal).then((settlement) => {
      if (settlement === "closed") this.#closedUntil = clock.now() + probeMs;
      // Only a reading says that the reader can be had again.
      else if (settlement === "read") {
        this.#closedUntil = undefined;
        onRead?.(clock.now() - startedAt);
      }
      this.#held.delete(work);
      this.#wake?.();
    });
    this.#held.add(work);
  }

  async #pause(ms: number): Promise<void> {
    if (this.#ending.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
