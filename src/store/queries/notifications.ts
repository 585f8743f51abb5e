import type { Kysely, Selectable } from "kysely";
import { type Notification, type NotificationType, Problem } from "../../contracts/index.ts";
import { inTransaction } from "../connection-loss.ts";
import type { PersonCalls, WrittenTrail } from "../person-messages.ts";
import type { NotificationTable, Schema } from "../schema.ts";
import { writeTrail } from "./write-trail.ts";

/** @throws {Problem} person-unknown when a notification is about somebody who is not there, or no longer */
export function notify(db: Kysely<Schema>, trail: WrittenTrail): Promise<undefined> {
  const about = [...new Set(trail.notifications.flatMap(({ personId }) => (personId === null ? [] : [personId])))];
  return inTransaction(db, async (tx) => {
    if (about.length > 0) {
      // Held until the commit: a person that is removed meanwhile takes the notification along.
      const there = await tx
        .selectFrom("persons")
        .select("id")
        .where("id", "in", about)
        .where("deleted_at", "is", null)
        .orderBy("id")
        .forShare()
        .execute();
      if (there.length < about.length) throw new Problem("person-unknown");
    }
    await writeTrail(
      tx,
      trail,
      trail.notifications.map(({ id }) => `notification/${id}`),
    );
    return undefined;
  });
}

export async function listNotifications(
  db: Kysely<Schema>,
  { filter, skip, limit }: PersonCalls["listNotifications"]["asked"],
): Promise<Notification[]> {
  let query = db.selectFrom("notifications").selectAll();
  if (filter.unreadOnly === true) query = query.where("read", "=", false);
  if (filter.personId !== undefined) query = query.where("person_id", "=", filter.personId);
  const rows = await query.orderBy("at", "desc").orderBy("id", "desc").offset(skip).limit(limit).execute();
  return rows.map(notificationOf);
}

export async function countUnread(db: Kysely<Schema>): Promise<number> {
  const { unread } = await db
    .selectFrom("notifications")
    .where("read", "=", false)
    .select((table) => table.fn.countAll().as("unread"))
    .executeTakeFirstOrThrow();
  return Number(unread);
}

export async function markRead(db: Kysely<Schema>, id: string): Promise<Notification | undefined> {
  const row = await db
    .updateTable("notifications")
    .set({ read: true })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirst();
  return row && notificationOf(row);
}

/** In the order of ids, as whoever removes a person takes that person's: two must not wait for each other. */
export async function markAllRead(db: Kysely<Schema>): Promise<undefined> {
  await db
    .updateTable("notifications")
    .set({ read: true })
    .where("id", "in", (table) =>
      table
        .selectFrom("notifications as unread")
        .select("unread.id")
        .where("unread.read", "=", false)
        .orderBy("unread.id")
        .forUpdate(),
    )
    .execute();
  return undefined;
}

export async function removeNotification(db: Kysely<Schema>, id: string): Promise<boolean> {
  const row = await db.deleteFrom("notifications").where("id", "=", id).returning("id").executeTakeFirst();
  return row !== undefined;
}

const notificationOf = (row: Selectable<NotificationTable>): Notification => ({
  id: row.id,
  personId: row.person_id,
  message: row.message,
  timestamp: row.at.toISOString(),
  read: row.read,
  type: row.type as NotificationType,
});
