import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isProblem, type Programme, type ProgrammeCatalog, type ReaderPack } from "../contracts/index.ts";
import { type Config, type Log, systemClock } from "../platform/index.ts";
import { type Releases, readProgrammes } from "../programmes/index.ts";
import { Registry, type Release } from "../registry/index.ts";
import { ChangeLater } from "./change-later.ts";
import type { Engine } from "./cluster-engine.ts";
import { type GoldenScores, goldenDifference, goldenScores } from "./golden.ts";
import type { LiveCatalog } from "./live-catalog.ts";
import { installedProgrammes, packsToLoad } from "./load-packs.ts";

/** How often a server looks whether another release was made active. */
const lookMs = 500;
/** Wait before a change is tried again that could not be made for now, doubled each time up to the most. */
const retryMs = 2000;
const retryMsMax = 60_000;
/** Packs that are still held for callers of before; a change that would exceed it waits. */
const leavingMax = 64;
/** Codes with which golden pictures are refused for now, not because of the release. */
const passing: ReadonlySet<string> = new Set([
  "engine-not-ready",
  "engine-lost",
  "queue-full",
  "deadline-unmeetable",
  "deadline-exceeded",
]);

export const registryPath = (config: Config): string => join(config.DATA_DIR, "registry", "events.jsonl");
export const trainedDir = (config: Pick<Config, "DATA_DIR">): string => join(config.DATA_DIR, "training", "models");

/**
 * The programmes with the releases that are active.
 * @throws {PackError | RegistryError}
 */
export async function readActive(config: Config): Promise<ProgrammeCatalog> {
  return readProgrammes(config.MODELS_DIR, await activeReleases(config), [trainedDir(config)]);
}

async function activeReleases(config: Config): Promise<Releases> {
  const releases = await new Registry(registryPath(config)).list();
  return new Map(releases.filter(({ state }) => state === "active").map(({ programme, packs }) => [programme, packs]));
}

/**
 * Watches the registry and changes over while requests go on: load and warm the new packs beside the old ones, compare
 * their golden scores, route new cases to them, and let the old ones go once nobody can still be using them. A release
 * that cannot be loaded changes nothing.
 */
export class ReleaseWatch {
  readonly #config: Config;
  readonly #catalog: LiveCatalog;
  readonly #predictor: Pick<Engine, "ready" | "hold" | "predict" | "status">;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #stamp: string | undefined;
  #looking: Promise<void> | undefined;
  /** What the engine holds: more than the catalogue names while somebody may still be using the packs before. */
  #held: readonly ReaderPack[];
  /** Of candidates, which may be asked as well. */
  #beside: readonly ReaderPack[] = [];
  #besideWanted = this.#beside;
  /** By digest: when nobody can be using a pack any more that is not served. */
  readonly #leaveAt = new Map<string, number>();
  #retry: { readonly stamp: string; readonly at: number; readonly waitMs: number } | undefined;

  constructor(
    config: Config,
    catalog: LiveCatalog,
    predictor: Pick<Engine, "ready" | "hold" | "predict" | "status">,
    log: Log,
  ) {
    this.#config = config;
    this.#catalog = catalog;
    this.#predictor = predictor;
    this.#log = log;
    this.#held = packsToLoad(catalog);
  }

  async start(): Promise<void> {
    this.#stamp = await this.#stampNow();
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
      });
    }, lookMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Packs to hold beside those that serve, from the next look on. */
  holdBeside(packs: readonly ReaderPack[]): void {
    this.#besideWanted = packs;
  }

  #stampNow(): Promise<string> {
    return stat(registryPath(this.#config)).then(
      ({ size, mtimeMs }) => `${size}-${mtimeMs}`,
      () => "none",
    );
  }

  async #look(): Promise<void> {
    const stamp = await this.#stampNow();
    if (!this.#predictor.ready()) return;
    await this.#letGo();
    if (this.#besideWanted !== this.#beside) await this.#holdWanted();
    if (stamp === this.#stamp) return;
    if (this.#retry?.stamp === stamp && systemClock.now() < this.#retry.at) return;
    if (this.#leaveAt.size > leavingMax) return;
    try {
      await this.#changeOver();
      this.#stamp = stamp;
      this.#retry = undefined;
    } catch (error) {
      if (error instanceof ChangeLater) {
        const waitMs = this.#retry?.stamp === stamp ? Math.min(retryMsMax, this.#retry.waitMs * 2) : retryMs;
        this.#retry = { stamp, at: systemClock.now() + waitMs, waitMs };
        this.#log.error({ reason: error.message, waitMs }, "the release cannot be served yet; the one before goes on");
        return;
      }
      // Tried again only after another event: what cannot be loaded now is not loaded by asking twice a second.
      this.#stamp = stamp;
      this.#log.error({ err: error }, "the release cannot be served; the one before goes on");
    }
  }

  async #changeOver(): Promise<void> {
    const next = await readActive(this.#config);
    const before = installedProgrammes(this.#catalog.released);
    const changed = installedProgrammes(next).filter((each) => !before.some((old) => sameRelease(old, each)));
    const lost = before.filter(
      ({ manifest }) => !installedProgrammes(next).some((each) => each.manifest.id === manifest.id),
    );
    if (lost.length > 0) throw new Error(`${lost[0]?.manifest.id} would no longer be installed`);
    if (changed.length === 0) return;
    try {
      // Also packs of the changes before this one, if their time is not up.
      const held = [...this.#stillUsed(), ...packsToLoad(next), ...this.#beside].filter(firstOfDigest);
      // Some may hold them even if not all can.
      this.#held = held;
      await this.#predictor.hold(held);
      for (const programme of changed) await this.#assertGolden(programme);
      this.#catalog.replace(next);
    } finally {
      this.#markLeaving();
    }
    for (const { manifest, fast, fine, band } of changed)
      this.#log.info(
        { programme: manifest.id, fast: fast.id, fine: fine.id, cascade: band.pack },
        "another release is served",
      );
  }

  #stillUsed(): readonly ReaderPack[] {
    const now = systemClock.now();
    return this.#held.filter(({ digest }) => now < (this.#leaveAt.get(digest) ?? Number.POSITIVE_INFINITY));
  }

  /** Who took a programme before the change may still ask for its fine reader until its deadline. */
  #markLeaving(): void {
    const served = new Set([...packsToLoad(this.#catalog), ...this.#beside].map(({ digest }) => digest));
    const leaveAt = systemClock.now() + this.#config.DEADLINE_MS;
    for (const { digest } of this.#held)
      if (served.has(digest)) this.#leaveAt.delete(digest);
      else if (!this.#leaveAt.has(digest)) this.#leaveAt.set(digest, leaveAt);
  }

  /** Those that are not wanted any more leave like packs that were replaced. */
  async #holdWanted(): Promise<void> {
    const wanted = this.#besideWanted;
    const held = [...this.#stillUsed(), ...wanted].filter(firstOfDigest);
    try {
      await this.#predictor.hold(held);
      this.#held = held;
      this.#beside = wanted;
      this.#markLeaving();
    } catch (error) {
      this.#log.warn({ err: error }, "a candidate cannot be loaded yet");
    }
  }

  async #letGo(): Promise<void> {
    const needed = this.#stillUsed();
    if (needed.length === this.#held.length) return;
    const gone = this.#held.filter((pack) => !needed.includes(pack));
    this.#held = needed;
    for (const { digest } of gone) this.#leaveAt.delete(digest);
    await this.#predictor
      .hold(needed)
      .catch((error: unknown) => this.#log.warn({ err: error }, "packs that nobody uses stay loaded"));
  }

  /** @throws {Error} when the readers compute something else than when they were registered */
  async #assertGolden(programme: Programme): Promise<void> {
    const registry = new Registry(registryPath(this.#config));
    const active = await registry.active(programme.manifest.id);
    const recorded = active && (await recordedGolden(registry, active));
    if (recorded === undefined) return;
    const found = await goldenScores(this.#predictor, programme).catch((error: unknown) => {
      const code = isProblem(error) ? error.code : undefined;
      const words = `the golden pictures cannot be read: ${code ?? String(error)}`;
      throw code !== undefined && passing.has(code) ? new ChangeLater(words) : new Error(words);
    });
    const difference = goldenDifference(found, recorded);
    if (difference !== undefined) throw new Error(`${programme.manifest.id}: ${difference}`);
  }
}

/** Golden scores as they were written into the registry. */
export async function recordedGolden(registry: Registry, release: Release): Promise<GoldenScores | undefined> {
  const { events } = await registry.show(release.digest);
  const golden = events[0]?.evidence["golden"];
  return typeof golden === "string" ? (JSON.parse(golden) as GoldenScores) : undefined;
}

const sameRelease = (one: Programme, other: Programme): boolean =>
  one.manifest.id === other.manifest.id &&
  one.fast.digest === other.fast.digest &&
  one.fine.digest === other.fine.digest &&
  one.band.digest === other.band.digest;

const firstOfDigest = ({ digest }: { digest: string }, i: number, all: readonly { digest: string }[]): boolean =>
  all.findIndex((each) => each.digest === digest) === i;
