import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type DriftStore,
  driftStateBytesMax,
  type Incident,
  type IncidentEvent,
  type Lease,
  type LeaseStore,
  type ServedDrift,
} from "../../src/contracts/index.ts";
import { memoryDrift } from "../support/drift-store.ts";
import { newProgramme, OpenDatabase, recordDatabases } from "../support/record-database.ts";
import { until } from "../support/server.ts";

interface Opened {
  store(): DriftStore;
  readonly leases: Pick<LeaseStore, "takeLease">;
  /** Ends the server and starts it again. */
  restart(): Promise<void>;
  drop(): Promise<void>;
}

async function inDatabase(open: (typeof recordDatabases)[0]["open"]): Promise<Opened> {
  const database = await OpenDatabase.open(open);
  return {
    store: () => database.records.drift,
    leases: { takeLease: (...asked) => database.records.leases.takeLease(...asked) },
    restart: () => database.restart(),
    drop: () => database.drop(),
  };
}

async function inMemory(): Promise<Opened> {
  const memory = memoryDrift();
  let token = 0;
  return {
    store: () => memory,
    leases: {
      takeLease: async (name) => {
        memory.lease = { name, token: ++token };
        return memory.lease;
      },
    },
    restart: async () => undefined,
    drop: async () => undefined,
  };
}

const kinds = [
  { name: "memory", here: true, begin: inMemory },
  ...recordDatabases.map(({ name, here, open }) => ({ name, here, begin: () => inDatabase(open) })),
];

const served = (programme: string): ServedDrift => ({ programme, auditFactor: 5 });
const incident = (programme: string, change: Partial<Incident> = {}): Incident => ({
  id: `look-${randomUUID()}`,
  programme,
  kind: "look",
  streams: ["score"],
  state: "open",
  openedAt: "2026-01-01T10:00:00.000Z",
  updatedAt: "2026-01-01T10:00:00.000Z",
  cases: [],
  evidence: { score: { value: 1.5, n: 3 } },
  waitingFor: ["labels"],
  ...change,
});
const opened = ({ id, openedAt }: Incident): IncidentEvent => ({
  incident: id,
  at: openedAt,
  from: null,
  to: "open",
  why: "it alarmed",
});

/** One suite: both databases, and what tests of the loop have in their place. */
describe.each(kinds)("what the drift loop remembers in $name", ({ begin, here }) => {
  describe.skipIf(!here)("(a server in DATABASE_URL, which tests see as TEST_DATABASE_URL)", () => {
    let held: Opened;
    beforeAll(async () => {
      held = await begin();
    }, 60_000);
    afterAll(() => held.drop());

    const lead = async (leaseMs = 60_000): Promise<Lease> =>
      (await held.leases.takeLease(`lead-${randomUUID()}`, "test", leaseMs)) as Lease;
    const save = async (
      programme: string,
      version: number,
      change: Partial<Parameters<DriftStore["saveDrift"]>[2]> = {},
      lease?: Lease,
    ) =>
      held
        .store()
        .saveDrift(
          programme,
          version,
          { state: { version }, served: served(programme), incidents: [], events: [], ...change },
          lease ?? (await lead()),
        );

    it("is nothing of what was never saved", async () => {
      expect(await held.store().loadDrift("nobody")).toBeUndefined();
      expect(await held.store().incident("nobody")).toBeUndefined();
      expect(await held.store().incidents("nobody", 10)).toEqual([]);
    });

    it("is what was saved last, under a version that rises by one", async () => {
      const programme = newProgramme();
      expect(await save(programme, 0, { state: { a: [1, 0.1, "é"], b: null } })).toBe(true);
      expect(await held.store().loadDrift(programme)).toEqual({ version: 1, state: { a: [1, 0.1, "é"], b: null } });
      const order = { programme, auditFactor: 1, candidate: { release: "r", percent: 5, incident: "i" } };
      expect(await save(programme, 1, { state: 2, served: order })).toBe(true);
      await held.restart();
      expect(await held.store().loadDrift(programme)).toEqual({ version: 2, state: 2 });
      expect((await held.store().servedDrift()).filter((each) => each.programme === programme)).toEqual([order]);
    });

    it("is written by whoever is first to follow a version, and by nobody twice", async () => {
      const programme = newProgramme();
      const lease = await lead();
      const race = (version: number) =>
        Promise.all(Array.from({ length: 8 }, (_, i) => save(programme, version, { state: i }, lease)));
      for (const version of [0, 1]) expect((await race(version)).filter(Boolean)).toHaveLength(1);
      for (const wrong of [0, 1, 3]) expect(await save(programme, wrong, {}, lease)).toBe(false);
      expect((await held.store().loadDrift(programme))?.version).toBe(2);
    });

    it("is not written by who led before", async () => {
      const programme = newProgramme();
      const past = await lead(50);
      const one = incident(programme);
      const write = (lease: Lease) => save(programme, 0, { incidents: [one], events: [opened(one)] }, lease);
      await until(
        async () => (await held.leases.takeLease(past.name, "next", 60_000)) !== undefined,
        5000,
        "the lease",
      );
      expect(await write(past)).toBe(false);
      expect(await held.store().loadDrift(programme)).toBeUndefined();
      expect(await held.store().incident(one.id)).toBeUndefined();
      expect(await save(programme, 0)).toBe(true);
    });

    it("has incidents as they were last written, newest first, with all that happened", async () => {
      const programme = newProgramme();
      const [old, young] = [incident(programme), incident(programme, { openedAt: "2026-01-02T10:00:00.000Z" })];
      await save(programme, 0, { incidents: [young, old], events: [opened(young), opened(old)] });
      const moved: Incident = { ...old, state: "closed", updatedAt: "2026-01-03T10:00:00.000Z", cases: ["c"] };
      const closed: IncidentEvent = { incident: old.id, at: moved.updatedAt, from: "open", to: "closed", why: "over" };
      await save(programme, 1, { incidents: [moved], events: [closed] });
      await held.restart();
      expect(await held.store().incidents(programme, 10)).toEqual([young, moved]);
      expect(await held.store().incidents(programme, 1)).toEqual([young]);
      expect((await held.store().incidents(undefined, 100)).map(({ id }) => id)).toContain(old.id);
      expect(await held.store().incident(old.id)).toEqual({ incident: moved, events: [opened(old), closed] });
    });
  });
});

describe.each(recordDatabases)("a step of the drift loop in $name", ({ open, here }) => {
  describe.skipIf(!here)("(a server in DATABASE_URL, which tests see as TEST_DATABASE_URL)", () => {
    let held: Opened;
    beforeAll(async () => {
      held = await inDatabase(open);
    }, 60_000);
    afterAll(() => held.drop());

    it("is written whole or not at all", async () => {
      const programme = newProgramme();
      const lease = (await held.leases.takeLease(`lead-${randomUUID()}`, "test", 60_000)) as Lease;
      const known = incident(programme);
      const change = {
        state: 1,
        served: served(programme),
        incidents: [known],
        events: [opened(known), opened(incident(programme))],
      };
      const save = (changed: Partial<typeof change>) =>
        held.store().saveDrift(programme, 0, { ...change, ...changed }, lease);
      await expect(save({})).rejects.toMatchObject({ code: "store-unavailable" });
      const large = "x".repeat(driftStateBytesMax - 1);
      await expect(save({ state: large as never, events: [] })).rejects.toThrow(RangeError);
      expect(await held.store().loadDrift(programme)).toBeUndefined();
      expect(await held.store().incidents(programme, 10)).toEqual([]);
      expect(await save({ state: large.slice(1) as never, events: [opened(known)] })).toBe(true);
    });
  });
});
