import type { ReaderPack } from "../contracts/index.ts";
import type { Clock, Log } from "../platform/index.ts";
import type { Heartbeat, Hold } from "./messages.ts";
import { type AskedPack, mayMend, PackFault, type PackFaultCode } from "./pack-exchange.ts";

/** A server that says nothing for so long while others speak needs its packs no more. */
const leaseMs = 30_000;
const serversMax = 32;
const detailMax = 300;

/** Waits before another try, doubled each time up to the most. */
export interface RetryDelays {
  readonly firstMs: number;
  readonly mostMs: number;
}
const mending: RetryDelays = { firstMs: 1000, mostMs: 60_000 };
/** A pack that cannot be loaded costs every thread a moment each time. */
const lasting: RetryDelays = { firstMs: 15_000, mostMs: 600_000 };

export interface PackHolderOptions {
  /** Loaded at the start, and kept until a server says what it wants. */
  readonly own: readonly ReaderPack[];
  /**
   * Finds, fetches and verifies.
   * @param again it failed before: what lies on the disk may be why
   * @throws {PackFault}
   */
  readonly find: (asked: AskedPack, again: boolean) => Promise<ReaderPack>;
  /** Loads exactly these; `later`: not before their first task. When it rejects, what was served before is served on. */
  readonly serve: (packs: readonly ReaderPack[], later: readonly string[]) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly delays?: { readonly mending: RetryDelays; readonly lasting: RetryDelays };
}

interface Failure {
  readonly code: PackFaultCode;
  readonly detail: string;
  readonly object: string | undefined;
  readonly attempts: number;
  readonly retryAt: number;
}

/**
 * What a node holds: all that servers ask it for together. One change after the other; what cannot be fetched or loaded
 * is said, tried again with growing waits, and takes nothing away from what serves.
 */
export class PackHolder {
  readonly #options: PackHolderOptions;
  readonly #servers = new Map<string, { readonly packs: readonly AskedPack[]; readonly at: number }>();
  readonly #found = new Map<string, ReaderPack>();
  readonly #failed = new Map<string, Failure>();
  #serving: readonly string[];
  /** The last set that was served, with what may come later. */
  #served: string | undefined;
  #refused = 0;
  #again = false;
  #stopped = false;
  #working: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #tell: () => void = () => undefined;

  constructor(options: PackHolderOptions) {
    this.#options = options;
    this.#serving = options.own.map(({ digest }) => digest);
    for (const pack of options.own) this.#found.set(pack.digest, pack);
  }

  /** @param tell told of each change of what `view` says */
  onChange(tell: () => void): void {
    this.#tell = tell;
  }

  /** A server says what it wants held from now on. */
  asked({ server, packs }: Hold): void {
    const now = this.#options.clock.now();
    this.#servers.delete(server);
    this.#servers.set(server, { packs, at: now });
    for (const [name, { at }] of this.#servers)
      if (now - at > leaseMs || this.#servers.size > serversMax) this.#servers.delete(name);
    this.#poke();
  }

  view(): Required<Pick<Heartbeat, "takesPacks" | "loading" | "failed" | "refused">> {
    const missing = [...this.#wanted().keys()].filter((pack) => !this.#serving.includes(pack));
    return {
      takesPacks: true,
      loading: missing.filter((pack) => !this.#failed.has(pack)),
      failed: [...this.#failed].map(([pack, { code, detail, object }]) => ({
        pack,
        code,
        detail,
        ...(object !== undefined && { object }),
      })),
      refused: this.#refused,
    };
  }

  /** What runs is finished. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    await this.#working;
  }

  /** By digest; what any server wants at once is wanted at once. */
  #wanted(): ReadonlyMap<string, AskedPack> {
    const wanted = new Map<string, AskedPack>();
    for (const { packs } of this.#servers.values())
      for (const asked of packs) {
        const known = wanted.get(asked.pack);
        if (known === undefined || (known.later && !asked.later)) wanted.set(asked.pack, asked);
      }
    return wanted;
  }

  #poke(): void {
    this.#again = true;
    if (this.#stopped || this.#working !== undefined) return;
    clearTimeout(this.#retry);
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
      this.#planRetry();
    });
  }

  #planRetry(): void {
    const soonest = Math.min(...[...this.#failed.values()].map(({ retryAt }) => retryAt));
    if (this.#stopped || !Number.isFinite(soonest)) return;
    const waitMs = Math.max(0, soonest - this.#options.clock.now());
    this.#retry = setTimeout(() => this.#poke(), waitMs);
  }

  async #work(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      const wanted = this.#wanted();
      for (const pack of this.#failed.keys()) if (!wanted.has(pack)) this.#failed.delete(pack);
      // What is needed now is served before what is for later is fetched.
      await this.#findAll([...wanted.values()].filter(({ later }) => !later));
      if (this.#again) continue;
      await this.#serve(wanted);
      if (this.#again) continue;
      await this.#findAll([...wanted.values()].filter(({ later }) => later));
      if (!this.#again) await this.#serve(wanted);
    }
  }

  async #findAll(asked: readonly AskedPack[]): Promise<void> {
    for (const each of asked) {
      if (this.#again || this.#stopped) return;
      if (this.#found.has(each.pack) || this.#rests(each.pack)) continue;
      try {
        const pack = await this.#options.find(each, this.#failed.has(each.pack));
        // Whoever finds verifies; this is the last line before an engine.
        if (pack.digest !== each.pack) throw new PackFault("manifest-invalid", "another pack was found");
        this.#found.set(each.pack, pack);
        this.#failed.delete(each.pack);
      } catch (error) {
        this.#fail(each, error);
      }
    }
  }

  async #serve(wanted: ReadonlyMap<string, AskedPack>): Promise<void> {
    const loadable = [...wanted.values()].filter(({ pack }) => this.#found.has(pack) && !this.#rests(pack));
    const laterOf = (asked: readonly AskedPack[]) => asked.filter(({ later }) => later).map(({ pack }) => pack);
    const key = JSON.stringify([loadable.map(({ pack }) => pack).sort(), laterOf(loadable).sort()]);
    // An engine with nothing to do is no use; it keeps what it has.
    if (key === this.#served || loadable.length === 0) return;
    const apply = async (asked: readonly AskedPack[]): Promise<void> => {
      const packs = asked.flatMap(({ pack }) => this.#found.get(pack) ?? []);
      await this.#options.serve(packs, laterOf(asked));
      this.#serving = packs.map(({ digest }) => digest);
      for (const { pack } of asked) this.#failed.delete(pack);
      this.#tell();
    };
    try {
      await apply(loadable);
      this.#served = key;
    } catch (error) {
      await this.#serveEach(loadable, apply, error);
    }
    for (const pack of this.#found.keys())
      if (!wanted.has(pack) && !this.#serving.includes(pack)) this.#found.delete(pack);
  }

  /** One of several cannot be loaded: each is tried beside those that serve, so that the others are not held up. */
  async #serveEach(
    loadable: readonly AskedPack[],
    apply: (asked: readonly AskedPack[]) => Promise<void>,
    first: unknown,
  ): Promise<void> {
    const good = loadable.filter(({ pack }) => this.#serving.includes(pack));
    const fresh = loadable.filter(({ pack }) => !this.#serving.includes(pack));
    for (const asked of fresh) {
      const outcome = fresh.length === 1 ? Promise.reject(first) : apply([...good, asked]);
      await outcome.then(
        () => good.push(asked),
        (error: unknown) => this.#fail(asked, error),
      );
    }
    if (fresh.length === 0) this.#options.log.warn({ err: first }, "packs that nobody wants stay loaded");
  }

  #rests(pack: string): boolean {
    const failure = this.#failed.get(pack);
    return failure !== undefined && this.#options.clock.now() < failure.retryAt;
  }

  #fail({ pack, id }: AskedPack, error: unknown): void {
    const { log, clock, delays = { mending, lasting } } = this.#options;
    const fault = error instanceof PackFault ? error : new PackFault("load-failed", wordsOf(error));
    const { code, object } = fault;
    if (code === "object-corrupt" || code === "object-too-large" || code === "model-refused") this.#refused++;
    this.#found.delete(pack);
    const attempts = (this.#failed.get(pack)?.attempts ?? 0) + 1;
    const { firstMs, mostMs } = mayMend.has(code) ? delays.mending : delays.lasting;
    const waitMs = Math.min(mostMs, firstMs * 2 ** (attempts - 1));
    const detail = fault.message.slice(0, detailMax);
    this.#failed.set(pack, { code, detail, object, attempts, retryAt: clock.now() + waitMs });
    const words = { pack: id, digest: pack, code, reason: detail, object, attempts, waitMs };
    // A server may still be putting what is not there yet.
    if (code === "object-missing" && attempts < 3) log.info(words, "a pack is not there yet");
    else log.error(words, "a pack is not served");
    this.#tell();
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
