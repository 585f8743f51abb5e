import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatabaseRecords } from "../../dist/store/index.js";
import type {
  BatchCounts,
  BatchItemDraft,
  BatchRecord,
  BatchStore,
  LeasedItem,
  Origin,
} from "../../src/contracts/index.ts";
import { createLog, newCaseId, systemClock } from "../../src/platform/index.ts";
import { caseRecord } from "../support/case-record.ts";
import { embeddedDatabase, serverDatabase, type TestDatabase } from "../support/database.ts";
import { ModelRecords } from "../support/model-records.ts";
import { until } from "../support/server.ts";

const server = process.env["TEST_DATABASE_URL"] || undefined;
const origin: Origin = { actor: "test", requestId: "request-1" };
/** Of records, what batches are held against. */
type Records = Pick<DatabaseRecords, "getCase" | "knownObjects"> & {
  readonly batches: BatchStore;
  verifyAudit(): Promise<{ readonly entries: number }>;
};
interface Opened {
  connect(): Promise<Records>;
  /** Whether several may be connected at once. */
  readonly isShared: boolean;
  close(): Promise<void>;
}

async function overDatabase(database: TestDatabase): Promise<Opened> {
  const opened: DatabaseRecords[] = [];
  return {
    isShared: "url" in database.place,
    connect: async () => {
      const log = createLog("silent", "test");
      const made = new DatabaseRecords({ place: database.place, imageDays: 0, clock: systemClock, log });
      await made.start();
      opened.push(made);
      return made;
    },
    close: async () => {
      for (const each of opened) await each.close();
      await database.drop();
    },
  };
}

async function rulesAlone(): Promise<Opened> {
  const records = new ModelRecords(() => systemClock.wallMs());
  return { isShared: false, connect: async () => records, close: async () => undefined };
}

const kinds = [
  { name: "the rules alone", open: rulesAlone, here: true },
  { name: "PGlite", open: async () => overDatabase(await embeddedDatabase()), here: true },
  {
    name: "PostgreSQL",
    open: async () => overDatabase(await serverDatabase(server as string)),
    here: server !== undefined,
  },
];
const longMs = 60_000;
const shortMs = 50;
const triesMax = 3;

const object = (i: number): BatchItemDraft => ({
  customId: `item-${i}`,
  subject: { externalId: `x-${i}` },
  source: { kind: "object", sha256: i.toString(16).padStart(64, "0") },
});
const none: BatchCounts = { total: 0, queued: 0, leased: 0, done: 0, failed: 0, dead: 0, cancelled: 0 };

/** One suite, the rules that the simulator runs and both databases. PostgreSQL is the one of DATABASE_URL. */
describe.each(kinds)("batches in $name", ({ open, here }) => {
  describe.skipIf(!here)("(a server in DATABASE_URL, which tests see as TEST_DATABASE_URL)", () => {
    let opened: Opened;
    let records: Records;
    const begin = async (): Promise<string> => {
      const id = newCaseId();
      await records.batches.beginBatch({ id, programme: "cataract", priority: "normal", origin });
      return id;
    };
    const post = async (count: number, claim?: { key: string; fingerprint: string }): Promise<BatchRecord> => {
      const id = await begin();
      await records.batches.addItems(
        id,
        0,
        Array.from({ length: count }, (_, i) => object(i)),
      );
      return records.batches.sealBatch(id, claim);
    };
    const lease = (limit: number, leaseMs = longMs) => records.batches.leaseItems({ limit, leaseMs, triesMax });
    const countsOf = async (id: string) => (await records.batches.getBatch(id))?.counts;
    const record = async (held: LeasedItem) => {
      const made = caseRecord();
      return { made, isWritten: await records.batches.recordItem(made, origin, held) };
    };
    /** So that the next test leases its own items only. */
    const finish = async (held: readonly LeasedItem[]): Promise<void> => {
      const problem = { code: "image-undecodable" as const };
      await records.batches.settleItems(held.map((each) => ({ ...each, result: "failed", problem })));
    };

    beforeAll(async () => {
      opened = await open();
      records = await opened.connect();
    }, 60_000);
    afterAll(() => opened.close());

    it("knows no batch that was never posted, and none that is still received", async () => {
      expect(await records.batches.getBatch(randomUUID())).toBeUndefined();
      expect(await records.batches.getBatch("not an id")).toBeUndefined();
      expect(await records.batches.cancelBatch(randomUUID(), origin)).toBeUndefined();
      const id = await begin();
      await records.batches.addItems(id, 0, [object(0)]);
      expect(await records.batches.getBatch(id)).toBeUndefined();
      expect(await lease(10)).toEqual([]);
      await records.batches.dropBatch(id);
      expect(await records.batches.forgetBatches(1)).toBe(true);
      expect(await records.batches.forgetBatches(1)).toBe(false);
      await expect(records.batches.addItems(id, 1, [object(1)])).rejects.toMatchObject({ code: "batch-unknown" });
    });

    it("refuses a custom id that is there twice", async () => {
      const id = await begin();
      await records.batches.addItems(id, 0, [object(0)]);
      await expect(records.batches.addItems(id, 1, [object(0)])).rejects.toMatchObject({ code: "field-invalid" });
      await records.batches.dropBatch(id);
    });

    it("gives an item to one worker only, however many ask at once", async () => {
      const batch = await post(40);
      const other = opened.isShared ? await opened.connect() : records;
      const asks = Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? records : other).batches.leaseItems({ limit: 3, leaseMs: longMs, triesMax }),
      );
      const leased = (await Promise.all(asks)).flat();
      expect(new Set(leased.map(({ seq }) => seq)).size).toBe(leased.length);
      const rest = await lease(100);
      expect(leased.length + rest.length).toBe(40);
      expect(await lease(100)).toEqual([]);
      expect(await countsOf(batch.id)).toEqual({ ...none, total: 40, leased: 40 });
      await finish([...leased, ...rest]);
      expect(await records.batches.getBatch(batch.id)).toMatchObject({ state: "done", counts: { failed: 40 } });
    });

    it("gives an item whose lease is over to another, and writes nothing for the one who held it before", async () => {
      const batch = await post(1);
      const [first] = (await lease(1, shortMs)) as [LeasedItem];
      let second: LeasedItem | undefined;
      await until(
        async () => {
          [second] = await lease(1);
          return second !== undefined;
        },
        5000,
        "the lease to be over",
      );
      expect(second).toMatchObject({ seq: first.seq, attempt: first.attempt + 1, tries: 2 });
      expect(await records.batches.renewLeases([first], longMs)).toEqual([]);
      const before = await records.verifyAudit();
      const late = await record(first);
      expect(late.isWritten).toBe(false);
      expect(await records.getCase(late.made.id)).toBeUndefined();
      await records.batches.settleItems([{ ...first, result: "failed", problem: { code: "image-undecodable" } }]);
      expect(await countsOf(batch.id)).toEqual({ ...none, total: 1, leased: 1 });
      expect((await records.verifyAudit()).entries).toBe(before.entries);
      const good = await record(second as LeasedItem);
      expect(good.isWritten).toBe(true);
      expect((await record(first)).isWritten).toBe(false);
      expect((await record(second as LeasedItem)).isWritten).toBe(false);
      const { results } = await records.batches.batchResults(batch.id, -1, 10);
      expect(results).toEqual([{ seq: 0, customId: "item-0", state: "done", record: good.made }]);
      expect(await records.batches.getBatch(batch.id)).toMatchObject({ state: "done", counts: { done: 1 } });
    });

    it("takes the same case of the same holder twice without harm", async () => {
      await post(1);
      const [held] = (await lease(1)) as [LeasedItem];
      const made = caseRecord();
      expect(await records.batches.recordItem(made, origin, held)).toBe(true);
      expect(await records.batches.recordItem(made, origin, held)).toBe(true);
    });

    it("writes a group of cases beside one whose lease is lost", async () => {
      const batch = await post(12);
      const lost = await lease(4, shortMs);
      let again: readonly LeasedItem[] = [];
      await until(
        async () => {
          again = [...again, ...(await lease(12))];
          return again.length === 12;
        },
        5000,
        "all to be leased anew",
      );
      const written = await Promise.all([...lost, ...again].map(async (each) => (await record(each)).isWritten));
      expect(written.filter((each) => each)).toHaveLength(12);
      expect(await countsOf(batch.id)).toEqual({ ...none, total: 12, done: 12 });
    });

    it("keeps a lease that is renewed", async () => {
      await post(1);
      const [held] = (await lease(1, shortMs)) as [LeasedItem];
      expect(await records.batches.renewLeases([held], longMs)).toHaveLength(1);
      await new Promise((resume) => setTimeout(resume, 2 * shortMs));
      expect(await lease(1)).toEqual([]);
      await finish([held]);
    });

    it("tries an item so often and no more: what ends its holders each time is dead", async () => {
      const batch = await post(1);
      let tries = 0;
      await until(
        async () => {
          tries += (await lease(1, 1)).length;
          return (await countsOf(batch.id))?.dead === 1;
        },
        5000,
        "the item to be dead",
      );
      expect(tries).toBe(triesMax);
      const { results } = await records.batches.batchResults(batch.id, -1, 10);
      expect(results).toMatchObject([{ state: "dead", problem: { code: "engine-lost" } }]);
    });

    it("queues what may be tried again after its time, and takes a release for no try", async () => {
      const batch = await post(2);
      const [one, two] = (await lease(2)) as [LeasedItem, LeasedItem];
      await records.batches.settleItems([
        { ...one, result: "retry", problem: { code: "source-unavailable" }, afterMs: longMs },
        { ...two, result: "release", afterMs: 0 },
      ]);
      const again = await lease(2);
      expect(again).toMatchObject([{ seq: two.seq, attempt: 2, tries: 1 }]);
      expect(await countsOf(batch.id)).toMatchObject({ queued: 1, leased: 1 });
      await finish(again);
      await records.batches.cancelBatch(batch.id, origin);
      expect(await records.batches.getBatch(batch.id)).toMatchObject({
        state: "cancelled",
        counts: { cancelled: 1, failed: 1 },
      });
    });

    it("cancels what nobody works on, and lets what is worked on end", async () => {
      const batch = await post(10);
      const held = await lease(2);
      expect(await records.batches.cancelBatch(batch.id, origin)).toMatchObject({
        state: "cancelling",
        counts: { leased: 2, cancelled: 8 },
      });
      expect(await lease(5)).toEqual([]);
      expect((await record(held[0] as LeasedItem)).isWritten).toBe(true);
      await finish(held.slice(1));
      expect(await records.batches.getBatch(batch.id)).toMatchObject({ state: "cancelled" });
      expect(await records.batches.retryFailed(batch.id, origin)).toMatchObject({ state: "cancelled" });
    });

    it("queues anew what failed, and nothing that is done or failed on its way in", async () => {
      const id = await begin();
      const bad: BatchItemDraft = { subject: {}, problem: { code: "image-malformed", detail: "cut off" } };
      await records.batches.addItems(id, 0, [object(0), object(1), bad]);
      await records.batches.sealBatch(id);
      const [one, two] = (await lease(2)) as [LeasedItem, LeasedItem];
      await record(one);
      await finish([two]);
      const done = await records.batches.getBatch(id);
      expect(done).toMatchObject({ state: "done", counts: { done: 1, failed: 2 } });
      const anew = await records.batches.retryFailed(id, origin);
      expect(anew).toMatchObject({ state: "running", counts: { done: 1, failed: 1, queued: 1 } });
      expect(anew?.version).toBeGreaterThan(done?.version ?? 0);
      const [again] = (await lease(5)) as [LeasedItem];
      expect(again).toMatchObject({ seq: 1, attempt: 2, tries: 1 });
      expect((await record(again)).isWritten).toBe(true);
      const { results, waits } = await records.batches.batchResults(id, -1, 10);
      expect(results.map(({ state }) => state)).toEqual(["done", "done", "failed"]);
      expect(waits).toBe(false);
    });

    it("shows results in order, up to the first that is not settled", async () => {
      const batch = await post(4);
      const held = await lease(4);
      await record(held[0] as LeasedItem);
      await record(held[2] as LeasedItem);
      expect(await records.batches.batchResults(batch.id, -1, 10)).toMatchObject({
        results: [{ seq: 0 }],
        waits: true,
      });
      await record(held[1] as LeasedItem);
      expect(await records.batches.batchResults(batch.id, 0, 10)).toMatchObject({
        results: [{ seq: 1 }, { seq: 2 }],
        waits: true,
      });
      await finish(held);
      expect(await records.batches.batchResults(batch.id, 2, 10)).toMatchObject({
        results: [{ seq: 3 }],
        waits: false,
      });
    });

    it("holds one batch under a key, and refuses the key for another", async () => {
      const claim = { key: randomUUID(), fingerprint: "f" };
      const first = await post(1, claim);
      expect((await post(1, claim)).id).toBe(first.id);
      const twice = await Promise.all([post(1, { ...claim, key: "k2" }), post(1, { ...claim, key: "k2" })]);
      expect(twice[0]?.id).toBe(twice[1]?.id);
      await expect(post(1, { ...claim, fingerprint: "g" })).rejects.toMatchObject({ code: "idempotency-key-reused" });
      await finish(await lease(10));
      expect((await records.batches.listBatches(2)).batches).toHaveLength(2);
    });

    it("serves batches in turn, a low one last", async () => {
      const low = newCaseId();
      await records.batches.beginBatch({ id: low, programme: "cataract", priority: "low", origin });
      await records.batches.addItems(low, 0, [object(0)]);
      await records.batches.sealBatch(low);
      const [one, two] = [await post(5), await post(5)];
      const order: string[] = [];
      const held: LeasedItem[] = [];
      for (let i = 0; i < 4; i++) held.push(...(await lease(1)));
      order.push(...held.map(({ batch }) => batch));
      expect(order.filter((id) => id === one.id)).toHaveLength(2);
      expect(order.filter((id) => id === two.id)).toHaveLength(2);
      const rest = await lease(100);
      expect(rest.at(-1)?.batch).toBe(low);
      await finish([...held, ...rest]);
    });

    it("keeps the objects that its items wait for", async () => {
      const batch = await post(1);
      const name = "0".repeat(64);
      expect(await records.knownObjects([name, "f".repeat(64)])).toEqual([name]);
      await records.batches.cancelBatch(batch.id, origin);
    });

    it("tells of the end of a batch once, and again when that failed", async () => {
      const id = newCaseId();
      const webhook = "https://example.org/done";
      await records.batches.beginBatch({ id, programme: "cataract", priority: "normal", origin, webhook });
      await records.batches.addItems(id, 0, [object(0)]);
      await records.batches.sealBatch(id);
      expect(await records.batches.dueWebhooks(5, longMs)).toEqual([]);
      await finish(await lease(1));
      const [due] = await records.batches.dueWebhooks(5, longMs);
      expect(due).toMatchObject({ url: webhook, attempt: 1, batch: { id, state: "done" } });
      expect(await records.batches.dueWebhooks(5, longMs)).toEqual([]);
      await records.batches.settleWebhook(id, due?.batch.version as number, false, 0);
      expect(await records.batches.dueWebhooks(5, longMs)).toMatchObject([{ attempt: 2 }]);
      await records.batches.settleWebhook(id, due?.batch.version as number, true);
      expect(await records.batches.getBatch(id)).toMatchObject({ webhook: "sent" });
    });
  });
});
