import type { RawReading, ReaderPack, VerifiedFile } from "../contracts/index.ts";
import type { FromEngine, ThreadImage } from "./messages.ts";
import type { BatchAnswer, ThreadPool } from "./thread-pool.ts";

/** A network that takes less on one core, ms, has little to gain, and is not loaded once more for it. */
export const worthMs = 8;
/** Lone runs of a pack before that is judged, by the shortest of them: a busy machine makes any run long. */
const runsMin = 5;
/** Of so many lone images one is read the way that took longer lately: by the next, that may have changed. */
const tryEvery = 16;
/** Weight of the newest run in what a way takes. */
const newestShare = 0.2;
/** Made pictures on which every output must be the same to the last bit. */
const proofs = 8;
/** While it is loaded, a network takes about three times its file: what was read, its graph, its packed weights. */
const memoryFactor = 4;

/** Ways to read an image that is alone. */
type Way = "wide" | "ordinary";

interface Seen {
  /** Ordinary ones. */
  runs: number;
  leastMs: number;
  /** What each way takes lately; 0 before its first run. */
  readonly ms: Record<Way, number>;
}

type Pool = Pick<ThreadPool, "warm" | "prove" | "run" | "close">;

export interface WideDeps {
  /** One thread whose sessions have all cores; asked for once, with the first pack. */
  readonly open: () => Pool;
  readonly ordinary: Pick<ThreadPool, "prove">;
  readonly bytesMax: number;
  /** Least time of a run on one core that a second copy is worth, ms; 0: it is used whatever it brings. */
  readonly worthMs: number;
  /** Bytes that the process may still take. */
  readonly memory: () => number;
  readonly tell: (message: Extract<FromEngine, { kind: "wide" }>) => void;
}

/**
 * Readers with all cores for one image, for moments in which nothing else waits. Each is a second copy of a network, so
 * only what is asked for alone and takes long gets one, in an idle moment, within a bound of bytes, and only when it
 * answers just as its ordinary session does: a score must not depend on how busy the server is. It is used while it is
 * quicker, which it is not on cores that somebody else keeps busy.
 */
export class WideReaders {
  readonly #deps: WideDeps;
  #packs: ReadonlyMap<string, ReaderPack> = new Map();
  readonly #seen = new Map<string, Seen>();
  readonly #refused = new Set<string>();
  readonly #ready = new Set<string>();
  #pool: Pool | undefined;
  #changing: Promise<void> | undefined;
  #lone = 0;
  #closed = false;

  constructor(deps: WideDeps, packs: readonly ReaderPack[]) {
    this.#deps = deps;
    this.know(packs);
  }

  /** The packs that are served from now on; others are released. */
  know(packs: readonly ReaderPack[]): void {
    this.#packs = new Map(packs.map((pack) => [pack.digest, pack]));
    for (const digests of [this.#seen, this.#refused])
      for (const digest of digests.keys()) if (!this.#packs.has(digest)) digests.delete(digest);
    const gone = [...this.#ready].filter((digest) => !this.#packs.has(digest));
    for (const digest of gone) this.#ready.delete(digest);
    if (gone.length > 0) this.#change(() => this.#keep());
  }

  /** Whether the lone image that is read next by these packs should have all cores. */
  takes(packs: readonly string[]): boolean {
    if (this.#changing !== undefined || !packs.every((digest) => this.#ready.has(digest))) return false;
    if (this.#deps.worthMs === 0) return true;
    const takes = (way: Way): number => packs.reduce((sum, digest) => sum + (this.#seen.get(digest)?.ms[way] ?? 0), 0);
    const quicker = takes("wide") <= takes("ordinary");
    return ++this.#lone % tryEvery === 0 ? !quicker : quicker;
  }

  /** What an image took that was alone. */
  observed(readings: readonly RawReading[], way: Way): void {
    for (const { pack, computeMs } of readings) {
      if (!this.#packs.has(pack)) continue;
      const seen = this.#seen.get(pack) ?? { runs: 0, leastMs: Number.POSITIVE_INFINITY, ms: { wide: 0, ordinary: 0 } };
      const before = seen.ms[way];
      seen.ms[way] = before === 0 ? computeMs : before + newestShare * (computeMs - before);
      this.#seen.set(pack, seen);
      if (way === "wide") continue;
      seen.runs++;
      seen.leastMs = Math.min(seen.leastMs, computeMs);
    }
  }

  /** A moment in which nothing is read: at most one pack is loaded. */
  idle(): void {
    if (this.#changing !== undefined || this.#closed) return;
    const next = [...this.#packs.values()].find((pack) => this.#isWanted(pack));
    if (next !== undefined) this.#change(() => this.#load(next));
  }

  run(packs: readonly string[], image: ThreadImage, maps: boolean): Promise<BatchAnswer> {
    if (this.#pool === undefined) throw new Error("no pack is ready to be read with all cores");
    return this.#pool.run(packs, [image], maps);
  }

  /** Only when nothing runs; what is being loaded is waited for. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#changing !== undefined) await this.#changing;
    await this.#pool?.close();
  }

  /** One change after the other; meanwhile images are read by ordinary sessions. */
  #change(act: () => Promise<void>): void {
    const mine = (this.#changing ?? Promise.resolve()).then(act).finally(() => {
      if (this.#changing === mine) this.#changing = undefined;
    });
    this.#changing = mine;
  }

  #isWanted({ digest }: ReaderPack): boolean {
    const { runs, leastMs } = this.#seen.get(digest) ?? { runs: 0, leastMs: 0 };
    return !this.#ready.has(digest) && !this.#refused.has(digest) && runs >= runsMin && leastMs >= this.#deps.worthMs;
  }

  async #load(pack: ReaderPack): Promise<void> {
    const { digest } = pack;
    if (!this.#packs.has(digest) || this.#closed) return;
    const reason = this.#tooLarge(pack) ?? (await this.#loadAndProve(pack));
    if (!this.#packs.has(digest)) {
      // The packs have changed meanwhile.
      this.#deps.tell({ kind: "wide", pack: digest, state: "gone" });
      return this.#keep();
    }
    if (reason === undefined) {
      this.#ready.add(digest);
      this.#deps.tell({ kind: "wide", pack: digest, state: "ready" });
      return;
    }
    this.#refused.add(digest);
    this.#deps.tell({ kind: "wide", pack: digest, state: "refused", reason });
    await this.#keep();
  }

  #tooLarge(pack: ReaderPack): string | undefined {
    const { bytesMax, memory } = this.#deps;
    const own = networkFileOf(pack);
    const held = this.#kept().map(networkFileOf);
    const bytes = [...new Map([...held, own].map((file) => [file.sha256, file.bytes])).values()];
    if (bytes.reduce((sum, each) => sum + each, 0) > bytesMax) return "there is no room for its network";
    return memory() < memoryFactor * own.bytes ? "memory is short" : undefined;
  }

  /** @returns why the pack must not be read with all cores, undefined when it may */
  async #loadAndProve(pack: ReaderPack): Promise<string | undefined> {
    const { digest } = pack;
    this.#deps.tell({ kind: "wide", pack: digest, state: "loading" });
    this.#pool ??= this.#deps.open();
    try {
      await this.#pool.warm([...this.#kept(), pack], []);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    for (let picture = 0; picture < proofs && !this.#closed; picture++) {
      const wide = await this.#pool.prove(digest, picture);
      if (wide === undefined || wide !== (await this.#deps.ordinary.prove(digest, picture)))
        return "its answers are others, in their last bits, with all cores";
    }
    return undefined;
  }

  #kept(): ReaderPack[] {
    return [...this.#packs.values()].filter(({ digest }) => this.#ready.has(digest));
  }

  async #keep(): Promise<void> {
    await this.#pool?.warm(this.#kept(), []);
  }
}

const networkFileOf = (pack: ReaderPack): VerifiedFile => (pack.kind === "fast" ? pack.encoder : pack.network).file;
