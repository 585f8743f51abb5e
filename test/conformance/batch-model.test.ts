import { describe, expect, it } from "vitest";
import { DatabaseRecords } from "../../dist/store/index.js";
import type {
  BatchItemDraft,
  BatchPriority,
  BatchStore,
  CaseRecord,
  ItemLease,
  ItemSettlement,
  LeasedItem,
  Origin,
} from "../../src/contracts/index.ts";
import { Random } from "../../src/contracts/random.ts";
import { createLog, newCaseId, systemClock } from "../../src/platform/index.ts";
import { caseRecord } from "../support/case-record.ts";
import { embeddedDatabase, serverDatabase } from "../support/database.ts";
import { ModelRecords } from "../support/model-records.ts";

const server = process.env["TEST_DATABASE_URL"] || undefined;
const databases = [
  { name: "PGlite", open: embeddedDatabase, here: true },
  { name: "PostgreSQL", open: () => serverDatabase(server as string), here: server !== undefined },
];
const origin: Origin = { actor: "test", requestId: "request-1" };
/** A lease or wait is over at once, or not within the test: so no clock decides anything. */
const spansMs = [0, 3_600_000] as const;
const triesMax = 3;
const steps = 400;

/** The same calls to two stores, chosen by chance; what both say must be the same. */
class Pair {
  readonly #random: Random;
  readonly #stores: readonly [BatchStore, BatchStore];
  readonly #ids: string[] = [];
  readonly #leases: LeasedItem[] = [];
  readonly #recorded: [CaseRecord, ItemLease][] = [];
  /** How often each call was made and changed something or gave something. */
  readonly told = new Map<string, number>();

  constructor(random: Random, stores: readonly [BatchStore, BatchStore]) {
    this.#random = random;
    this.#stores = stores;
  }

  async step(): Promise<void> {
    const dice = this.#random.next();
    if (this.#ids.length < 2 || dice < 0.06) await this.#post();
    else if (dice < 0.4) await this.#lease();
    else if (dice < 0.5) await this.#renew();
    else if (dice < 0.75) await this.#settle();
    else if (dice < 0.92) await this.#record();
    else await this.#wish(dice < 0.95);
    for (const id of this.#ids) await this.#both((store) => store.getBatch(id));
  }

  async compareResults(): Promise<void> {
    for (const id of this.#ids) await this.#both((store) => store.batchResults(id, -1, 100));
  }

  async #post(): Promise<void> {
    const id = newCaseId();
    const priority: BatchPriority = this.#random.chance(0.3) ? "low" : "normal";
    const items = Array.from({ length: this.#upTo(6) + 1 }, (_, i): BatchItemDraft => {
      if (this.#random.chance(0.1)) return { subject: {}, problem: { code: "image-malformed" } };
      return { customId: `${i}`, subject: {}, source: { kind: "object", sha256: String(i).padStart(64, "0") } };
    });
    await this.#both((store) => store.beginBatch({ id, programme: "cataract", priority, origin }));
    await this.#both((store) => store.addItems(id, 0, items));
    await this.#both((store) => store.sealBatch(id));
    this.#ids.push(id);
  }

  async #lease(): Promise<void> {
    const ask = { limit: this.#upTo(5) + 1, leaseMs: this.#span(), triesMax };
    const leased = await this.#both((store) => store.leaseItems(ask));
    this.#leases.push(...leased);
    this.#tell("leased", leased.length);
  }

  async #renew(): Promise<void> {
    const leases = this.#some();
    const ms = this.#span();
    this.#tell("renewed", (await this.#both((store) => store.renewLeases(leases, ms))).length);
    this.#tell("not renewed", leases.length);
  }

  async #settle(): Promise<void> {
    const problem = { code: "source-unavailable" } as const;
    const settlements = this.#some().map(({ batch, seq, attempt }): ItemSettlement => {
      const afterMs = this.#span();
      const ends = [
        { result: "failed", problem },
        { result: "dead", problem },
      ] as const;
      const waits = [
        { result: "retry", problem, afterMs },
        { result: "release", afterMs },
      ] as const;
      const all = [...ends, ...waits, ...waits] as const;
      return { batch, seq, attempt, ...(all[this.#upTo(all.length)] as (typeof all)[number]) };
    });
    await this.#both((store) => store.settleItems(settlements));
    this.#tell("settled", settlements.length);
  }

  async #record(): Promise<void> {
    const [lease] = this.#some();
    if (lease === undefined) return;
    // Now and then the very same once more, as after a commit whose answer was lost.
    const again = this.#random.chance(0.2) ? this.#recorded[this.#upTo(this.#recorded.length)] : undefined;
    const [made, held] = again ?? [caseRecord(), lease];
    this.#recorded.push([made, held]);
    const isWritten = await this.#both((store) => store.recordItem(made, origin, held));
    this.#tell(isWritten ? "written" : "fenced", 1);
  }

  async #wish(isCancel: boolean): Promise<void> {
    const id = this.#ids[this.#upTo(this.#ids.length)] as string;
    await this.#both((store) => (isCancel ? store.cancelBatch(id, origin) : store.retryFailed(id, origin)));
  }

  async #both<T>(ask: (store: BatchStore) => Promise<T>): Promise<T> {
    const [one, other] = this.#stores;
    const said = await ask(one);
    expect(comparable(await ask(other))).toEqual(comparable(said));
    return said;
  }

  /** Leases of now and of long ago, each item once. */
  #some(): readonly LeasedItem[] {
    const chosen = Array.from({ length: 3 }, () => this.#leases[Math.max(0, this.#leases.length - 1 - this.#upTo(12))]);
    const held = chosen.filter((each) => each !== undefined);
    return held.filter(({ batch, seq }, i) => held.findIndex((each) => each.batch === batch && each.seq === seq) === i);
  }

  #tell(what: string, times: number): void {
    this.told.set(what, (this.told.get(what) ?? 0) + times);
  }

  #span = (): number => spansMs[this.#random.chance(0.6) ? 0 : 1] as number;
  #upTo = (count: number): number => Math.floor(this.#random.between(0, count));
}

/** Without times and rates, which two stores measure apart; renewed leases in any order. */
function comparable(said: unknown): unknown {
  if (Array.isArray(said)) {
    const named = said as readonly ItemLease[];
    return [...named].sort((a, b) => (`${a.batch}/${a.seq}` < `${b.batch}/${b.seq}` ? -1 : 1));
  }
  if (said === null || typeof said !== "object") return said;
  const { createdAt: _, finishedAt, itemsPerSecond: __, ...rest } = said as Readonly<Record<string, unknown>>;
  return { ...rest, isFinished: finishedAt !== undefined };
}

/** The SQL of the store against the rules that the simulator runs: the same histories, the same answers. */
describe.each(databases)("the rules of batches and $name", ({ open, here }) => {
  it.skipIf(!here)(
    "say the same to any history",
    async () => {
      const database = await open();
      const records = new DatabaseRecords({
        place: database.place,
        imageDays: 0,
        clock: systemClock,
        log: createLog("silent", "test"),
      });
      await records.start();
      try {
        let now = 1e12;
        const rules = new ModelRecords(() => ++now);
        const pair = new Pair(new Random(23), [rules.batches, records.batches]);
        for (let step = 0; step < steps; step++) await pair.step();
        await pair.compareResults();
        for (const what of ["leased", "renewed", "settled", "written", "fenced"])
          expect(pair.told.get(what), what).toBeGreaterThan(5);
      } finally {
        await records.close();
        await database.drop();
      }
    },
    120_000,
  );
});
