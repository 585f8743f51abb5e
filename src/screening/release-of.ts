import type { Programme, ProgrammeCatalog } from "../contracts/index.ts";

/** Releases that are remembered, all programmes together: an engine lets one go soon after it was replaced. */
const releasesMax = 32;

/** Names the packs that make a decision, by their digests. */
export const releaseOf = ({ fast, fine, band }: Pick<Programme, "fast" | "fine" | "band">): string =>
  [fast.digest, fine.digest, band.digest].join("+");

/** The releases that are served and those that were served before them, since this process began. */
export class KnownReleases {
  readonly #catalog: ProgrammeCatalog;
  readonly #known = new Map<string, Programme>();
  #served: ReadonlySet<string> = new Set();

  constructor(catalog: ProgrammeCatalog) {
    this.#catalog = catalog;
  }

  /** Looks at the catalogue again. @returns names of all that are known */
  names(): readonly string[] {
    const served = new Set<string>();
    for (const programme of [...this.#catalog.programmes.values(), ...(this.#catalog.beside ?? [])]) {
      if ("missing" in programme) continue;
      const name = releaseOf(programme);
      served.add(name);
      // Written again, so that the ones that serve are the newest.
      this.#known.delete(name);
      this.#known.set(name, programme);
    }
    this.#served = served;
    for (const name of this.#known.keys()) {
      if (this.#known.size <= releasesMax) break;
      if (!served.has(name)) this.#known.delete(name);
    }
    return [...this.#known.keys()];
  }

  get(name: string): Programme | undefined {
    return this.#known.get(name);
  }

  isServed(name: string): boolean {
    return this.#served.has(name);
  }

  /** By the digest of the fine reader: whichever was looked at last, for they all read alike. */
  byFine(): ReadonlyMap<string, Programme> {
    return new Map([...this.#known.values()].map((programme) => [programme.fine.digest, programme]));
  }
}
