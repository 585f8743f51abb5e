import { type Kysely, sql } from "kysely";

/** What people order of queues. Never edited once released: later changes get a file of their own. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("queue_orders")
    .addColumn("queue", "text", (column) => column.primaryKey())
    .addColumn("paused", "boolean", (column) => column.notNull())
    .addColumn("width", "integer", (column) => column.check(sql`width > 0`))
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("by", "text", (column) => column.notNull())
    .addColumn("at", "timestamptz", (column) => column.notNull())
    .execute();
}
