import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type {
  BatchDraft,
  CaseRecord,
  DriftInput,
  LabelRole,
  LeasedSecondLook,
  Origin,
} from "../../src/contracts/index.ts";
import { systemClock } from "../../src/platform/index.ts";
import { heldLease } from "../support/lease.ts";
import { newProgramme, OpenDatabase, recordDatabases } from "../support/record-database.ts";
import { driftInput, provisionalRecord, watchedRecord } from "../support/watched-case.ts";

const origin: Origin = { actor: "test", requestId: "request-1" };
const ticket = { release: "r", gain: 0.2, outOfDomain: false, waitMsMax: 60_000 };
const all = 1000;
const dayMs = 86_400_000;

/** One suite, both databases. */
describe.each(recordDatabases)("what the drift monitor reads in $name", ({ name, open, here }) => {
  describe.skipIf(!here)("(a server in DATABASE_URL, which tests see as TEST_DATABASE_URL)", () => {
    let database: OpenDatabase;
    beforeAll(async () => {
      database = await OpenDatabase.open(open);
    }, 60_000);
    afterAll(() => database.drop());

    const post = async (
      programme: string,
      drift: DriftInput | undefined = driftInput(),
      record: CaseRecord = watchedRecord(programme),
    ): Promise<string> =>
      (await database.records.recordCase(record, origin, { drift, ...(record.secondLook && { ticket }) })).id;
    const read = (programme: string, after = 0, limit = all) =>
      database.records.drift.readCases(programme, after, limit);
    const settled = (programme: string, after = 0, limit = all) =>
      database.records.drift.settledCases(programme, after, limit);
    const idsOf = (events: readonly { readonly caseId: string }[]) => events.map(({ caseId }) => caseId);
    const label = (caseId: string, what: string, role: LabelRole = "reader", by = "ann") =>
      database.labels.addLabel({ caseId, label: what, role, by }, origin);

    const settleLater = async (caseId: string, finePositive?: boolean): Promise<boolean> => {
      const ask = { limit: 100, leaseMs: 60_000, readable: ["r"], known: ["r"], strangerMs: 60_000 };
      const leased = await database.records.secondLooks.leaseSecondLooks(ask);
      const held = leased.find((each) => each.caseId === caseId) as LeasedSecondLook;
      for (const other of leased) if (other !== held) await database.records.secondLooks.releaseSecondLook(other, 0);
      const decision = { ...held.record.decision, outcome: "positive", reason: "fine-confident" } as const;
      const record = { ...held.record, status: "decided" as const, decision };
      return database.records.secondLooks.settleSecondLook(record, origin, held, finePositive);
    };

    it("is what it was told of each case, also after a restart", async () => {
      const programme = newProgramme();
      const embedding = new Float32Array([9, 0.1, -2, 1e-30, 7]).subarray(1, 4);
      const drift = driftInput(["fine"], { finePositive: true, embedding, group: "é", fastPositive: true });
      const record = { ...watchedRecord(programme), site: "north" };
      const sure = { ...driftInput(), fastLogOdds: Number.POSITIVE_INFINITY };
      const [one, other] = [await post(programme, drift, record), await post(programme, sure)];
      await database.restart();
      const events = await read(programme);
      expect(events).toEqual([
        { ...drift, seq: expect.any(Number), caseId: one, site: "north", at: record.createdAt },
        { ...sure, seq: expect.any(Number), caseId: other, at: expect.any(String) },
      ]);
      expect(await read(programme)).toEqual(events);
      const [first, second] = events as [(typeof events)[0], (typeof events)[0]];
      expect(await read(programme, 0, 1)).toEqual([first]);
      expect(await read(programme, first.seq)).toEqual([second]);
      expect(await read(programme, second.seq)).toEqual([]);
      expect(await settled(programme)).toEqual(
        [one, other].map((caseId, i) => ({
          seq: expect.any(Number),
          caseId,
          group: i === 0 ? "é" : "group-1",
          at: events[i]?.at,
          probability: 0.01,
        })),
      );
    });

    it("is nothing of a case that is not watched, or that was not written", async () => {
      const programme = newProgramme();
      await database.records.recordCase(watchedRecord(programme), origin);
      const bad = { ...watchedRecord(programme), patientId: "nul \u0000 byte" };
      await expect(post(programme, driftInput(), bad)).rejects.toMatchObject({ code: "store-unavailable" });
      const { positiveProbability: _, ...silent } = watchedRecord(programme).decision;
      await expect(post(programme, driftInput(), { ...watchedRecord(programme), decision: silent })).rejects.toThrow(
        TypeError,
      );
      expect(await read(programme)).toEqual([]);
      expect(await settled(programme)).toEqual([]);
    });

    it("is each case once, however often it is written, and none whose claim came second", async () => {
      const programme = newProgramme();
      const [one, other] = [watchedRecord(programme), watchedRecord(programme)];
      const claim = { key: randomUUID(), fingerprint: "f" };
      const write = (record: CaseRecord) =>
        database.records.recordCase(record, origin, { claim, drift: driftInput(["human"]) });
      await Promise.all([write(one), write(one), write(other), write(one)]);
      expect(idsOf(await read(programme))).toEqual([one.id]);
      expect(idsOf(await settled(programme))).toEqual([]);
    });

    it("is a batch's case once, and none whose item somebody else has by now", async () => {
      const programme = newProgramme();
      const { batches } = database.records;
      const id = randomUUID();
      const draft: BatchDraft = { id, programme, priority: "normal", origin };
      await batches.beginBatch(draft);
      await batches.addItems(id, 0, [{ source: { kind: "url", url: "https://x.test/1.jpg" }, subject: {} }]);
      await batches.sealBatch(id);
      const lease = async (leaseMs: number) =>
        (await batches.leaseItems({ limit: 1, leaseMs, triesMax: 9 })).find((each) => each.batch === id);
      const lost = await lease(0);
      const held = await lease(60_000);
      if (lost === undefined || held === undefined) throw new Error("an item is free");
      const [one, other] = [watchedRecord(programme), watchedRecord(programme)];
      expect(await batches.recordItem(other, origin, lost, driftInput())).toBe(false);
      expect(await batches.recordItem(one, origin, held, driftInput())).toBe(true);
      expect(await batches.recordItem(one, origin, held, driftInput())).toBe(true);
      expect(idsOf(await read(programme))).toEqual([one.id]);
    });

    it("misses none and repeats none for a reader beside writers of two servers", async () => {
      const programme = newProgramme();
      const servers = [database.records, await database.another()];
      const [writers, casesEach] = [8, 25];
      const posted: string[] = [];
      let writing = true;
      const write = async (writer: number) => {
        for (let i = 0; i < casesEach; i++) {
          const record = watchedRecord(programme);
          await servers[writer % 2]?.recordCase(record, origin, { drift: driftInput() });
          posted.push(record.id);
        }
      };
      const follow = async (ask: typeof read | typeof settled) => {
        const seen: { seq: number; caseId: string }[] = [];
        for (let isLast = false; ; ) {
          const page = await ask(programme, seen.at(-1)?.seq ?? 0, 7);
          seen.push(...page);
          if (page.length === 0 && isLast) return seen;
          isLast = !writing;
        }
      };
      const following = Promise.all([follow(read), follow(settled)]);
      await Promise.all(Array.from({ length: writers }, (_, i) => write(i)));
      writing = false;
      for (const seen of await following) {
        expect(idsOf(seen).sort()).toEqual([...posted].sort());
        expect(seen.every(({ seq }, i) => i === 0 || seq > (seen[i - 1]?.seq as number))).toBe(true);
      }
      expect(posted).toHaveLength(writers * casesEach);
      const taken = idsOf(await settled(programme));
      expect(taken).toEqual(idsOf(await read(programme)));
    });

    it("has a provisional case from when it is decided, with what the fine reader said by then", async () => {
      const programme = newProgramme();
      const drift = driftInput(["fine"]);
      const first = await post(programme, drift, provisionalRecord(programme));
      const overdue = await post(programme, drift, provisionalRecord(programme));
      const other = await post(programme);
      expect(idsOf(await read(programme))).toEqual([other]);
      expect(await settled(programme)).toEqual([]);
      expect(await settleLater(overdue)).toBe(true);
      expect(await settled(programme)).toEqual([]);
      expect(await settleLater(first, true)).toBe(true);
      const events = await read(programme);
      expect(idsOf(events)).toEqual([other, overdue, first]);
      expect(events.map((event) => event.finePositive)).toEqual([undefined, undefined, true]);
      expect(idsOf(await settled(programme))).toEqual([first, overdue, other]);
    });

    it("waits for the label of a chosen case, and for the end of a conflict, before all that came later", async () => {
      const programme = newProgramme();
      const before = await post(programme);
      const chosen = await post(programme, driftInput(["human"]));
      const after = await post(programme);
      expect(idsOf(await settled(programme))).toEqual([before]);
      expect(idsOf(await read(programme))).toEqual([before, chosen, after]);
      await label(after, "cataract");
      expect(idsOf(await settled(programme))).toEqual([before]);
      await label(chosen, "cataract");
      const events = await settled(programme);
      expect(idsOf(events)).toEqual([before, chosen, after]);
      // The coin spared the last one: what somebody says of it all the same was not left to chance.
      expect(events.map(({ judgement }) => judgement)).toEqual([
        undefined,
        { positive: true, claimed: 0.0876, wrong: true },
        undefined,
      ]);
      await label(chosen, "normal", "reader", "bob");
      expect(idsOf(await settled(programme))).toEqual([before]);
      await label(chosen, "normal", "senior", "sue");
      expect((await settled(programme))[1]?.judgement).toEqual({ positive: false, claimed: 0.0876, wrong: false });
    });

    it("says what was wrong: automatic decisions, on pictures that can be judged", async () => {
      const programme = newProgramme();
      const judge = async (outcome: CaseRecord["decision"]["outcome"], what: string) => {
        const change = { outcome, positiveProbability: 0.5 };
        const id = await post(programme, driftInput(["human"]), watchedRecord(programme, change));
        await label(id, what);
      };
      for (const outcome of ["negative", "positive", "person"] as const)
        for (const what of ["normal", "cataract", "ungradable"]) await judge(outcome, what);
      const judged = (positive: boolean, wrong: boolean) => ({ positive, claimed: 0.5, wrong });
      expect((await settled(programme)).map(({ judgement }) => judgement)).toEqual([
        judged(false, false),
        judged(true, true),
        undefined,
        judged(false, true),
        judged(true, false),
        undefined,
        judged(false, false),
        judged(true, false),
        undefined,
      ]);
    });

    it("is let go of where both cursors have passed, but for what still waits and the coins of labelled cases", async () => {
      const programme = newProgramme();
      const embedding = new Float32Array([1, 2]);
      const spared = await post(programme, driftInput([], { embedding }));
      const chosen = await post(programme, driftInput(["human"], { embedding }));
      const looked = await post(programme, driftInput(["fine"]));
      const waiting = await post(programme, driftInput(["human"]));
      await label(chosen, "normal");
      await label(spared, "normal");
      const cursors = async () => ({
        read: (await read(programme)).at(-1)?.seq ?? 0,
        settled: (await settled(programme)).at(-1)?.seq ?? 0,
      });
      const passed = await cursors();
      await database.records.drift.forget(programme, { ...passed, settled: 0 });
      expect(await read(programme)).toEqual([]);
      expect(idsOf(await settled(programme))).toEqual([spared, chosen, looked]);
      await database.records.drift.forget(programme, passed);
      expect(idsOf(await settled(programme))).toEqual([looked]);
      const [held] = await database.records.auditLooks.leaseAuditLooks({
        limit: 1,
        leaseMs: 1,
        readable: [driftInput().release.fine],
      });
      expect(held?.caseId).toBe(looked);
      await database.records.auditLooks.settleAuditLook(held as NonNullable<typeof held>, false);
      expect(idsOf(await read(programme))).toEqual([looked]);
      await label(waiting, "normal");
      expect(idsOf(await settled(programme))).toEqual([looked, waiting]);
      await database.records.drift.forget(programme, await cursors());
      const kept = await database.labels.labelledCases(programme, { limit: 10 });
      expect([await read(programme), await settled(programme)]).toEqual([[], []]);
      expect(kept.map(({ record, audit }) => [record.id, audit?.human.chosen])).toEqual([
        [waiting, true],
        [chosen, true],
        [spared, undefined],
      ]);
    });

    it("needs no more room for more cases once they are let go of", async () => {
      const programme = newProgramme();
      const embedding = Float32Array.from({ length: 512 }, (_, i) => Math.sin(i));
      const round = async (cases: number) => {
        await Promise.all(Array.from({ length: cases }, () => post(programme, driftInput([], { embedding }))));
        const [read_, settled_] = [
          (await read(programme)).at(-1)?.seq ?? 0,
          (await settled(programme)).at(-1)?.seq ?? 0,
        ];
        await database.records.drift.forget(programme, { read: read_, settled: settled_ });
        await database.records.expire(await heldLease(database.records));
      };
      for (let i = 0; i < 6; i++) await round(100);
      const expectRoom = (kB: number) => `do $$ begin
        if pg_total_relation_size('drift_cases') > ${kB} * 1024 then
          raise exception '% bytes', pg_total_relation_size('drift_cases'); end if; end $$`;
      // A server does its vacuuming in its own time.
      await database.restart(name === "PGlite" ? expectRoom(800) : "vacuum drift_cases");
      expect(await read(programme)).toEqual([]);
    });

    it("lets go of what waited too long, with all of its time: chosen or not, labelled or not", async () => {
      const programme = newProgramme();
      const daysAgo = (days: number) => ({
        ...watchedRecord(programme),
        createdAt: new Date(systemClock.wallMs() - days * dayMs).toISOString(),
      });
      const human = driftInput(["human"]);
      const waited = await post(programme, human, daysAgo(89));
      const labelled = await post(programme, human, daysAgo(80));
      const spared = await post(programme, driftInput(), daysAgo(46));
      const young = await post(programme, driftInput(), daysAgo(44));
      await label(labelled, "normal");
      const sweep = async () => database.records.expire(await heldLease(database.records));
      await sweep();
      expect(idsOf(await read(programme))).toEqual([waited, labelled, spared, young]);
      await database.restart(
        `update drift_cases set created_at = created_at - interval '2 days' where case_id = '${waited}'`,
      );
      expect(await settled(programme)).toEqual([]);
      await sweep();
      expect(idsOf(await settled(programme))).toEqual([young]);
      expect(idsOf(await read(programme))).toEqual([young]);
      const kept = await database.labels.labelledCases(programme, { limit: 10 });
      expect(kept.map(({ record, audit }) => [record.id, audit])).toEqual([[labelled, human.audit]]);
      expect(await database.labels.nextTasks(programme, [], 10)).toEqual([
        { caseId: labelled, programme, source: "repeat", answerShown: false },
      ]);
      // What was let go stays so, and what is younger waits for as long as anything.
      const next = await post(programme, human, daysAgo(44));
      await sweep();
      expect(idsOf(await settled(programme))).toEqual([young]);
      expect(idsOf(await read(programme))).toEqual([young, next]);
    });
  });
});
