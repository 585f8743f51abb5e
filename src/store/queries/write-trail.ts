import type { Transaction } from "kysely";
import type { WrittenTrail } from "../person-messages.ts";
import type { Schema } from "../schema.ts";
import { appendAudit } from "./append-audit.ts";

/**
 * Writes notifications, alerts and one audit entry for each object. Called last in its transaction: it takes the alert
 * head and then the audit head, in that order everywhere.
 */
export async function writeTrail(
  tx: Transaction<Schema>,
  { notifications, alerts, origin, action, at }: WrittenTrail,
  objects: readonly string[],
): Promise<void> {
  if (notifications.length > 0)
    await tx
      .insertInto("notifications")
      .values(
        notifications.map(({ id, personId, message, timestamp, read, type }) => ({
          id,
          person_id: personId,
          message,
          type,
          at: new Date(timestamp),
          read,
        })),
      )
      .execute();
  await appendAlerts(tx, alerts, at);
  await appendAudit(
    tx,
    objects.map((object) => ({ ...origin, action, object, at })),
  );
}

/** The head's row stays locked until the commit, so numbers are in the order of commits and a rollback leaves no gap. */
async function appendAlerts(tx: Transaction<Schema>, alerts: WrittenTrail["alerts"], at: string): Promise<void> {
  if (alerts.length === 0) return;
  const head = await tx
    .updateTable("alert_head")
    .set((table) => ({ seq: table("seq", "+", alerts.length) }))
    .returning("seq")
    .executeTakeFirstOrThrow();
  const first = Number(head.seq) - alerts.length + 1;
  await tx
    .insertInto("alerts")
    .values(alerts.map(({ kind, body }, i) => ({ seq: first + i, at: new Date(at), kind, body })))
    .execute();
}
