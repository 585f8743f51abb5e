import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatabaseRecords } from "../../dist/store/index.js";
import type { Alert, AlertDraft, Notification, Origin, Person } from "../../src/contracts/index.ts";
import { type Clock, createLog, newCaseId, systemClock } from "../../src/platform/index.ts";
import { caseRecord } from "../support/case-record.ts";
import { embeddedDatabase, serverDatabase, type TestDatabase } from "../support/database.ts";
import { heldLease } from "../support/lease.ts";

const server = process.env["TEST_DATABASE_URL"] || undefined;
const origin: Origin = { actor: "test", requestId: "request-1" };
const dayMs = 24 * 3_600_000;
const laterMs = (ms: number): string => new Date(systemClock.wallMs() + ms).toISOString();

function person(change: Partial<Person> = {}): Person {
  const now = systemClock.timestamp();
  return {
    id: newCaseId(),
    name: "Ada Lovelace",
    age: 36,
    gender: "female",
    email: null,
    phone: null,
    history: 'quote " and \\ slash',
    symptoms: ["blurred vision"],
    status: "Pending Analysis",
    image: null,
    imageUrl: null,
    oculomics: null,
    analysis: null,
    analysisCase: null,
    validation: null,
    appointmentDate: null,
    workflowStep: 1,
    admittedAt: now,
    createdAt: now,
    updatedAt: now,
    version: 1,
    ...change,
  };
}

const changed = (before: Person, change: Partial<Person>): Person => ({
  ...before,
  ...change,
  version: before.version + 1,
});

const notification = (change: Partial<Notification> = {}): Notification => ({
  id: newCaseId(),
  personId: null,
  message: "New case admitted",
  timestamp: systemClock.timestamp(),
  read: false,
  type: "info",
  ...change,
});

const alert = (text: string): AlertDraft => ({ kind: "notification", body: JSON.stringify({ text }) });

const picture = (text: string): Person["image"] => ({
  sha256: createHash("sha256").update(text).digest("hex"),
  mediaType: "image/png",
  bytes: text.length,
  width: 8,
  height: 8,
});

const databases = [
  { name: "PGlite", open: embeddedDatabase, here: true },
  { name: "PostgreSQL", open: () => serverDatabase(server as string), here: server !== undefined },
];

/** One suite, both databases. PostgreSQL is the one of DATABASE_URL. */
describe.each(databases)("persons in $name", ({ open, here }) => {
  describe.skipIf(!here)("(a server in DATABASE_URL, which tests see as TEST_DATABASE_URL)", () => {
    let database: TestDatabase;
    let records: DatabaseRecords;
    const openRecords = async (imageDays = 0, clock: Clock = systemClock): Promise<DatabaseRecords> => {
      const log = createLog("silent", "test");
      const opened = new DatabaseRecords({ place: database.place, imageDays, clock, log });
      await opened.start();
      return opened;
    };
    const reopen = async (imageDays = 0, clock: Clock = systemClock): Promise<void> => {
      await records?.close();
      records = await openRecords(imageDays, clock);
    };
    const created = async (change: Partial<Person> = {}): Promise<Person> => {
      const one = person(change);
      await records.persons.createPerson(one, { origin });
      return one;
    };
    /** Everything that a write could have left. */
    const left = async () => ({
      audit: (await records.verifyAudit()).entries,
      alert: await records.persons.lastAlert(),
      unread: await records.persons.countUnread(),
      persons: (await records.persons.listPersons({}, 0, 1)).total,
    });

    beforeAll(async () => {
      database = await open();
      await reopen();
    }, 60_000);
    afterAll(async () => {
      await records.close();
      await database.drop();
    });

    it("knows nobody that was not created, whatever is asked for", async () => {
      const { persons } = records;
      for (const id of [randomUUID(), "", "7", "'; drop table persons", "\u0000"]) {
        expect(await persons.getPerson(id)).toBeUndefined();
        expect(await persons.removePerson(id, systemClock.timestamp(), { origin })).toBe(false);
        expect(await persons.replacePerson(person({ id, version: 2 }), { origin })).toBe(false);
        expect(await persons.markRead(id)).toBeUndefined();
        expect(await persons.removeNotification(id)).toBe(false);
        expect(await persons.listNotifications({ personId: id }, 0, 10)).toEqual([]);
        await expect(
          persons.notify({ origin, notifications: [notification({ personId: id })], alerts: [alert("nobody")] }),
        ).rejects.toMatchObject({ code: "person-unknown" });
      }
      expect(await persons.listPersons({ search: "\u0000" }, 0, 10)).toEqual({ persons: [], total: 0 });
      expect(await left()).toEqual({ audit: 0, alert: 0, unread: 0, persons: 0 });
      expect(records.failure).toBeUndefined();
    });

    it("gives a person back as it was, also after it was opened again", async () => {
      const one = person({ name: "Zoë Ångström", image: picture("an eye"), symptoms: ["nul \u0000 byte"] });
      const trail = { origin, notifications: [notification({ personId: one.id })], alerts: [alert("created")] };
      await records.persons.createPerson(one, trail);
      await reopen();
      expect(await records.persons.getPerson(one.id)).toEqual(one);
      expect(await records.persons.listNotifications({ personId: one.id }, 0, 10)).toEqual(trail.notifications);
      expect(await records.persons.lastAlert()).toBe(1);
      expect(await records.persons.alertsAfter(0, 10)).toEqual([
        { ...alert("created"), seq: 1, at: expect.stringMatching(/Z$/) },
      ]);
    });

    it("leaves nothing of a write that fails", async () => {
      const before = await left();
      const one = await created();
      const held = notification();
      await records.persons.notify({ origin, notifications: [held] });
      const after = {
        audit: before.audit + 2,
        alert: before.alert,
        unread: before.unread + 1,
        persons: before.persons + 1,
      };
      const trail = { origin, notifications: [held], alerts: [alert("never")] };
      for (const write of [
        () => records.persons.createPerson(person(), trail),
        () => records.persons.replacePerson(changed(one, { name: "Never" }), trail),
        () => records.persons.removePerson(one.id, systemClock.timestamp(), trail),
        () => records.persons.notify(trail),
      ])
        await expect(write()).rejects.toMatchObject({ code: "store-unavailable" });
      for (const name of ["nul \u0000 byte"])
        await expect(records.persons.createPerson(person({ name }), trail)).rejects.toMatchObject({
          code: "field-invalid",
        });
      expect(await left()).toEqual(after);
      expect(await records.persons.getPerson(one.id)).toEqual(one);
      await expect.poll(() => records.failure, { timeout: 10_000 }).toBeUndefined();
    });

    it("lets one of two changes that start from the same version come through", async () => {
      // As many connections as there can be, so that the changes really meet.
      const [one] = (await Promise.all(Array.from({ length: 8 }, () => created()))) as [Person];
      const before = await left();
      const changes = Array.from({ length: 8 }, (_, i) => changed(one, { name: `Change ${i}` }));
      const done = await Promise.all(
        changes.map((each) => records.persons.replacePerson(each, { origin, alerts: [alert(each.name)] })),
      );
      expect(done.filter((each) => each)).toHaveLength(1);
      const winner = changes[done.indexOf(true)] as Person;
      expect(await records.persons.getPerson(one.id)).toEqual(winner);
      expect(await left()).toEqual({ ...before, audit: before.audit + 1, alert: before.alert + 1 });
      expect(await records.persons.replacePerson(changed(one, {}), { origin })).toBe(false);
      expect(await records.persons.replacePerson({ ...winner, version: 9 }, { origin })).toBe(false);
      expect(await records.persons.replacePerson(changed(winner, { name: "Next" }), { origin })).toBe(true);
    });

    it("writes once what lost its connection before its commit", async () => {
      const one = await created();
      const before = (await records.verifyAudit()).entries;
      // Holds the row until somebody waits for it, and ends that connection.
      const ending =
        "url" in database.place
          ? database.run(
              `do $$ begin
                 perform from persons where id = '${one.id}' for update;
                 for i in 1..500 loop
                   perform pg_sleep(0.01), pg_stat_clear_snapshot();
                   if (select count(pg_terminate_backend(pid)) from pg_stat_activity
                       where datname = current_database() and wait_event_type = 'Lock') > 0 then return; end if;
                 end loop;
                 raise 'nobody waited';
               end $$`,
            )
          : undefined;
      const isHeld = () =>
        database.run(`select from persons where id = '${one.id}' for update nowait`).then(
          () => false,
          () => true,
        );
      if (ending !== undefined) await expect.poll(isHeld, { timeout: 5000, interval: 20 }).toBe(true);
      const next = changed(one, { name: "After" });
      expect(await records.persons.replacePerson(next, { origin })).toBe(true);
      await ending;
      expect(await records.persons.getPerson(one.id)).toEqual(next);
      expect((await records.verifyAudit()).entries).toBe(before + 1);
    });

    it("hides a person that was removed and takes the notifications along, but keeps the row", async () => {
      const [gone, other] = [await created({ name: "Gone" }), await created({ name: "Other" })];
      const [theirs, another] = [notification({ personId: gone.id }), notification({ personId: other.id })];
      await records.persons.notify({ origin, notifications: [theirs, another] });
      const at = systemClock.timestamp();
      expect(await records.persons.removePerson(gone.id, at, { origin, alerts: [alert("removed")] })).toBe(true);
      expect(await records.persons.removePerson(gone.id, at, { origin })).toBe(false);
      expect(await records.persons.getPerson(gone.id)).toBeUndefined();
      expect(await records.persons.replacePerson(changed(gone, {}), { origin })).toBe(false);
      expect((await records.persons.listPersons({ search: "Gone" }, 0, 10)).total).toBe(0);
      expect(await records.persons.markRead(theirs.id)).toBeUndefined();
      expect(await records.persons.listNotifications({ personId: other.id }, 0, 10)).toEqual([another]);
      await expect(
        records.persons.notify({ origin, notifications: [notification({ personId: gone.id })] }),
      ).rejects.toMatchObject({ code: "person-unknown" });
      await records.close();
      await database.run(
        `do $$ begin if not exists (select from persons where id = '${gone.id}' and deleted_at = '${at}'
         and record like '%Gone%') then raise 'the row is gone'; end if; end $$`,
      );
      await reopen();
    });

    it("lists newest first, page by page, by status and by a part of the name in any case", async () => {
      const mark = randomUUID().slice(0, 8);
      const names = ["ÉLODIE 100% Müller", "élodie 100_ MÜLLER", "Elodie 1000", "Bob\\Alice"];
      const made: Person[] = [];
      for (const [i, name] of names.entries())
        made.unshift(
          await created({
            name: `${mark} ${name}`,
            status: i === 0 ? "Critical" : "Stable",
            // The last two in the same millisecond: the id decides.
            createdAt: laterMs(i === 3 ? 2000 : i * 1000),
          }),
        );
      const found = async (search: string, skip = 0, limit = 10) => {
        const page = await records.persons.listPersons({ search: `${mark} ${search}` }, skip, limit);
        return { names: page.persons.map(({ name }) => name.slice(9)), total: page.total };
      };
      expect((await records.persons.listPersons({ search: mark }, 0, 10)).persons).toEqual(made);
      expect((await found("")).names).toEqual([...names].reverse());
      expect(await found("", 1, 2)).toEqual({ names: [names[2], names[1]], total: 4 });
      expect(await found("", 10, 2)).toEqual({ names: [], total: 4 });
      expect((await found("Élodie")).names).toEqual([names[1], names[0]]);
      expect((await found("elodie")).names).toEqual([names[2]]);
      expect((await found("éLODIE 100%")).names).toEqual([names[0]]);
      expect((await found("élodie 100_")).names).toEqual([names[1]]);
      expect((await found("bob\\a")).names).toEqual([names[3]]);
      const critical = await records.persons.listPersons({ search: mark, status: "Critical" }, 0, 10);
      expect(critical.persons.map(({ name }) => name.slice(9))).toEqual([names[0]]);
      const first = made.at(-1) as Person;
      await records.persons.replacePerson(changed(first, { name: `${mark} Renamed`, status: "Stable" }), { origin });
      expect((await found("renamed")).total).toBe(1);
      expect((await records.persons.listPersons({ search: mark, status: "Critical" }, 0, 10)).total).toBe(0);
    });

    it("counts, reads and removes notifications", async () => {
      await records.persons.markAllRead();
      expect(await records.persons.countUnread()).toBe(0);
      const three = (["info", "critical", "success"] as const).map((type, i) =>
        notification({ type, message: `number ${i}`, timestamp: laterMs(dayMs + i) }),
      );
      await records.persons.notify({ origin, notifications: three });
      const newest = [...three].reverse();
      expect(await records.persons.listNotifications({}, 0, 3)).toEqual(newest);
      expect(await records.persons.listNotifications({}, 1, 1)).toEqual([newest[1]]);
      expect(await records.persons.countUnread()).toBe(3);
      const one = newest[1] as Notification;
      expect(await records.persons.markRead(one.id)).toEqual({ ...one, read: true });
      expect(await records.persons.markRead(one.id)).toEqual({ ...one, read: true });
      expect(await records.persons.listNotifications({ unreadOnly: true }, 0, 10)).toEqual([newest[0], newest[2]]);
      expect(await records.persons.removeNotification(one.id)).toBe(true);
      expect(await records.persons.removeNotification(one.id)).toBe(false);
      await records.persons.markAllRead();
      expect(await records.persons.listNotifications({ unreadOnly: true }, 0, 10)).toEqual([]);
    });

    it("chains an entry for every write, under the name that the caller gives it", async () => {
      const before = (await records.verifyAudit()).entries;
      const one = await created();
      const note = notification();
      await records.persons.replacePerson(changed(one, {}), { origin, action: "person.validated" });
      await records.persons.replacePerson(changed(changed(one, {}), {}), { origin });
      await records.persons.notify({ origin, notifications: [note] });
      await records.persons.removePerson(one.id, systemClock.timestamp(), { origin });
      const verdict = await records.verifyAudit();
      expect(verdict).toMatchObject({ intact: true, entries: before + 5 });
      await records.close();
      const expected = ["created", "validated", "changed"].map((each) => `person.${each} person/${one.id}`);
      expected.push(`notification.created notification/${note.id}`, `person.removed person/${one.id}`);
      await database.run(
        `do $$ begin if (select string_agg(action || ' ' || object, ',' order by seq) from audit where seq > ${before})
         <> '${expected.join(",")}' then raise 'other entries'; end if; end $$`,
      );
      await reopen();
    });

    it("numbers alerts without gaps in the order of commits, and misses none for whoever reads meanwhile", async () => {
      const second = "url" in database.place ? await openRecords() : records;
      const start = await records.persons.lastAlert();
      const people = await Promise.all(Array.from({ length: 10 }, () => created()));
      const seen: Alert[] = [];
      let writing = true;
      const reading = (async () => {
        for (let last = false; ; last = !writing) {
          seen.push(...(await second.persons.alertsAfter(seen.at(-1)?.seq ?? start, 7)));
          if (last && (seen.at(-1)?.seq ?? start) === (await records.persons.lastAlert())) return;
        }
      })();
      const writes = people.flatMap((one, i) => {
        const { persons } = i % 2 === 0 ? records : second;
        const next = changed(one, {});
        return [
          persons.replacePerson(next, { origin, alerts: [alert(`${i} a`), alert(`${i} b`)] }),
          persons.notify({ origin, notifications: [notification()], alerts: [alert(`${i} c`)] }),
          // Comes second or refers to somebody who is not there: leaves neither alert nor gap.
          persons.replacePerson(next, { origin, alerts: [alert(`${i} a`), alert(`${i} b`)] }),
          persons
            .notify({ origin, notifications: [notification({ personId: randomUUID() })], alerts: [alert("gap")] })
            .catch((problem: { code: string }) => expect(problem.code).toBe("person-unknown")),
          persons.createPerson(one, { origin, alerts: [alert("gap")] }).then(
            () => expect.unreachable(),
            () => undefined,
          ),
        ];
      });
      await Promise.all(writes);
      writing = false;
      await reading;
      expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, i) => start + 1 + i));
      const texts = seen.map(({ body }) => (JSON.parse(body) as { text: string }).text);
      expect([...texts].sort()).toEqual(people.flatMap((_, i) => [`${i} a`, `${i} b`, `${i} c`]).sort());
      for (const i of people.keys()) expect(texts.indexOf(`${i} b`)).toBe(texts.indexOf(`${i} a`) + 1);
      expect((await records.verifyAudit()).intact).toBe(true);
      if (second !== records) await second.close();
      await reopen();
    });

    it("survives removals, reading all and cases at once", async () => {
      const people = await Promise.all(Array.from({ length: 12 }, () => created()));
      const notes = people.flatMap(({ id: personId }) => [notification({ personId }), notification({ personId })]);
      await records.persons.notify({ origin, notifications: notes, alerts: [alert("all")] });
      const at = systemClock.timestamp();
      await Promise.all([
        ...people.map(({ id }) => records.persons.removePerson(id, at, { origin, alerts: [alert(id)] })),
        ...people.map(() => records.persons.markAllRead()),
        ...people.map(() => records.recordCase(caseRecord(), origin)),
        records.expire(await heldLease(records)),
      ]);
      for (const { id } of people) expect(await records.persons.listNotifications({ personId: id }, 0, 10)).toEqual([]);
      expect((await records.verifyAudit()).intact).toBe(true);
    });

    it("forgets alerts after thirty days, from the front, and never gives a number twice", async () => {
      const last = await records.persons.lastAlert();
      await reopen(0, { ...systemClock, timestamp: () => laterMs(-31 * dayMs) });
      await records.persons.notify({ origin, alerts: [alert("old"), alert("old")] });
      await reopen(0, { ...systemClock, timestamp: () => laterMs(-29 * dayMs) });
      await records.persons.notify({ origin, alerts: [alert("young")] });
      await reopen();
      await records.expire(await heldLease(records));
      const held = await records.persons.alertsAfter(0, 100);
      expect(held.map(({ seq, body }) => [seq, body])).toEqual([[last + 3, alert("young").body]]);
      await reopen(0, { ...systemClock, timestamp: () => laterMs(2 * dayMs) });
      await records.expire(await heldLease(records));
      expect(await records.persons.alertsAfter(0, 100)).toEqual([]);
      expect(await records.persons.lastAlert()).toBe(last + 3);
      await reopen();
      await records.persons.notify({ origin, alerts: [alert("next")] });
      expect((await records.persons.alertsAfter(last, 100)).map(({ seq }) => seq)).toEqual([last + 4]);
    });

    it("keeps the picture of a person without a case, for the days that images are kept", async () => {
      await reopen(1);
      const [first, second] = [picture(randomUUID()), picture(randomUUID())];
      const names = [first, second].map((each) => each?.sha256 as string);
      const one = await created({ image: first });
      expect(await records.knownObjects(names)).toEqual([names[0]]);
      const next = changed(one, { image: second });
      await records.persons.replacePerson(next, { origin });
      await records.persons.replacePerson(changed(next, { name: "Same picture" }), { origin });
      expect([...(await records.knownObjects(names))].sort()).toEqual([...names].sort());
      await reopen(1, { ...systemClock, timestamp: () => laterMs(dayMs + 60_000) });
      // A change that leaves the picture as it is does not lengthen its time.
      const later = changed(changed(next, {}), { name: "Later" });
      expect(await records.persons.replacePerson(later, { origin })).toBe(true);
      expect([...((await records.expire(await heldLease(records))) ?? [])].sort()).toEqual(
        expect.arrayContaining([...names].sort()),
      );
      expect(await records.knownObjects(names)).toEqual([]);
      await reopen();
    });

    it("keeps consent to training beside the record of a case", async () => {
      const asked = [caseRecord({ trainingConsent: true }), caseRecord({ trainingConsent: false }), caseRecord()];
      for (const each of asked) await records.recordCase(each, origin);
      await records.close();
      for (const [i, held] of ["true", "false", "null"].entries())
        await database.run(
          `do $$ begin if (select training_consent from cases where id = '${asked[i]?.id}') is distinct from ${held}
           then raise 'another answer'; end if; end $$`,
        );
      await reopen();
    });

    it("finishes what was asked before it was closed, and refuses what is asked after", async () => {
      const many = Array.from({ length: 10 }, () => person());
      const writes = many.map((each) => records.persons.createPerson(each, { origin }));
      await records.close();
      await Promise.all(writes);
      await expect(records.persons.countUnread()).rejects.toMatchObject({ code: "store-unavailable" });
      await reopen();
      for (const each of many) expect(await records.persons.getPerson(each.id)).toEqual(each);
    });
  });
});
