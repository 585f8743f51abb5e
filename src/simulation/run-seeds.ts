import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { FaultKind } from "./faults.ts";
import type { SeedReport } from "./simulate.ts";

const entry = new URL("./seeds.worker.js", import.meta.url);
/** Seeds that a thread takes at a time. */
const runLength = 25;
const threadsMax = 16;

export interface SeedsSummary {
  readonly seeds: number;
  /** The first ones in which a rule did not hold. */
  readonly broken: readonly Pick<SeedReport, "seed" | "broken" | "hash">[];
  readonly brokenCount: number;
  /** Runs in which nothing went wrong at all: they prove less. */
  readonly faultless: number;
  readonly events: number;
  readonly virtualMs: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly tasks: { readonly settled: number; readonly cancelled: number };
  readonly hedges: { readonly sent: number; readonly of: number };
  readonly items: Readonly<Record<keyof SeedReport["items"], number>>;
  readonly leases: { readonly fenced: number; readonly takenOver: number };
}

const shownMax = 20;

/** Adds up what seeds reported, in any order. */
export class Summary {
  readonly #broken: SeedReport[] = [];
  readonly #sums = new Map<string, number>();
  #seeds = 0;
  #faultless = 0;
  readonly #faults: Partial<Record<FaultKind, number>> = {};

  add(report: SeedReport): void {
    this.#seeds++;
    if (report.broken !== undefined) this.#broken.push(report);
    const struck = Object.entries(report.faults) as [FaultKind, number][];
    if (struck.length === 0) this.#faultless++;
    for (const [kind, times] of struck) this.#faults[kind] = (this.#faults[kind] ?? 0) + times;
    const { events, virtualMs, tasks, hedges, leases, items } = report;
    const all = { events, virtualMs, ...tasks, ...hedges, ...leases };
    for (const [name, value] of Object.entries(all)) this.#sums.set(name, this.#of(name) + value);
    for (const [name, value] of Object.entries(items))
      this.#sums.set(`items.${name}`, this.#of(`items.${name}`) + value);
  }

  get seeds(): number {
    return this.#seeds;
  }

  get total(): SeedsSummary {
    const broken = this.#broken.toSorted((one, other) => one.seed - other.seed);
    const item = (state: keyof SeedReport["items"]): number => this.#of(`items.${state}`);
    return {
      seeds: this.#seeds,
      broken: broken
        .slice(0, shownMax)
        .map(({ seed, broken: rule, hash }) => ({ seed, ...(rule && { broken: rule }), hash })),
      brokenCount: broken.length,
      faultless: this.#faultless,
      events: this.#of("events"),
      virtualMs: this.#of("virtualMs"),
      faults: this.#faults,
      tasks: { settled: this.#of("settled"), cancelled: this.#of("cancelled") },
      hedges: { sent: this.#of("sent"), of: this.#of("of") },
      items: {
        total: item("total"),
        queued: item("queued"),
        leased: item("leased"),
        done: item("done"),
        failed: item("failed"),
        dead: item("dead"),
        cancelled: item("cancelled"),
      },
      leases: { fenced: this.#of("fenced"), takenOver: this.#of("takenOver") },
    };
  }

  #of(name: string): number {
    return this.#sums.get(name) ?? 0;
  }
}

/**
 * Seeds from `first`, on as many threads as there are cores. A seed's run depends on nothing but the seed, so it does not
 * matter where it runs.
 */
export async function runSeeds(
  first: number,
  count: number,
  onProgress: (done: number, of: number) => void = () => undefined,
): Promise<SeedsSummary> {
  const summary = new Summary();
  let next = first;
  const take = (): number[] => {
    const from = next;
    next = Math.min(first + count, next + runLength);
    return Array.from({ length: next - from }, (_, i) => from + i);
  };
  const serve = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const thread = new Worker(entry);
      const give = (): void => {
        const seeds = take();
        if (seeds.length > 0) thread.postMessage(seeds);
        else void thread.terminate().then(() => resolve());
      };
      thread.on("message", (reports: readonly SeedReport[]) => {
        for (const report of reports) summary.add(report);
        onProgress(summary.seeds, count);
        give();
      });
      thread.on("error", reject);
      give();
    });
  const threads = Math.min(threadsMax, availableParallelism(), Math.ceil(count / runLength));
  await Promise.all(Array.from({ length: threads }, serve));
  return summary.total;
}
