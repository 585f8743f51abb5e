import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatabaseRecords } from "../../dist/store/index.js";
import type { Origin } from "../../src/contracts/index.ts";
import { createLog, systemClock } from "../../src/platform/index.ts";
import { embeddedDatabase, serverDatabase, type TestDatabase } from "../support/database.ts";

const server = process.env["TEST_DATABASE_URL"] || undefined;
const databases = [
  { name: "PGlite", open: embeddedDatabase, here: true },
  { name: "PostgreSQL", open: () => serverDatabase(server as string), here: server !== undefined },
];
const origin: Origin = { actor: "key:ada", requestId: "request-1" };

describe.each(databases)("orders for queues in $name", ({ open, here }) => {
  describe.skipIf(!here)("(a server in DATABASE_URL, which tests see as TEST_DATABASE_URL)", () => {
    let database: TestDatabase;
    let records: DatabaseRecords;
    beforeAll(async () => {
      database = await open();
      const log = createLog("silent", "test");
      records = new DatabaseRecords({ place: database.place, imageDays: 0, clock: systemClock, log });
      await records.start();
    }, 60_000);
    afterAll(async () => {
      await records.close();
      await database.drop();
    });

    it("are none at first, and change only what they name", async () => {
      const { queueOrders } = records;
      expect(await queueOrders.queueOrders()).toEqual([]);
      const paused = await queueOrders.orderQueue({ queue: "batches", paused: true, reason: "night" }, origin);
      expect(paused).toMatchObject({ queue: "batches", paused: true, width: null, reason: "night", by: "key:ada" });
      await queueOrders.orderQueue({ queue: "batches", width: 3, reason: "slowly" }, origin);
      await queueOrders.orderQueue({ queue: "second-looks", width: 1, reason: "slowly" }, origin);
      expect(await queueOrders.queueOrders()).toMatchObject([
        { queue: "batches", paused: true, width: 3, reason: "slowly" },
        { queue: "second-looks", paused: false, width: 1 },
      ]);
      const usual = { queue: "batches", paused: false, width: null, reason: "morning" } as const;
      expect(await queueOrders.orderQueue(usual, origin)).toMatchObject({ paused: false, width: null });
    });

    it("are all in the audit log, also those of many at once", async () => {
      const before = (await records.verifyAudit()).entries;
      const widths = Array.from({ length: 8 }, (_, i) => i + 1);
      await Promise.all(
        widths.map((width) =>
          records.queueOrders.orderQueue({ queue: "audit-looks", width, reason: `${width}` }, origin),
        ),
      );
      expect(await records.verifyAudit()).toMatchObject({ intact: true, entries: before + widths.length });
      const order = (await records.queueOrders.queueOrders()).find(({ queue }) => queue === "audit-looks");
      expect(order?.reason).toBe(`${order?.width}`);
    });
  });
});
