import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatabaseRecords } from "../../dist/store/index.js";
import type { IdempotencyClaim, Origin } from "../../src/contracts/index.ts";
import { createLog, systemClock } from "../../src/platform/index.ts";
import { caseRecord } from "../support/case-record.ts";
import { embeddedDatabase, serverDatabase, type TestDatabase } from "../support/database.ts";
import { heldLease } from "../support/lease.ts";

const server = process.env["TEST_DATABASE_URL"] || undefined;
const origin: Origin = { actor: "test", requestId: "request-1" };
const claimOf = (key: string, fingerprint = "f"): IdempotencyClaim => ({ key, fingerprint });

const databases = [
  { name: "PGlite", open: embeddedDatabase, here: true },
  { name: "PostgreSQL", open: () => serverDatabase(server as string), here: server !== undefined },
];

/** One suite, both databases. PostgreSQL is the one of DATABASE_URL. */
describe.each(databases)("records in $name", ({ open, here }) => {
  describe.skipIf(!here)("(a server in DATABASE_URL, which tests see as TEST_DATABASE_URL)", () => {
    let database: TestDatabase;
    let records: DatabaseRecords;
    const reopen = async (imageDays = 0): Promise<DatabaseRecords> => {
      await records?.close();
      const log = createLog("silent", "test");
      records = new DatabaseRecords({ place: database.place, imageDays, clock: systemClock, log });
      await records.start();
      return records;
    };

    beforeAll(async () => {
      database = await open();
      await reopen();
    }, 60_000);
    afterAll(async () => {
      await records.close();
      await database.drop();
    });

    it("finds nothing that was not recorded", async () => {
      expect(await records.getCase(randomUUID())).toBeUndefined();
      expect(await records.findClaimed(claimOf("nobody"))).toBeUndefined();
      expect(await records.listCases({ programme: "none" }, 10)).toEqual({ cases: [] });
    });

    it("gives a case back byte for byte, also after it was opened again", async () => {
      const record = caseRecord({ patientId: "p-é-1", site: 'quote " and \\ slash' });
      expect(await records.recordCase(record, origin)).toBe(record);
      expect(JSON.stringify(await records.getCase(record.id))).toBe(JSON.stringify(record));
      await reopen();
      expect(JSON.stringify(await records.getCase(record.id))).toBe(JSON.stringify(record));
    });

    it("keeps one case when the same record is written twice", async () => {
      const record = caseRecord({ externalId: "twice" });
      await Promise.all([records.recordCase(record, origin), records.recordCase(record, origin)]);
      expect((await records.listCases({ externalId: "twice" }, 10)).cases).toHaveLength(1);
    });

    it("does not let one bad record take its group down", async () => {
      const bad = caseRecord({ patientId: "nul \u0000 byte" });
      const good = Array.from({ length: 10 }, () => caseRecord());
      const all = [...good.slice(0, 5), bad, ...good.slice(5)].map((record) => records.recordCase(record, origin));
      const settled = await Promise.allSettled(all);
      expect(settled.map(({ status }) => status)).toEqual(all.map((_, i) => (i === 5 ? "rejected" : "fulfilled")));
      expect(await records.getCase(bad.id)).toBeUndefined();
      for (const { id } of good) expect(await records.getCase(id)).toBeDefined();
    });

    it("lets the first of two claims stand, in one group, in two, and after it was opened again", async () => {
      const [first, second, third] = [caseRecord(), caseRecord(), caseRecord()];
      const claim = claimOf("key-1");
      const [a, b] = await Promise.all([
        records.recordCase(first, origin, { claim }),
        records.recordCase(second, origin, { claim }),
      ]);
      expect(a).toEqual(first);
      expect(b).toEqual(first);
      expect(await records.recordCase(third, origin, { claim })).toEqual(first);
      expect(await records.getCase(second.id)).toBeUndefined();
      await reopen();
      expect(await records.findClaimed(claim)).toEqual(first);
      await expect(records.findClaimed(claimOf("key-1", "other"))).rejects.toMatchObject({
        code: "idempotency-key-reused",
      });
      await expect(records.recordCase(third, origin, { claim: claimOf("key-1", "other") })).rejects.toMatchObject({
        code: "idempotency-key-reused",
      });
      expect(await records.getCase(third.id)).toBeUndefined();
    });

    it("walks through every case once, newest first, while others arrive", async () => {
      const mine = [];
      for (let i = 0; i < 25; i++) mine.push(await records.recordCase(caseRecord({ externalId: "walk" }), origin));
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await records.listCases({ externalId: "walk" }, 10, after);
        seen.push(...page.cases.map(({ id }) => id));
        after = page.next;
        await records.recordCase(caseRecord({ externalId: "walk" }), origin);
      } while (after !== undefined);
      expect(seen).toEqual(mine.map(({ id }) => id).reverse());
    });

    it("filters by programme, outcome, patient and external id", async () => {
      const record = caseRecord({ programme: "other", patientId: "p-77", externalId: "x-77" });
      await records.recordCase(record, origin);
      for (const filter of [{ programme: "other" }, { patientId: "p-77" }, { externalId: "x-77" }])
        expect((await records.listCases(filter, 10)).cases).toEqual([record]);
      expect((await records.listCases({ programme: "other", outcome: "positive" }, 10)).cases).toEqual([]);
    });

    it("chains a line for every case and every read, and nothing for what was refused", async () => {
      const before = await records.verifyAudit();
      await Promise.all([
        records.recordCase(caseRecord(), origin),
        records.recordAccess({ ...origin, action: "image.read", object: "case/1" }),
        records.recordCase(caseRecord({ patientId: "\u0000" }), origin).catch(() => undefined),
      ]);
      const after = await records.verifyAudit();
      expect(before.intact && after.intact).toBe(true);
      expect(after.entries).toBe(before.entries + 2);
      expect(after.head).not.toBe(before.head);
    });

    it("forgets images whose time is over and no others, and names what a record still holds", async () => {
      await reopen(1);
      const now = systemClock.timestamp();
      const old = new Date(Date.parse(now) - 2 * 24 * 3_600_000).toISOString();
      const [stale, fresh] = [caseRecord({ createdAt: old }), caseRecord()];
      await records.importCase(stale, origin);
      await records.recordCase(fresh, origin);
      const names = [stale.image.sha256, fresh.image.sha256];
      expect([...(await records.knownObjects(names))].sort()).toEqual([...names].sort());
      expect(await records.expire(await heldLease(records))).toEqual([stale.image.sha256]);
      expect(await records.knownObjects(names)).toEqual([fresh.image.sha256]);
      expect(await records.getCase(stale.id)).toEqual(stale);
      await reopen();
    });

    it("finds an entry that is cut off, missing or altered", async () => {
      const findings = [];
      for (const sql of [
        "delete from audit where seq = (select max(seq) from audit)",
        "delete from audit where seq = 3",
        "update audit set actor = 'nobody' where seq = 2",
      ]) {
        await records.close();
        await database.run(sql);
        await reopen();
        findings.push((await records.verifyAudit()).fault?.reason);
      }
      expect(findings).toEqual(["entries are missing at the end", "an entry is missing", "an entry was altered"]);
    });

    it("refuses what is asked after it was closed", async () => {
      await records.close();
      await expect(records.recordCase(caseRecord(), origin)).rejects.toMatchObject({ code: "draining" });
      await expect(records.getCase(randomUUID())).rejects.toMatchObject({ code: "store-unavailable" });
      await reopen();
    });
  });
});
