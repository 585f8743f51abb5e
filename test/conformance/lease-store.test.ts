import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatabaseRecords } from "../../dist/store/index.js";
import { gatewayLeases, type Lease, type TokenDraw } from "../../src/contracts/index.ts";
import { createLog, systemClock } from "../../src/platform/index.ts";
import { embeddedDatabase, serverDatabase, type TestDatabase } from "../support/database.ts";
import { until } from "../support/server.ts";

const server = process.env["TEST_DATABASE_URL"] || undefined;
const databases = [
  { name: "PGlite", open: embeddedDatabase, here: true },
  { name: "PostgreSQL", open: () => serverDatabase(server as string), here: server !== undefined },
];
const longMs = 60_000;
const shortMs = 50;

/** One suite, both databases. PostgreSQL is the one of DATABASE_URL. */
describe.each(databases)("leases in $name", ({ open, here }) => {
  describe.skipIf(!here)("(a server in DATABASE_URL, which tests see as TEST_DATABASE_URL)", () => {
    let database: TestDatabase;
    let records: DatabaseRecords;
    let leases: DatabaseRecords["leases"];
    beforeAll(async () => {
      database = await open();
      const log = createLog("silent", "test");
      records = new DatabaseRecords({ place: database.place, imageDays: 0, clock: systemClock, log });
      await records.start();
      leases = records.leases;
    }, 60_000);
    afterAll(async () => {
      await records.close();
      await database.drop();
    });
    const newName = () => `role-${randomUUID()}`;
    const take = async (name: string, ms = longMs): Promise<Lease> => {
      let taken: Lease | undefined;
      const attempt = async () => {
        taken = await leases.takeLease(name, "one", ms);
        return taken !== undefined;
      };
      await until(attempt, 5000, "the lease");
      return taken as Lease;
    };

    it("are one holder's, and of many that want one at once only one has it", async () => {
      const name = newName();
      const asked = Array.from({ length: 20 }, (_, i) => leases.takeLease(name, `holder-${i}`, longMs));
      const taken = (await Promise.all(asked)).filter((each) => each !== undefined);
      expect(taken).toEqual([{ name, token: 1 }]);
      expect(await leases.takeLease(name, "late", longMs)).toBeUndefined();
      const [standing] = (await leases.standingLeases()).filter((each) => each.name === name);
      expect(standing).toMatchObject({ token: 1, holder: expect.stringMatching(/^holder-/) });
      expect(standing?.leftMs).toBeGreaterThan(longMs / 2);
      expect(standing?.leftMs).toBeLessThanOrEqual(longMs);
    });

    it("are free when they are over or given back, and each later one has a higher token", async () => {
      const name = newName();
      const first = await take(name, shortMs);
      const second = await take(name);
      expect(second.token).toBe(first.token + 1);
      await leases.releaseLease(first);
      expect(await leases.takeLease(name, "two", longMs)).toBeUndefined();
      await leases.releaseLease(second);
      expect((await leases.standingLeases()).some((each) => each.name === name)).toBe(false);
      expect(await leases.takeLease(name, "two", longMs)).toEqual({ name, token: 3 });
    });

    it("are kept by being renewed, but do not come back once they were over", async () => {
      const name = newName();
      const lease = await take(name, 300);
      expect(await leases.renewLease(lease, longMs)).toBe(true);
      expect(await leases.renewLease({ name, token: 7 }, longMs)).toBe(false);
      expect(await leases.renewLease(lease, 1)).toBe(true);
      await until(async () => !(await leases.renewLease(lease, 1)), 5000, "its end");
      expect(await leases.renewLease(lease, longMs)).toBe(false);
    });

    it("guard what is written under them: an older token, or none, writes nothing", async () => {
      const name = newName();
      const old = await take(name, shortMs);
      const standing = await take(name);
      expect(await records.expire(old)).toBeUndefined();
      expect(await leases.forgetSpent(old)).toBeUndefined();
      expect(await records.expire({ name: newName(), token: 1 })).toBeUndefined();
      expect(await records.expire(standing)).toEqual([]);
      await leases.releaseLease(standing);
      expect(await records.expire(standing)).toBeUndefined();
    });

    const bucket = (change: Partial<TokenDraw> = {}): TokenDraw => ({
      bucket: randomUUID(),
      capacity: 10,
      perS: 0.001,
      owed: 0,
      wanted: 4,
      ...change,
    });
    const drawn = async (draw: TokenDraw) => (await leases.drawTokens([draw])).drawn[0];

    it("hold tokens that all draw from: as many as there are, and no more", async () => {
      const draw = bucket();
      expect(await drawn(draw)).toEqual({ granted: 4, left: 6 });
      const both = await Promise.all([drawn(draw), drawn(draw)]);
      const granted = both.reduce((sum, each) => sum + (each?.granted ?? 0), 0);
      expect(granted).toBeGreaterThanOrEqual(6);
      expect(granted).toBeLessThan(6.1);
      expect((await drawn(draw))?.granted).toBeLessThan(0.1);
    });

    it("take what is owed also where it is not there, and fill no further than full", async () => {
      const draw = bucket();
      const owing = await drawn({ ...draw, owed: 25 });
      expect(owing).toEqual({ granted: 0, left: -15 });
      const filled = bucket({ perS: 1e6 });
      await drawn(filled);
      await until(async () => (await drawn({ ...filled, wanted: 100 }))?.granted === 10, 5000, "a full bucket");
    });

    it("draw for many at once, from two sides in another order", async () => {
      const draws = Array.from({ length: 50 }, () => bucket({ wanted: 5 }));
      const [there, back] = await Promise.all([leases.drawTokens(draws), leases.drawTokens([...draws].reverse())]);
      for (const [i, { granted }] of there.drawn.entries())
        expect(granted + (back.drawn[49 - i]?.granted ?? 0)).toBeCloseTo(10, 1);
      expect((await leases.drawTokens([])).drawn).toEqual([]);
    });

    it("stand beside answers that are kept, each for its days", async () => {
      const [kept, gone] = [randomUUID(), randomUUID()];
      await records.resultsFor(1).keepResults(kept, '{"a": 1}');
      await records.resultsFor(-1).keepResults(gone, "{}");
      expect(await records.resultsFor(1).getResults(kept)).toBe('{"a": 1}');
      expect(await records.resultsFor(1).getResults(gone)).toBeUndefined();
      expect(await records.resultsFor(1).getResults("no id")).toBeUndefined();
      expect(await leases.forgetSpent(await take(newName()))).toBeGreaterThanOrEqual(1);
      expect(await records.resultsFor(1).getResults(kept)).toBe('{"a": 1}');
    });

    it("count gateways while those hold their own, and forget buckets that are full again", async () => {
      const before = (await leases.drawTokens([])).gateways;
      const present = await take(`${gatewayLeases}${randomUUID()}`);
      const another = await take(`${gatewayLeases}${randomUUID()}`);
      expect((await leases.drawTokens([])).gateways).toBe(2);
      await leases.releaseLease(another);
      expect((await leases.drawTokens([])).gateways).toBe(1);
      await leases.releaseLease(present);
      expect(before).toBe(1);
      const lease = await take(newName());
      await leases.forgetSpent(lease);
      await drawn(bucket({ perS: 1e6 }));
      await drawn(bucket({ perS: 1e-6 }));
      await until(async () => (await leases.forgetSpent(lease)) === 1, 5000, "the full one to go");
      expect(await leases.forgetSpent(lease)).toBe(0);
    });
  });
});
