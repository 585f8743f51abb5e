import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatabaseRecords } from "../../dist/store/index.js";
import type {
  CaseRecord,
  LeasedSecondLook,
  Origin,
  SecondLookAsk,
  SecondLookTicket,
} from "../../src/contracts/index.ts";
import { createLog, systemClock } from "../../src/platform/index.ts";
import { caseRecord } from "../support/case-record.ts";
import { embeddedDatabase, serverDatabase, type TestDatabase } from "../support/database.ts";
import { until } from "../support/server.ts";

const server = process.env["TEST_DATABASE_URL"] || undefined;
const origin: Origin = { actor: "test", requestId: "request-1" };
const databases = [
  { name: "PGlite", open: embeddedDatabase, here: true },
  { name: "PostgreSQL", open: () => serverDatabase(server as string), here: server !== undefined },
];
const longMs = 60_000;
const shortMs = 50;

/** A case whose second look is to come. */
function provisional(): CaseRecord {
  const record = caseRecord();
  const decision = { ...record.decision, outcome: "person" as const, reason: "second-look-pending" as const };
  const dueAt = new Date(Date.parse(record.createdAt) + longMs).toISOString();
  const secondLook = { cause: "unavailable", gain: 0.2, gainFrom: "band", dueAt } as const;
  return { ...record, status: "provisional", decision, secondLook };
}

/** The same case, decided by both readers. */
function decided(record: CaseRecord): CaseRecord {
  const [fast] = record.readings;
  if (fast === undefined || record.secondLook === undefined) throw new Error("not provisional");
  return {
    ...record,
    status: "decided",
    secondLook: { ...record.secondLook, settledAt: systemClock.timestamp() },
    decision: { ...record.decision, outcome: "positive", reason: "fine-confident", stage: "fine", label: "cataract" },
    readings: [fast, { ...fast, reader: "fine", pack: "cataract/fine-1" }],
  };
}

/** One suite, both databases. PostgreSQL is the one of DATABASE_URL. */
describe.each(databases)("tickets for second looks in $name", ({ open, here }) => {
  describe.skipIf(!here)("(a server in DATABASE_URL, which tests see as TEST_DATABASE_URL)", () => {
    let database: TestDatabase;
    let records: DatabaseRecords;
    const opened: DatabaseRecords[] = [];
    const connect = async (): Promise<DatabaseRecords> => {
      const log = createLog("silent", "test");
      const made = new DatabaseRecords({ place: database.place, imageDays: 0, clock: systemClock, log });
      await made.start();
      opened.push(made);
      return made;
    };
    /** Each test has a release of its own, so that it leases its own tickets only. */
    const post = async (release: string, change: Partial<SecondLookTicket> = {}): Promise<CaseRecord> => {
      const ticket = { release, gain: 0.2, outOfDomain: false, waitMsMax: longMs, ...change };
      return records.recordCase(provisional(), origin, { ticket });
    };
    const lease = (release: string, change: Partial<SecondLookAsk> = {}, from = records) =>
      from.secondLooks.leaseSecondLooks({
        limit: 100,
        leaseMs: longMs,
        readable: [release],
        known: [release],
        strangerMs: longMs,
        ...change,
      });
    const settle = (held: LeasedSecondLook, from = records) =>
      from.secondLooks.settleSecondLook(decided(held.record), origin, held);
    const idsOf = (held: readonly LeasedSecondLook[]) => held.map(({ caseId }) => caseId);

    beforeAll(async () => {
      database = await open();
      records = await connect();
    }, 60_000);
    afterAll(async () => {
      for (const each of opened) await each.close();
      await database.drop();
    });

    it("are written with their case, and never without one", async () => {
      const release = randomUUID();
      const before = await records.secondLooks.countPending();
      const record = await post(release, { outOfDomain: true });
      expect(await records.getCase(record.id)).toEqual(record);
      const bad = { ...provisional(), patientId: "nul \u0000 byte" };
      const ticket = { release, gain: 1, outOfDomain: false, waitMsMax: longMs };
      await expect(records.recordCase(bad, origin, { ticket })).rejects.toMatchObject({
        code: "store-unavailable",
      });
      expect(await records.secondLooks.countPending()).toBe(before + 1);
      const [held, ...others] = await lease(release);
      expect(others).toEqual([]);
      expect(held).toMatchObject({ caseId: record.id, attempt: 1, release, outOfDomain: true, record });
      expect(held?.age).toBeGreaterThanOrEqual(0);
      expect(held?.age).toBeLessThan(1);
    });

    it("belong to provisional cases alone", async () => {
      const ticket = { release: "r", gain: 1, outOfDomain: false, waitMsMax: longMs };
      await expect(records.recordCase(caseRecord(), origin, { ticket })).rejects.toThrow(/provisional/);
      await expect(records.recordCase(provisional(), origin)).rejects.toThrow(/provisional/);
    });

    it("are one where a case is written twice, and none where another post's case stands", async () => {
      const release = randomUUID();
      const [one, other] = [provisional(), provisional()];
      const ticket = { release, gain: 1, outOfDomain: false, waitMsMax: longMs };
      const claim = { key: randomUUID(), fingerprint: "f" };
      const write = (record: CaseRecord) => records.recordCase(record, origin, { claim, ticket });
      const standing = await Promise.all([write(one), write(one), write(other)]);
      expect(standing.map(({ id }) => id)).toEqual([one.id, one.id, one.id]);
      expect(idsOf(await lease(release))).toEqual([one.id]);
      expect(await records.getCase(other.id)).toBeUndefined();
    });

    it("go to one taker each, however many take at once", async () => {
      const release = randomUUID();
      const posted = await Promise.all(Array.from({ length: 30 }, () => post(release)));
      const taken = await Promise.all(Array.from({ length: 8 }, () => lease(release, { limit: 5 })));
      taken.push(await lease(release));
      const ids = taken.flatMap(idsOf);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.sort()).toEqual(posted.map(({ id }) => id).sort());
    });

    it("are taken by worth, by age, and overdue ones before all others", async () => {
      const release = randomUUID();
      const late = await post(release, { gain: 0, waitMsMax: 1 });
      const aged = await post(release, { gain: 0.1, waitMsMax: 2000 });
      await until(async () => (await pendingAge(release, aged.id)) > 0.6, 5000, "a ticket to age");
      const [little, much] = [await post(release, { gain: 0.2 }), await post(release, { gain: 0.5 })];
      const order: string[] = [];
      for (let i = 0; i < 4; i++) order.push(...idsOf(await lease(release, { limit: 1 })));
      expect(order).toEqual([late, aged, much, little].map(({ id }) => id));
    });

    /** Leases and gives back at once: no other way shows an age. */
    const pendingAge = async (release: string, id: string): Promise<number> => {
      const held = await lease(release);
      for (const each of held) await records.secondLooks.releaseSecondLook(each, 0);
      return held.find(({ caseId }) => caseId === id)?.age ?? 0;
    };

    it("wait for a server that can read them, until they are overdue or strangers to all", async () => {
      const [mine, foreign] = [randomUUID(), randomUUID()];
      const [readable, closed, strange] = [await post(mine), await post(mine), await post(foreign)];
      const asked = (change: Partial<SecondLookAsk>) => lease(mine, change);
      expect(idsOf(await asked({ readable: [], known: [mine, foreign] }))).toEqual([]);
      expect(idsOf(await asked({ limit: 1 }))).toHaveLength(1);
      const overdue = await post(mine, { waitMsMax: 1 });
      await until(
        async () => (await asked({ readable: [], known: [mine, foreign] })).some(({ caseId }) => caseId === overdue.id),
        5000,
        "what is overdue",
      );
      const everyone = [...(await allReleases()), mine];
      const others = everyone.filter((each) => each !== foreign);
      await until(
        async () =>
          (await asked({ readable: [], known: others, strangerMs: 1 })).some(({ caseId }) => caseId === strange.id),
        5000,
        "what nobody knows",
      );
      expect([readable, closed].map(({ status }) => status)).toEqual(["provisional", "provisional"]);
    });

    /** Of all tests so far, so that one test's strangers are not another's. */
    const releases = new Set<string>();
    const allReleases = async (): Promise<readonly string[]> => {
      const held = await lease("none", { known: ["none"], readable: [], strangerMs: 0 });
      for (const each of held) {
        releases.add(each.release);
        await records.secondLooks.releaseSecondLook(each, 0);
      }
      return [...releases];
    };

    it("are free again when the lease is over, and the one before can no longer settle them", async () => {
      const release = randomUUID();
      const record = await post(release);
      const [first] = await lease(release, { leaseMs: shortMs });
      let second: LeasedSecondLook | undefined;
      await until(
        async () => {
          [second] = await lease(release);
          return second !== undefined;
        },
        5000,
        "the lease to be over",
      );
      expect(second?.attempt).toBe(2);
      expect(await settle(first as LeasedSecondLook)).toBe(false);
      expect(await records.getCase(record.id)).toEqual(record);
      await records.secondLooks.releaseSecondLook(first as LeasedSecondLook, 0);
      expect(await lease(release)).toEqual([]);
      expect(await settle(second as LeasedSecondLook)).toBe(true);
    });

    it("rest for as long as they were given back for", async () => {
      const release = randomUUID();
      await post(release);
      const [held] = await lease(release);
      await records.secondLooks.releaseSecondLook(held as LeasedSecondLook, longMs);
      expect(await lease(release)).toEqual([]);
    });

    it("end in one final record, with its reading, columns and line in the audit log", async () => {
      const release = randomUUID();
      await post(release);
      const before = await records.verifyAudit();
      const pending = await records.secondLooks.countPending();
      const [held] = (await lease(release)) as [LeasedSecondLook];
      const settled = await Promise.all([settle(held), settle(held), settle(held)]);
      expect(settled.filter(Boolean)).toHaveLength(1);
      expect(await settle(held)).toBe(false);
      const final = await records.getCase(held.caseId);
      expect(final).toMatchObject({ status: "decided", decision: { outcome: "positive", stage: "fine" } });
      expect(final?.readings.map(({ reader }) => reader)).toEqual(["fast", "fine"]);
      const found = await records.listCases({ outcome: "positive" }, 100);
      expect(found.cases.filter(({ id }) => id === held.caseId)).toEqual([final]);
      const after = await records.verifyAudit();
      expect([after.intact, after.entries]).toEqual([true, before.entries + 1]);
      expect(await records.secondLooks.countPending()).toBe(pending - 1);
      expect(await lease(release)).toEqual([]);
    });

    it("are answered by the key that made the case, as it stands by then", async () => {
      const release = randomUUID();
      const claim = { key: randomUUID(), fingerprint: "f" };
      const ticket = { release, gain: 1, outOfDomain: false, waitMsMax: longMs };
      const record = await records.recordCase(provisional(), origin, { claim, ticket });
      expect(await records.findClaimed(claim)).toEqual(record);
      const [held] = (await lease(release)) as [LeasedSecondLook];
      await settle(held);
      expect(await records.findClaimed(claim)).toMatchObject({ id: record.id, status: "decided" });
    });

    it("are shared by several servers, and by one that is opened again", async () => {
      const release = randomUUID();
      const posted = await Promise.all(Array.from({ length: 20 }, () => post(release)));
      // An embedded database belongs to one process, which may end and come back.
      if ("folder" in database.place) await records.close();
      const other = await connect();
      if ("folder" in database.place) records = other;
      const [mine, theirs] = await Promise.all([lease(release, { limit: 10 }), lease(release, { limit: 10 }, other)]);
      const settled = await Promise.all([
        ...mine.map((each) => settle(each)),
        ...theirs.map((each) => settle(each, other)),
      ]);
      expect(settled.every(Boolean)).toBe(true);
      const rest = await lease(release);
      expect([...idsOf(mine), ...idsOf(theirs), ...idsOf(rest)].sort()).toEqual(posted.map(({ id }) => id).sort());
    });
  });
});
