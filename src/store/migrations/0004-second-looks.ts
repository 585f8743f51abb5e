import { type Kysely, sql } from "kysely";

/** Tickets for second looks. Never edited once released: later changes get a file of their own. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("second_looks")
    .addColumn("case_id", "uuid", (column) => column.primaryKey().references("cases.id").onDelete("cascade"))
    .addColumn("release", "text", (column) => column.notNull())
    .addColumn("gain", "float8", (column) => column.notNull())
    .addColumn("out_of_domain", "boolean", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull().check(sql`state in ('pending', 'later', 'person')`))
    .addColumn("attempt", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("created_at", "timestamptz", (column) => column.notNull())
    .addColumn("due_at", "timestamptz", (column) => column.notNull())
    .addColumn("free_at", "timestamptz", (column) => column.notNull())
    .addColumn("settled_at", "timestamptz")
    .addCheckConstraint("second_looks_settled", sql`(state = 'pending') = (settled_at is null)`)
    .execute();
  await sql`create index second_looks_pending on second_looks (free_at) where state = 'pending'`.execute(db);
}
