import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatabaseRecords } from "../../dist/store/index.js";
import type { CaseRecord, Origin, Reading } from "../../src/contracts/index.ts";
import { createLog, systemClock } from "../../src/platform/index.ts";
import { caseRecord } from "../support/case-record.ts";
import { embeddedDatabase, serverDatabase, type TestDatabase } from "../support/database.ts";
import { heldLease } from "../support/lease.ts";

const server = process.env["TEST_DATABASE_URL"] || undefined;
const origin: Origin = { actor: "test", requestId: "request-1" };
const digest = "a".repeat(64);
const question = { programme: "cataract", digest, casesMax: 1000, countMax: 100 };

const databases = [
  { name: "PGlite", open: embeddedDatabase, here: true },
  { name: "PostgreSQL", open: () => serverDatabase(server as string), here: server !== undefined },
];

/** One suite, both databases. PostgreSQL is the one of DATABASE_URL. */
describe.each(databases)("drift figures in $name", ({ open, here }) => {
  describe.skipIf(!here)("(a server in DATABASE_URL, which tests see as TEST_DATABASE_URL)", () => {
    let database: TestDatabase;
    let records: DatabaseRecords;
    const reopen = async (imageDays = 0): Promise<void> => {
      await records?.close();
      const log = createLog("silent", "test");
      records = new DatabaseRecords({ place: database.place, imageDays, clock: systemClock, log });
      await records.start();
    };
    const record = async (readings: Partial<Reading>[], change: Partial<CaseRecord> = {}): Promise<CaseRecord> => {
      const made = caseRecord(change);
      const [usual] = made.readings as readonly [Reading];
      return records.recordCase({ ...made, readings: readings.map((each) => ({ ...usual, ...each })) }, origin);
    };

    beforeAll(async () => {
      database = await open();
      await reopen();
    }, 60_000);
    afterAll(async () => {
      await records.close();
      await database.drop();
    });

    it("of nothing are nothing", async () => {
      expect(await records.driftFigures(question)).toEqual({ keptCases: 0, countedAll: true, domainPValues: [] });
    });

    it("are of one programme, of the fast reader, of this very pack", async () => {
      await record([{ domainPValue: 0.25 }, { reader: "fine", domainPValue: 0.01 }]);
      await record([{ domainPValue: 0.02, digest: "b".repeat(64) }]);
      await record([{ reader: "fine" }]);
      await record([{ domainPValue: 0.03 }], { programme: "other" });
      const { domainPValue: _, ...without } = caseRecord().readings[0] as Reading;
      await records.recordCase({ ...caseRecord(), readings: [without] }, origin);
      const newest = await record([{ domainPValue: 0.75 }], { createdAt: "2031-02-03T04:05:06.789Z" });
      const figures = await records.driftFigures(question);
      expect(figures).toMatchObject({ keptCases: 5, newestAt: newest.createdAt });
      expect([...figures.domainPValues].sort()).toEqual([0.25, 0.75]);
      expect(await records.driftFigures({ ...question, programme: "other" })).toMatchObject({
        keptCases: 1,
        domainPValues: [0.03],
      });
    });

    it("look no further back than the window", async () => {
      for (const domainPValue of [0.1, 0.2, 0.3]) await record([{ domainPValue }]);
      const { domainPValues, keptCases } = await records.driftFigures({ ...question, casesMax: 2 });
      expect([...domainPValues].sort()).toEqual([0.2, 0.3]);
      expect(keptCases).toBe(8);
      expect(await records.driftFigures({ ...question, countMax: 8 })).toMatchObject({
        keptCases: 8,
        countedAll: true,
      });
      expect(await records.driftFigures({ ...question, countMax: 7 })).toMatchObject({
        keptCases: 7,
        countedAll: false,
      });
    });

    it("count no case whose image was deleted, and keep its p-value", async () => {
      await reopen(1);
      const createdAt = new Date(systemClock.wallMs() - 2 * 24 * 3_600_000).toISOString();
      const before = await records.driftFigures(question);
      const old = caseRecord({ createdAt });
      await records.importCase(old, origin);
      expect((await records.driftFigures(question)).keptCases).toBe(before.keptCases + 1);
      await records.expire(await heldLease(records));
      const after = await records.driftFigures(question);
      expect(after.keptCases).toBe(before.keptCases);
      expect(after.domainPValues).toHaveLength(before.domainPValues.length + 1);
    });
  });
});
