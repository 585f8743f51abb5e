import type { LeasedSecondLook, ProgrammeCatalog } from "../contracts/index.ts";
import type { SecondLookDesk } from "./ask-fine.ts";
import type { FineLane } from "./fine-lane.ts";
import { LeasedWork, pollMs, probeMs } from "./leased-work.ts";
import { KnownReleases } from "./release-of.ts";
import { type SettleDeps, settle } from "./settle-second-look.ts";
import { leaseMs } from "./settlement.ts";

/** A ticket of a release that no server knows was not waiting for a server that is slow to change over. */
const strangerMs = 60_000;
/** Weight of the newest one in the mean time of a second look. */
const meanWeight = 0.2;
/** Before anything was measured, ms. */
const lookMsGuess = 200;
const retryAfterSMax = 60;
/** Tickets that may wait at all servers together; a case that would be one more is refused, as without tickets. */
const pendingMax = 50_000;

export interface SecondLooksDeps extends Omit<SettleDeps, "releases"> {
  readonly programmes: ProgrammeCatalog;
  /** Second looks at once; 0: for now nobody asks the fine reader. */
  readonly width: () => number;
  readonly lane: FineLane;
  /** How long a case may be provisional, ms. */
  readonly waitMsMax: number;
  readonly byLoad: boolean;
}

/**
 * Does the second looks that could not be had at once, when they can. While the fine reader cannot be had, whatever is
 * overdue is given to a person all the same.
 */
export class SecondLooks implements SecondLookDesk {
  readonly #deps: SecondLooksDeps;
  readonly #releases: KnownReleases;
  readonly #work: LeasedWork<LeasedSecondLook>;
  #meanMs = lookMsGuess;

  constructor(deps: SecondLooksDeps) {
    const { store, metrics, lane, width, clock, log } = deps;
    this.#deps = deps;
    this.#releases = new KnownReleases(deps.programmes);
    this.#work = new LeasedWork({
      width,
      clock,
      log,
      lease: (limit, isOpen) => this.#lease(limit, isOpen),
      settle: (ticket, signal) => settle({ ...deps, releases: this.#releases }, ticket, signal),
      count: () => store.countPending(),
      onCount: (waiting) => metrics.secondLooksPending.set(waiting),
      onRound: () => metrics.secondLookPrice.set(lane.price),
      onRead: (ms) => {
        this.#meanMs += meanWeight * (ms - this.#meanMs);
      },
    });
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
    return this.#work.waiting >= pendingMax;
  }

  isClosed(): boolean {
    return this.#work.closedUntil !== undefined;
  }

  /** No case of any server waits for its second look. */
  isIdle(): boolean {
    return this.#work.isIdle;
  }

  start(): void {
    this.#work.start();
  }

  stop(): Promise<void> {
    return this.#work.stop();
  }

  /** When a case that becomes provisional now is likely to be decided, seconds from 1 to 60. */
  retryAfterS(): number {
    const { clock } = this.#deps;
    const width = this.#deps.width();
    if (width === 0) return retryAfterSMax;
    const { closedUntil, waiting } = this.#work;
    const readMs = (this.#meanMs * (waiting + 1)) / width;
    const closedMs = closedUntil === undefined ? pollMs : Math.max(probeMs, closedUntil - clock.now());
    return Math.min(retryAfterSMax, Math.max(1, Math.ceil((closedMs + readMs) / 1000)));
  }

  #lease(limit: number, isOpen: boolean): Promise<readonly LeasedSecondLook[]> {
    const known = this.#releases.names();
    return this.#deps.store.leaseSecondLooks({ limit, leaseMs, known, readable: isOpen ? known : [], strangerMs });
  }
}
