import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CaseRecord, DriftInput, LeasedAuditLook, Origin } from "../../src/contracts/index.ts";
import { newProgramme, OpenDatabase, recordDatabases } from "../support/record-database.ts";
import { until } from "../support/server.ts";
import { driftInput, watchedRecord } from "../support/watched-case.ts";

const origin: Origin = { actor: "test", requestId: "request-1" };
const longMs = 60_000;
const shortMs = 50;

/** One suite, both databases. */
describe.each(recordDatabases)("looks that chance asked for in $name", ({ open, here }) => {
  describe.skipIf(!here)("(a server in DATABASE_URL, which tests see as TEST_DATABASE_URL)", () => {
    let database: OpenDatabase;
    beforeAll(async () => {
      database = await OpenDatabase.open(open);
    }, 60_000);
    afterAll(() => database.drop());

    /** Each test has a fine reader of its own, so that it leases its own looks only. */
    const inputOf = (fine: string, change: Partial<DriftInput> = {}) =>
      driftInput(["fine"], { release: { fast: "fast", fine, band: "band" }, ...change });
    const post = async (fine: string, programme = "cataract"): Promise<CaseRecord> =>
      database.records.recordCase(watchedRecord(programme), origin, { drift: inputOf(fine) });
    const lease = (fine: string, { leaseMs = longMs, limit = 100 } = {}, from = database.records) =>
      from.auditLooks.leaseAuditLooks({ limit, leaseMs, readable: [fine] });
    const settle = (held: LeasedAuditLook, finePositive?: boolean) =>
      database.records.auditLooks.settleAuditLook(held, finePositive);
    const idsOf = (held: readonly { readonly caseId: string }[]) => held.map(({ caseId }) => caseId);
    const read = (programme: string) => database.records.drift.readCases(programme, 0, 100);

    it("are those of cases whose coin fell that way and that the fine reader has not read", async () => {
      const fine = randomUUID();
      const before = await database.records.auditLooks.countAuditLooks();
      const record = await post(fine);
      for (const drift of [inputOf(fine, { finePositive: false }), { ...driftInput(), release: inputOf(fine).release }])
        await database.records.recordCase(watchedRecord("cataract"), origin, { drift });
      expect(await database.records.auditLooks.countAuditLooks()).toBe(before + 1);
      const [held, ...others] = await lease(fine);
      expect(others).toEqual([]);
      const { release } = inputOf(fine);
      expect(held).toEqual({ caseId: record.id, attempt: 1, record, release, age: expect.any(Number) });
      expect(held?.age).toBeGreaterThanOrEqual(0);
      expect(held?.age).toBeLessThan(0.01);
    });

    it("are done once, leave the case as it was, and complete it for the monitor", async () => {
      const [fine, programme] = [randomUUID(), newProgramme()];
      const [first, second] = [await post(fine, programme), await post(fine, programme)];
      const audit = await database.records.verifyAudit();
      const pending = await database.records.auditLooks.countAuditLooks();
      const [one, other] = (await lease(fine)) as [LeasedAuditLook, LeasedAuditLook];
      expect(idsOf([one, other])).toEqual([first.id, second.id]);
      expect(await read(programme)).toEqual([]);
      expect(await settle(other, true)).toBe(true);
      const settled = await Promise.all([settle(one, false), settle(one, true), settle(one)]);
      expect(settled.filter(Boolean)).toHaveLength(1);
      expect(await settle(other, false)).toBe(false);
      const events = await read(programme);
      expect(idsOf(events)).toEqual([second.id, first.id]);
      expect(events[0]?.finePositive).toBe(true);
      expect(await database.records.getCase(first.id)).toEqual(first);
      expect(await database.records.auditLooks.countAuditLooks()).toBe(pending - 2);
      const after = await database.records.verifyAudit();
      expect([after.intact, after.entries]).toEqual([true, audit.entries + 2]);
      expect(await lease(fine)).toEqual([]);
    });

    it("go to one taker each, oldest first, however many servers take at once", async () => {
      const fine = randomUUID();
      const posted: string[] = [];
      for (let i = 0; i < 20; i++) posted.push((await post(fine)).id);
      expect(idsOf(await lease(fine, { limit: 3 }))).toEqual(posted.slice(0, 3));
      const servers = [database.records, await database.another()];
      const taken = await Promise.all(Array.from({ length: 8 }, (_, i) => lease(fine, { limit: 2 }, servers[i % 2])));
      taken.push(await lease(fine));
      const ids = taken.flatMap(idsOf);
      expect(ids.sort()).toEqual(posted.slice(3).sort());
    });

    it("are free again when their holder was killed, which can no longer settle them", async () => {
      const [fine, programme] = [randomUUID(), newProgramme()];
      await post(fine, programme);
      const [first] = (await lease(fine, { leaseMs: shortMs })) as [LeasedAuditLook];
      await database.restart();
      let second: LeasedAuditLook | undefined;
      const again = async () => {
        [second] = await lease(fine);
        return second !== undefined;
      };
      await until(again, 5000, "the lease to be over");
      expect(second?.attempt).toBe(2);
      expect(await settle(first, true)).toBe(false);
      await database.records.auditLooks.releaseAuditLook(first, 0);
      expect(await lease(fine)).toEqual([]);
      expect(await read(programme)).toEqual([]);
      expect(await settle(second as LeasedAuditLook, true)).toBe(true);
      expect((await read(programme))[0]?.finePositive).toBe(true);
    });

    it("rest for as long as they were given back for", async () => {
      const fine = randomUUID();
      await post(fine);
      const [held] = (await lease(fine)) as [LeasedAuditLook];
      await database.records.auditLooks.releaseAuditLook(held, longMs);
      expect(await lease(fine)).toEqual([]);
    });

    it("wait for a server that has their reader for a day, then for nobody: the case is complete without", async () => {
      const [fine, programme] = [randomUUID(), newProgramme()];
      const record = await post(fine, programme);
      expect(idsOf(await lease("another"))).not.toContain(record.id);
      await database.restart(
        `update drift_cases set look_due_at = look_due_at - interval '24 hours' where case_id = '${record.id}'`,
      );
      const held = (await lease("another")).find(({ caseId }) => caseId === record.id) as LeasedAuditLook;
      expect(held.age).toBeGreaterThanOrEqual(1);
      expect(await settle(held)).toBe(true);
      const [event] = await read(programme);
      expect(event).toMatchObject({ caseId: record.id, audit: { fine: { chosen: true } } });
      expect(event).not.toHaveProperty("finePositive");
    });
  });
});
