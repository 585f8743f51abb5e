import { mapOutput, type ReaderPack } from "../contracts/index.ts";

/** What an engine serves: its packs, and the digests of those that it loads only when they are needed. */
export interface PackSet {
  readonly packs: readonly ReaderPack[];
  readonly later: readonly string[];
}

type Apply = (set: PackSet) => Promise<void>;

/** The packs of one engine, changed by one caller after the other. */
export class HeldPacks {
  #now: PackSet;
  #digests: ReadonlySet<string> = new Set();
  /** Packs that can say where the evidence lies. */
  #mapping: ReadonlySet<string> = new Set();
  #changing: Promise<void> = Promise.resolve();

  constructor(first: PackSet) {
    this.#now = first;
    this.#replace(first);
  }

  get now(): PackSet {
    return this.#now;
  }

  has(digest: string): boolean {
    return this.#digests.has(digest);
  }

  hasMap(digest: string): boolean {
    return this.#mapping.has(digest);
  }

  /** Digests of what is loaded. */
  loaded(): string[] {
    const later = new Set(this.#now.later);
    return [...this.#digests].filter((digest) => !later.has(digest));
  }

  /**
   * @param apply brings the engine there; when it rejects, nothing has changed
   * @param wanted digests that need not be loaded yet, default: those that were not before; what is loaded stays so
   */
  hold(packs: readonly ReaderPack[], apply: Apply, wanted?: readonly string[]): Promise<void> {
    return this.#change(({ later }) => {
      const loaded = new Set(this.loaded());
      return { packs, later: wanted?.filter((digest) => !loaded.has(digest)) ?? later };
    }, apply);
  }

  /** Nothing is asked of `apply` when nothing of this is for later. */
  warm(digests: readonly string[], apply: Apply): Promise<void> {
    return this.#change(({ packs, later }) => {
      const rest = later.filter((digest) => !digests.includes(digest));
      return rest.length < later.length ? { packs, later: rest } : undefined;
    }, apply);
  }

  /** Each change states the whole set, and the engine's threads meet at a barrier: two at once would wait for each other. */
  #change(next: (now: PackSet) => PackSet | undefined, apply: Apply): Promise<void> {
    const mine = this.#changing.then(async () => {
      const wanted = next(this.#now);
      if (wanted === undefined) return;
      await apply(wanted);
      this.#replace(wanted);
    });
    this.#changing = mine.catch(() => undefined);
    return mine;
  }

  #replace(set: PackSet): void {
    this.#now = set;
    this.#digests = new Set(set.packs.map(({ digest }) => digest));
    this.#mapping = new Set(set.packs.filter(hasMap).map(({ digest }) => digest));
  }
}

const hasMap = (pack: ReaderPack): boolean => pack.kind === "fine" && mapOutput in pack.network.network.outputs;
