import type { Kysely } from "kysely";
import type { Person } from "../../contracts/index.ts";
import { inTransaction } from "../connection-loss.ts";
import type { PersonCalls } from "../person-messages.ts";
import type { Schema } from "../schema.ts";
import { foldName } from "./fold-name.ts";
import { keepObjects, objectRow } from "./keep-objects.ts";
import { writeTrail } from "./write-trail.ts";

// Rows are taken in one order by every process: the person, the picture, notifications, the alert head, the audit head.

export function createPerson(
  db: Kysely<Schema>,
  { record, trail, imageExpiresAt }: PersonCalls["createPerson"]["asked"],
): Promise<undefined> {
  return inTransaction(db, async (tx) => {
    const person = JSON.parse(record) as Person;
    await tx
      .insertInto("persons")
      .values({ id: person.id, created_at: new Date(person.createdAt), ...columns(person, record) })
      .execute();
    if (person.image !== null) await keepObjects(tx, [objectRow(person.image, trail.at, imageExpiresAt)]);
    await writeTrail(tx, trail, [`person/${person.id}`]);
    return undefined;
  });
}

export function replacePerson(
  db: Kysely<Schema>,
  { record, trail, imageExpiresAt }: PersonCalls["replacePerson"]["asked"],
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const person = JSON.parse(record) as Person;
    const held = await tx
      .selectFrom("persons")
      .select("record")
      .where("id", "=", person.id)
      .where("version", "=", person.version - 1)
      .where("deleted_at", "is", null)
      .forUpdate()
      .executeTakeFirst();
    if (held === undefined) return false;
    await tx.updateTable("persons").set(columns(person, record)).where("id", "=", person.id).execute();
    // A picture that stays keeps the time it was given: a change of the person does not lengthen it.
    const before = (JSON.parse(held.record) as Person).image;
    if (person.image !== null && person.image.sha256 !== before?.sha256)
      await keepObjects(tx, [objectRow(person.image, trail.at, imageExpiresAt)]);
    await writeTrail(tx, trail, [`person/${person.id}`]);
    return true;
  });
}

export function removePerson(
  db: Kysely<Schema>,
  { id, at, trail }: PersonCalls["removePerson"]["asked"],
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const removed = await tx
      .updateTable("persons")
      .set({ deleted_at: new Date(at) })
      .where("id", "=", id)
      .where("deleted_at", "is", null)
      .returning("id")
      .executeTakeFirst();
    if (removed === undefined) return false;
    await tx
      .deleteFrom("notifications")
      .where("id", "in", (table) =>
        table
          .selectFrom("notifications as theirs")
          .select("theirs.id")
          .where("theirs.person_id", "=", id)
          .orderBy("theirs.id")
          .forUpdate(),
      )
      .execute();
    await writeTrail(tx, trail, [`person/${removed.id}`]);
    return true;
  });
}

const columns = ({ name, status, updatedAt, version }: Person, record: string) => ({
  name,
  search_name: foldName(name),
  status,
  updated_at: new Date(updatedAt),
  version,
  record,
});
