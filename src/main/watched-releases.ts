import type { Programme } from "../contracts/index.ts";
import type { Watched } from "../drift/index.ts";
import type { Config, Log } from "../platform/index.ts";
import { releaseOf } from "../screening/index.ts";
import { watchedOf } from "./drift-reference.ts";
import type { LiveCatalog } from "./live-catalog.ts";
import { installedProgrammes } from "./load-packs.ts";

interface Known {
  readonly release: string;
  readonly watched: Promise<Watched | undefined>;
}

/** The releases that serve, as far as they can be watched. A reference is made once a release: it is read from the pack. */
export class WatchedReleases {
  readonly #config: Pick<Config, "MODELS_DIR" | "DATA_DIR">;
  readonly #catalog: Pick<LiveCatalog, "released">;
  readonly #log: Log;
  readonly #known = new Map<string, Known>();

  constructor(config: Pick<Config, "MODELS_DIR" | "DATA_DIR">, catalog: Pick<LiveCatalog, "released">, log: Log) {
    this.#config = config;
    this.#catalog = catalog;
    this.#log = log;
  }

  async all(): Promise<readonly Watched[]> {
    const all = await Promise.all(installedProgrammes(this.#catalog.released).map((programme) => this.#of(programme)));
    return all.filter((each) => each !== undefined);
  }

  /** Whether the release of a programme that serves can be watched. Never rejects. */
  async has(id: string): Promise<boolean> {
    const programme = this.#catalog.released.programmes.get(id);
    return programme !== undefined && !("missing" in programme) && (await this.#of(programme)) !== undefined;
  }

  /** Never rejects: what cannot be made out now is tried again when it is asked for again. */
  #of(programme: Programme): Promise<Watched | undefined> {
    const { id } = programme.manifest;
    const release = releaseOf(programme);
    const known = this.#known.get(id);
    if (known?.release === release) return known.watched;
    const watched = this.#make(programme);
    this.#known.set(id, { release, watched });
    return watched;
  }

  async #make(programme: Programme): Promise<Watched | undefined> {
    const { id } = programme.manifest;
    try {
      const watched = await watchedOf(this.#config, programme);
      if (watched === undefined) this.#log.warn({ programme: id }, "its pack has nothing to compare live cases with");
      return watched;
    } catch (error) {
      this.#log.error({ err: error, programme: id }, "what live cases are compared with cannot be made out");
      this.#known.delete(id);
      return undefined;
    }
  }
}
