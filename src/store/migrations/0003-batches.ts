import { type Kysely, sql } from "kysely";

/** Batches and their items. Never edited once released: later changes get a file of their own. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createBatches(db);
  await createItems(db);
}

async function createBatches(db: Kysely<unknown>): Promise<void> {
  let table = db.schema
    .createTable("batches")
    .addColumn("id", "uuid", (column) => column.primaryKey())
    .addColumn("programme", "text", (column) => column.notNull())
    .addColumn("strategy", "text")
    .addColumn("priority", "int2", (column) => column.notNull())
    .addColumn("state", "text", (column) =>
      column.notNull().check(sql`state in ('receiving', 'running', 'done', 'cancelling', 'cancelled')`),
    )
    .addColumn("actor", "text", (column) => column.notNull())
    .addColumn("request_id", "text", (column) => column.notNull())
    .addColumn("key_sha256", "text", (column) => column.unique())
    .addColumn("fingerprint", "text")
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("created_at", "timestamptz", (column) => column.notNull())
    .addColumn("touched_at", "timestamptz", (column) => column.notNull())
    .addColumn("served_at", "timestamptz", (column) => column.notNull())
    .addColumn("finished_at", "timestamptz")
    .addColumn("mark_at", "timestamptz")
    .addColumn("mark_settled", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("before_at", "timestamptz")
    .addColumn("before_settled", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("webhook_url", "text")
    .addColumn("webhook_state", "text", (column) => column.check(sql`webhook_state in ('due', 'sent', 'failed')`))
    .addColumn("webhook_due", "timestamptz")
    .addColumn("webhook_tries", "integer", (column) => column.notNull().defaultTo(0));
  for (const state of ["queued", "leased", "done", "failed", "dead", "cancelled"])
    table = table.addColumn(state, "integer", (column) =>
      column
        .notNull()
        .defaultTo(0)
        .check(sql`${sql.ref(state)} >= 0`),
    );
  await table.execute();
  await sql`create index batches_to_serve on batches (priority, served_at)
    where state in ('running', 'cancelling')`.execute(db);
  await sql`create index batches_to_tell on batches (webhook_due) where webhook_state = 'due'`.execute(db);
  await db.schema.createIndex("batches_by_age").on("batches").columns(["state", "touched_at"]).execute();
}

async function createItems(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("batch_items")
    .addColumn("batch_id", "uuid", (column) => column.notNull().references("batches.id"))
    .addColumn("seq", "integer", (column) => column.notNull())
    .addColumn("custom_id", "text")
    .addColumn("source", "text")
    .addColumn("sha256", "text")
    .addColumn("subject", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) =>
      column.notNull().check(sql`state in ('queued', 'leased', 'done', 'failed', 'dead', 'cancelled')`),
    )
    .addColumn("attempt", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("tries", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("due_at", "timestamptz", (column) => column.notNull())
    .addColumn("case_id", "uuid", (column) => column.unique())
    .addColumn("problem_code", "text")
    .addColumn("problem_detail", "text")
    .addPrimaryKeyConstraint("batch_items_pkey", ["batch_id", "seq"])
    .addCheckConstraint("batch_items_done", sql`(state = 'done') = (case_id is not null)`)
    .execute();
  await sql`create unique index batch_items_by_custom_id on batch_items (batch_id, custom_id)
    where custom_id is not null`.execute(db);
  await sql`create index batch_items_open on batch_items (batch_id, seq)
    where state in ('queued', 'leased')`.execute(db);
  await sql`create index batch_items_by_object on batch_items (sha256)
    where sha256 is not null and state <> 'done'`.execute(db);
}
