import { type DriftStore, isProblem, type Programme, type ServedDrift } from "../contracts/index.ts";
import type { Log } from "../platform/index.ts";
import type { Engine } from "./cluster-engine.ts";
import type { LiveCatalog } from "./live-catalog.ts";
import type { ReleaseWatch } from "./releases.ts";

/** Twice a second: new cases stop going to a candidate within a second. */
const lookMs = 500;

export interface DriftWatchDeps {
  readonly store: Pick<DriftStore, "servedDrift">;
  readonly catalog: LiveCatalog;
  readonly releases: Pick<ReleaseWatch, "holdBeside">;
  readonly engine: Pick<Engine, "warm" | "status">;
  /** A release that is registered and not retired; undefined where it is not, or not installed here. */
  readonly candidateOf: (programme: string, release: string) => Promise<Programme | undefined>;
  readonly log: Log;
}

/**
 * Follows what the leader of the drift loop ordered, on every server: safer bands at once, candidates once their packs
 * are loaded here. While the database is away the last order stays.
 */
export class DriftWatch {
  readonly #deps: DriftWatchDeps;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #seen = "";
  /** Candidates of the last order, whether they can be asked or not. */
  #wanted: ReadonlyMap<string, Programme> = new Map();

  constructor(deps: DriftWatchDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.look().finally(() => {
        this.#looking = undefined;
      });
    }, lookMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async look(): Promise<void> {
    const { store, catalog, log } = this.#deps;
    try {
      const orders = await store.servedDrift();
      await this.#want(orders);
      const asked = await this.#askable();
      const seen = JSON.stringify([orders, [...asked.keys()]]);
      if (seen === this.#seen) return;
      catalog.follow(orders, asked);
      this.#seen = seen;
      for (const { programme, band, candidate } of orders)
        if (band !== undefined || candidate !== undefined)
          log.info({ programme, band, candidate }, "drift is followed");
    } catch (error) {
      // The database's own log says more.
      if (!isProblem(error)) log.error({ err: error }, "what the drift loop orders cannot be followed");
    }
  }

  /** Looks candidates up, and has their packs held. */
  async #want(orders: readonly ServedDrift[]): Promise<void> {
    const wanted = new Map<string, Programme>();
    for (const { programme, candidate } of orders) {
      const found = candidate && (await this.#deps.candidateOf(programme, candidate.release));
      if (candidate !== undefined && found !== undefined) wanted.set(candidate.release, found);
    }
    if ([...wanted.keys()].join() === [...this.#wanted.keys()].join()) return;
    this.#wanted = wanted;
    this.#deps.releases.holdBeside([...wanted.values()].flatMap(({ fast, fine }) => [fast.load, fine.load]));
  }

  /** Those whose packs are loaded and warm here. */
  async #askable(): Promise<ReadonlyMap<string, Programme>> {
    if (this.#wanted.size === 0) return this.#wanted;
    const digestsOf = ({ fast, fine }: Programme) => [fast.digest, fine.digest];
    const { packs } = await this.#deps.engine.status();
    const isWarm = (each: Programme): boolean => digestsOf(each).every((digest) => packs.includes(digest));
    for (const each of this.#wanted.values())
      if (!isWarm(each)) void this.#deps.engine.warm(digestsOf(each)).catch(() => undefined);
    return new Map([...this.#wanted].filter(([, each]) => isWarm(each)));
  }
}
