import { isProblem, type LeasedSecondLook, Problem, type ProgrammeCatalog } from "../contracts/index.ts";
import type { SecondLookDesk } from "./ask-fine.ts";
import type { FineLane } from "./fine-lane.ts";
import { KnownReleases } from "./release-of.ts";
import { leaseMs, type SettleDeps, settle } from "./settle-second-look.ts";

/** Tickets may come from another server, which cannot wake this one. */
const pollMs = 1000;
/** While the fine reader cannot be had, one ticket is tried this often. */
const probeMs = 2000;
/** A ticket of a release that no server knows was not waiting for a server that is slow to change over. */
const strangerMs = 60_000;
/** What is on its way when the process is asked to end is finished within this, else given back. */
const drainMs = 5000;
/** Weight of the newest one in the mean time of a second look. */
const meanWeight = 0.2;
/** Before anything was measured, ms. */
const lookMsGuess = 200;
const retryAfterSMax = 60;
/** Tickets that may wait at all servers together; a case that would be one more is refused, as without tickets. */
const pendingMax = 50_000;
/** Counting them is not free. */
const countMs = 2000;

export interface SecondLooksDeps extends Omit<SettleDeps, "releases"> {
  readonly programmes: ProgrammeCatalog;
  /** Second looks at once. */
  readonly width: number;
  readonly lane: FineLane;
  /** How long a case may be provisional, ms. */
  readonly waitMsMax: number;
  readonly byLoad: boolean;
}

/**
 * Does the second looks that could not be had at once, when they can. Any number of these may run, in as many
 * processes; one that ends at any point leaves tickets whose leases run out.
 *
 * *open*: as many as there is room for; *closed* (the fine reader said no): one try every two seconds, and whatever is
 * overdue is given to a person. *stopped* is final.
 */
export class SecondLooks implements SecondLookDesk {
  readonly #deps: SecondLooksDeps;
  readonly #releases: KnownReleases;
  readonly #held = new Set<Promise<void>>();
  readonly #ending = new AbortController();
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  /** Undefined: open. Else when the next try is, on the clock. */
  #closedUntil: number | undefined;
  #waiting = 0;
  #countedAt = Number.NEGATIVE_INFINITY;
  #meanMs = lookMsGuess;

  constructor(deps: SecondLooksDeps) {
    this.#deps = deps;
    this.#releases = new KnownReleases(deps.programmes);
  }

  get lane(): FineLane {
    return this.#deps.lane;
  }

  get byLoad(): boolean {
    return this.#deps.byLoad;
  }

  get waitMsMax(): number {
    return this.#deps.waitMsMax;
  }

  isFull(): boolean {
    return this.#waiting >= pendingMax;
  }

  isClosed(): boolean {
    return this.#closedUntil !== undefined;
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

  /** When a case that becomes provisional now is likely to be decided, seconds from 1 to 60. */
  retryAfterS(): number {
    const { clock, width } = this.#deps;
    const readMs = (this.#meanMs * (this.#waiting + 1)) / width;
    const closedMs = this.#closedUntil === undefined ? pollMs : Math.max(probeMs, this.#closedUntil - clock.now());
    return Math.min(retryAfterSMax, Math.max(1, Math.ceil((closedMs + readMs) / 1000)));
  }

  async #run(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      await this.#quietly(this.#count(), undefined);
      const { limit, isOpen } = this.#room();
      const taken = limit > 0 ? await this.#quietly(this.#lease(limit, isOpen), []) : [];
      for (const ticket of taken) this.#begin(ticket);
      if (taken.length === 0) await this.#pause(pollMs);
    }
  }

  /** A reader that said no is tried with one ticket; those that need no reader are not held up by that. */
  #room(): { readonly limit: number; readonly isOpen: boolean } {
    const { width, clock } = this.#deps;
    const free = width - this.#held.size;
    if (this.#closedUntil === undefined) return { limit: free, isOpen: true };
    if (this.#held.size > 0 || this.#closedUntil > clock.now()) return { limit: free, isOpen: false };
    return { limit: 1, isOpen: true };
  }

  #lease(limit: number, isOpen: boolean): Promise<readonly LeasedSecondLook[]> {
    const known = this.#releases.names();
    return this.#deps.store.leaseSecondLooks({ limit, leaseMs, known, readable: isOpen ? known : [], strangerMs });
  }

  async #count(): Promise<void> {
    const { store, clock, metrics, lane } = this.#deps;
    metrics.secondLookPrice.set(lane.price);
    if (clock.now() - this.#countedAt < countMs) return;
    this.#waiting = await store.countPending();
    this.#countedAt = clock.now();
    metrics.secondLooksPending.set(this.#waiting);
  }

  /** A database that is away is waited for; its own log says so. */
  async #quietly<T>(asked: Promise<T>, otherwise: T): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      if (!isProblem(error)) this.#deps.log.error({ err: error }, "work on second looks failed unexpectedly");
      return otherwise;
    }
  }

  #begin(ticket: LeasedSecondLook): void {
    const { clock } = this.#deps;
    const startedAt = clock.now();
    const work = settle({ ...this.#deps, releases: this.#releases }, ticket, this.#stop.signal).then((settlement) => {
      if (settlement === "closed") this.#closedUntil = clock.now() + probeMs;
      // Only a reading says that the reader can be had again.
      else if (settlement === "read") {
        this.#closedUntil = undefined;
        this.#meanMs += meanWeight * (clock.now() - startedAt - this.#meanMs);
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
