import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isProblem, type Programme, type ProgrammeCatalog, type ReaderPack } from "../contracts/index.ts";
import type { Config, Log } from "../platform/index.ts";
import { type Releases, readProgrammes } from "../programmes/index.ts";
import { Registry, type Release } from "../registry/index.ts";
import type { Engine } from "./cluster-engine.ts";
import { type GoldenScores, goldenDifference, goldenScores } from "./golden.ts";
import type { LiveCatalog } from "./live-catalog.ts";
import { installedProgrammes, packsToLoad } from "./load-packs.ts";

/** How often a server looks whether another release was made active. */
const lookMs = 500;

export const registryPath = (config: Config): string => join(config.DATA_DIR, "registry", "events.jsonl");
export const trainedDir = (config: Config): string => join(config.DATA_DIR, "training", "models");

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
  #leaving: NodeJS.Timeout | undefined;
  /** What the engine holds: more than the catalogue names while somebody may still be using the packs before. */
  #held: readonly ReaderPack[];

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
    clearTimeout(this.#leaving);
  }

  #stampNow(): Promise<string> {
    return stat(registryPath(this.#config)).then(
      ({ size, mtimeMs }) => `${size}-${mtimeMs}`,
      () => "none",
    );
  }

  async #look(): Promise<void> {
    const stamp = await this.#stampNow();
    if (stamp === this.#stamp || !this.#predictor.ready()) return;
    try {
      await this.#changeOver();
      this.#stamp = stamp;
    } catch (error) {
      // Tried again only after another event: what cannot be loaded now is not loaded by asking twice a second.
      this.#stamp = stamp;
      this.#log.error({ err: error }, "the release cannot be served; the one before goes on");
    }
  }

  async #changeOver(): Promise<void> {
    const next = await readActive(this.#config);
    const before = installedProgrammes(this.#catalog);
    const changed = installedProgrammes(next).filter((each) => !before.some((old) => sameRelease(old, each)));
    const lost = before.filter(
      ({ manifest }) => !installedProgrammes(next).some((each) => each.manifest.id === manifest.id),
    );
    if (lost.length > 0) throw new Error(`${lost[0]?.manifest.id} would no longer be installed`);
    if (changed.length === 0) return;
    clearTimeout(this.#leaving);
    try {
      // Also packs of the change before this one, if their time is not up.
      const held = [...this.#held, ...packsToLoad(next)].filter(firstOfDigest);
      await this.#predictor.hold(held);
      this.#held = held;
      for (const programme of changed) await this.#assertGolden(programme);
      this.#catalog.replace(next);
    } finally {
      // Who took a programme before the change may still ask for its fine reader until its deadline.
      this.#leaving = setTimeout(() => void this.#letGo(), this.#config.DEADLINE_MS);
    }
    for (const { manifest, fast, fine, band } of changed)
      this.#log.info(
        { programme: manifest.id, fast: fast.id, fine: fine.id, cascade: band.pack },
        "another release is served",
      );
  }

  async #letGo(): Promise<void> {
    const needed = packsToLoad(this.#catalog);
    try {
      await this.#predictor.hold(needed);
      this.#held = needed;
    } catch (error) {
      this.#log.warn({ err: error }, "packs that nobody uses stay loaded");
    }
  }

  /** @throws {Error} when the readers compute something else than when they were registered */
  async #assertGolden(programme: Programme): Promise<void> {
    const registry = new Registry(registryPath(this.#config));
    const active = await registry.active(programme.manifest.id);
    const recorded = active && (await recordedGolden(registry, active));
    if (recorded === undefined) return;
    const found = await goldenScores(this.#predictor, programme).catch((error: unknown) => {
      throw new Error(`the golden pictures cannot be read: ${isProblem(error) ? error.code : String(error)}`);
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
