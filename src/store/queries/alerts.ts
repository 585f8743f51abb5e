import type { Kysely, Transaction } from "kysely";
import type { Alert, AlertKind } from "../../contracts/index.ts";
import type { PersonCalls } from "../person-messages.ts";
import type { Schema } from "../schema.ts";

/** An alert is for pages that are open, or come back soon; what lasts is a notification. */
const alertDays = 30;
const dayMs = 86_400_000;

export async function alertsAfter(
  db: Kysely<Schema>,
  { seq, limit }: PersonCalls["alertsAfter"]["asked"],
): Promise<Alert[]> {
  const rows = await db.selectFrom("alerts").selectAll().where("seq", ">", seq).orderBy("seq").limit(limit).execute();
  return rows.map(({ seq: number, at, kind, body }) => ({
    seq: Number(number),
    at: at.toISOString(),
    kind: kind as AlertKind,
    body,
  }));
}

/** From the head, which outlives the alerts. */
export async function lastAlert(db: Kysely<Schema>): Promise<number> {
  const head = await db.selectFrom("alert_head").select("seq").executeTakeFirstOrThrow();
  return Number(head.seq);
}

/** From the front and up to the newest that is due: the clocks of several servers must not leave holes. */
export async function forgetAlerts(tx: Transaction<Schema>, now: Date): Promise<void> {
  const stale = new Date(now.getTime() - alertDays * dayMs);
  await tx
    .deleteFrom("alerts")
    .where("seq", "<=", (table) =>
      table
        .selectFrom("alerts as old")
        .select((old) => old.fn.max("old.seq").as("seq"))
        .where("old.at", "<=", stale),
    )
    .execute();
}
