import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CaseRecord, DriftInput, LabelRole, Origin } from "../../src/contracts/index.ts";
import { systemClock } from "../../src/platform/index.ts";
import { newProgramme, OpenDatabase, recordDatabases } from "../support/record-database.ts";
import { until } from "../support/server.ts";
import { driftInput, provisionalRecord, watchedRecord } from "../support/watched-case.ts";

const origin: Origin = { actor: "test", requestId: "request-1" };
const ticket = { release: "r", gain: 0.2, outOfDomain: false, waitMsMax: 60_000 };

/** One suite, both databases. */
describe.each(recordDatabases)("labels in $name", ({ open, here }) => {
  describe.skipIf(!here)("(a server in DATABASE_URL, which tests see as TEST_DATABASE_URL)", () => {
    let database: OpenDatabase;
    beforeAll(async () => {
      database = await OpenDatabase.open(open);
    }, 60_000);
    afterAll(() => database.drop());

    const post = async (
      programme: string,
      drift?: DriftInput,
      record: CaseRecord = watchedRecord(programme),
    ): Promise<string> =>
      (
        await database.records.recordCase(record, origin, {
          ...(drift && { drift }),
          ...(record.secondLook && { ticket }),
        })
      ).id;
    const abstained = (programme: string, change: Partial<CaseRecord["decision"]> = {}) =>
      watchedRecord(programme, { outcome: "person", reason: "fine-uncertain", ...change });
    const add = (caseId: string, label: string, by = "ann", role: LabelRole = "reader") =>
      database.labels.addLabel({ caseId, label, by, role }, origin);
    const tasks = (programme: string, alarmed: readonly string[] = [], limit = 100) =>
      database.labels.nextTasks(programme, alarmed, limit);
    const entries = async () => (await database.records.verifyAudit()).entries;

    describe("what people say", () => {
      it("is kept with who, when and why, and leaves a line in the audit log", async () => {
        const programme = newProgramme();
        const id = await post(programme);
        const before = await entries();
        const said = { caseId: id, label: "cataract", role: "senior", by: "Ann Ö", note: "grade 2" } as const;
        const added = await database.labels.addLabel(said, origin);
        const label = { ...said, programme, positive: true, id: expect.any(String), at: expect.stringMatching(/Z$/) };
        expect(added).toEqual({ caseId: id, labels: [label], truth: "cataract", conflict: false, added: true });
        expect(await entries()).toBe(before + 1);
        await database.restart();
        expect(await database.labels.labelsOf(id)).toEqual({
          caseId: id,
          labels: added.labels,
          truth: "cataract",
          conflict: false,
        });
      });

      it("is refused of a case that is not there, and for a label that the programme does not have", async () => {
        const [id, gone] = [await post(newProgramme()), await post("gone")];
        const before = await entries();
        for (const unknown of [randomUUID(), "no uuid"])
          await expect(add(unknown, "normal")).rejects.toMatchObject({ code: "case-unknown" });
        await expect(add(id, "glaucoma")).rejects.toMatchObject({ code: "field-invalid" });
        await expect(add(gone, "normal")).rejects.toMatchObject({ code: "field-invalid" });
        expect((await add(gone, "ungradable")).truth).toBe("ungradable");
        expect((await add(id, "ungradable")).labels[0]?.positive).toBe(false);
        expect(await entries()).toBe(before + 2);
        expect(await database.labels.labelsOf(randomUUID())).toMatchObject({ labels: [], conflict: false });
      });

      it("is added to and never changed: those who disagree, and those who know better", async () => {
        const id = await post(newProgramme());
        const standing = [];
        for (const [label, by, role] of [
          ["normal", "ann", "reader"],
          ["cataract", "bob", "reader"],
          ["cataract", "sue", "senior"],
          ["normal", "tom", "senior"],
          ["normal", "eve", "adjudicator"],
          ["cataract", "ann", "reader"],
        ] as const) {
          const { truth, conflict, labels } = await add(id, label, by, role);
          standing.push([truth, conflict, labels.length]);
        }
        expect(standing).toEqual([
          ["normal", false, 1],
          [undefined, true, 2],
          ["cataract", false, 3],
          [undefined, true, 4],
          ["normal", false, 5],
          ["normal", false, 6],
        ]);
        expect((await database.labels.labelsOf(id)).labels.map(({ by }) => by)).toEqual(
          "ann bob sue tom eve ann".split(" "),
        );
      });

      it("is there once where it is sent twice, also at the same time", async () => {
        const id = await post(newProgramme());
        const before = await entries();
        const sent = await Promise.all(Array.from({ length: 6 }, () => add(id, "normal")));
        expect(sent.filter(({ added }) => added)).toHaveLength(1);
        expect((await add(id, "cataract")).added).toBe(true);
        const people = ["bob", "cy", "di"];
        await Promise.all(people.map((by) => add(id, "cataract", by)));
        expect((await add(id, "normal")).added).toBe(true);
        expect((await database.labels.labelsOf(id)).labels).toHaveLength(6);
        expect(await entries()).toBe(before + 6);
      });

      it("stays where the database itself is told to change it", async () => {
        const id = await post(newProgramme());
        await add(id, "cataract");
        await database.restart(`do $$ declare told text; begin
          foreach told in array array['update labels set label = label', 'delete from labels', 'truncate labels'] loop
            begin execute told; exception when raise_exception then continue; end;
            raise division_by_zero using message = told;
          end loop; end $$`);
        expect((await database.labels.labelsOf(id)).truth).toBe("cataract");
      });
    });

    it("are counted since a moment; of cases, those that have one at all", async () => {
      const programme = newProgramme();
      const ids = [await post(programme), await post(programme), await post(programme)] as const;
      await add(ids[0], "normal");
      const first = systemClock.timestamp();
      await until(async () => systemClock.timestamp() > first, 1000, "the clock");
      const since = systemClock.timestamp();
      const count = (of: readonly string[]) => database.labels.countLabels(programme, since, of);
      expect(await count(ids)).toEqual({ total: 0, ofThese: 1 });
      await add(ids[1], "normal");
      await add(ids[1], "normal", "bob");
      expect(await count(ids)).toEqual({ total: 2, ofThese: 2 });
      expect(await count([ids[2], "no uuid"])).toEqual({ total: 2, ofThese: 0 });
      expect(await database.labels.countLabels(newProgramme(), since, ids)).toEqual({ total: 0, ofThese: 0 });
    });

    it("come with their cases and coins, newest first and page by page", async () => {
      const programme = newProgramme();
      const human = driftInput(["human"]);
      const ids: string[] = [];
      for (let i = 0; i < 7; i++) ids.push(await post(programme, i === 3 ? human : undefined));
      const labelled = ids.filter((_, i) => i !== 2);
      for (const id of labelled) await add(id, "normal");
      await add(ids[4] as string, "cataract", "bob");
      await add(await post(newProgramme()), "normal");
      const seen = [];
      for (let before: string | undefined; ; ) {
        const page = await database.labels.labelledCases(programme, { limit: 4, ...(before && { before }) });
        if (page.length === 0) break;
        seen.push(...page);
        before = page.at(-1)?.record.id;
      }
      expect(seen.map(({ record }) => record.id)).toEqual([...labelled].reverse());
      expect(seen.find(({ record }) => record.id === ids[3])?.audit).toEqual(human.audit);
      expect(seen.filter(({ audit }) => audit !== undefined)).toHaveLength(1);
      expect(seen.map(({ labelled: { labels, conflict } }) => [labels.length, conflict])).toEqual(
        [6, 5, 4, 3, 1, 0].map((i) => (i === 4 ? [2, true] : [1, false])),
      );
      expect(await database.labels.labelledCases(programme, { limit: 4, before: "no uuid" })).toEqual([]);
    });

    describe("what a person is asked", () => {
      it("comes from all four sources, in their shares, and shows the answer of abstentions alone", async () => {
        const programme = newProgramme();
        for (let i = 0; i < 12; i++) await post(programme, undefined, abstained(programme));
        for (let i = 0; i < 12; i++) await post(programme, driftInput(["human"]));
        const alarmed: string[] = [];
        for (let i = 0; i < 12; i++) alarmed.push(await post(programme));
        for (let i = 0; i < 12; i++) await add(await post(programme), "normal");
        const asked = await tasks(programme, alarmed, 20);
        const count = (source: string) => asked.filter((each) => each.source === source).length;
        expect(["abstention", "audit", "alarm", "repeat"].map(count)).toEqual([8, 6, 4, 2]);
        expect(new Set(asked.map(({ caseId }) => caseId)).size).toBe(20);
        expect(asked.every(({ source, answerShown }) => answerShown === (source === "abstention"))).toBe(true);
        expect(asked.filter(({ source }) => source === "alarm").map(({ caseId }) => caseId)).toEqual(
          alarmed.slice(0, 4),
        );
        const singly = [];
        for (let i = 0; i < 10; i++) singly.push(...(await tasks(programme, alarmed, 1)));
        expect(new Set(singly.map(({ source }) => source)).size).toBe(4);
      });

      it("is each case once, and never with its answer where chance or an alarm asks", async () => {
        const programme = newProgramme();
        const chosen = await post(programme, driftInput(["human"]), abstained(programme));
        const both = await post(programme, driftInput(["human"]), abstained(programme));
        const alarmed = await post(programme, undefined, abstained(programme));
        const plain = await post(programme, driftInput(), abstained(programme));
        const asked = await tasks(programme, [alarmed, both, alarmed, randomUUID(), "no uuid"]);
        expect(new Map(asked.map(({ caseId, source }) => [caseId, source]))).toEqual(
          new Map([
            [plain, "abstention"],
            [chosen, "audit"],
            [alarmed, "alarm"],
            [both, "alarm"],
          ]),
        );
        expect(asked).toHaveLength(4);
      });

      it("is nothing that is labelled, provisional, another programme's, or without its picture", async () => {
        const programme = newProgramme();
        await post(programme);
        const undecided = await post(programme, driftInput(["human"]), provisionalRecord(programme));
        const lost = abstained(programme);
        await post(programme, driftInput(["human"]), lost);
        const other = await post(newProgramme(), undefined, abstained("other"));
        const open = await post(programme, undefined, abstained(programme));
        await database.restart(`delete from objects where sha256 = '${lost.image.sha256}'`);
        expect((await tasks(programme, [undecided, lost.id, other])).map(({ caseId }) => caseId)).toEqual([open]);
        await add(open, "normal");
        await add(open, "normal", "bob");
        expect(await tasks(programme)).toEqual([]);
        expect(await tasks(newProgramme())).toEqual([]);
      });

      it("is oldest first where chance chose, newest first where the readers abstained", async () => {
        const programme = newProgramme();
        const chosen: string[] = [];
        for (let i = 0; i < 3; i++) chosen.push(await post(programme, driftInput(["human"])));
        const left: string[] = [];
        for (let i = 0; i < 3; i++) left.push(await post(programme, undefined, abstained(programme)));
        const asked = await tasks(programme);
        const of = (source: string) => asked.filter((each) => each.source === source).map(({ caseId }) => caseId);
        expect(of("audit")).toEqual(chosen);
        expect(new Set(of("abstention"))).toEqual(new Set(left));
      });

      it("is a second opinion where there is one, and first of all where two people disagree", async () => {
        const programme = newProgramme();
        const once = await post(programme);
        const twice = await post(programme);
        const disputed = await post(programme);
        const resolved = await post(programme);
        await add(once, "normal");
        for (const by of ["ann", "bob"]) await add(twice, "normal", by);
        for (const [i, id] of [disputed, resolved].entries()) {
          await add(id, "normal");
          await add(id, "cataract", `bob-${i}`);
        }
        await add(resolved, "cataract", "eve", "adjudicator");
        expect((await tasks(programme)).map(({ caseId, source }) => [caseId, source])).toEqual([
          [disputed, "repeat"],
          [once, "repeat"],
        ]);
      });
    });
  });
});
