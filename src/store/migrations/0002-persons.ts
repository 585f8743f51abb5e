import { type Kysely, sql } from "kysely";

/** Persons, notifications, alerts, consent to training. Never edited once released: later changes get a file of their own. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createPersons(db);
  await createNotifications(db);
  await createAlerts(db);
  await db.schema.alterTable("cases").addColumn("training_consent", "boolean").execute();
}

async function createPersons(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("persons")
    .addColumn("id", "uuid", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("search_name", "text", (column) => column.notNull())
    .addColumn("status", "text", (column) =>
      column.notNull().check(sql`status in ('Critical', 'Stable', 'Pending Analysis', 'Discharged')`),
    )
    .addColumn("created_at", "timestamptz", (column) => column.notNull())
    .addColumn("updated_at", "timestamptz", (column) => column.notNull())
    .addColumn("deleted_at", "timestamptz")
    .addColumn("version", "integer", (column) => column.notNull().check(sql`version > 0`))
    .addColumn("record", "text", (column) => column.notNull())
    .execute();
  await sql`create index persons_by_creation on persons (created_at, id) where deleted_at is null`.execute(db);
  await sql`create index persons_by_status on persons (status, created_at, id) where deleted_at is null`.execute(db);
}

async function createNotifications(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("notifications")
    .addColumn("id", "uuid", (column) => column.primaryKey())
    .addColumn("person_id", "uuid", (column) => column.references("persons.id"))
    .addColumn("message", "text", (column) => column.notNull())
    .addColumn("type", "text", (column) => column.notNull().check(sql`type in ('info', 'critical', 'success')`))
    .addColumn("at", "timestamptz", (column) => column.notNull())
    .addColumn("read", "boolean", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("notifications_by_time").on("notifications").columns(["at", "id"]).execute();
  await db.schema.createIndex("notifications_by_person").on("notifications").columns(["person_id", "at"]).execute();
  await sql`create index notifications_unread on notifications (at, id) where not read`.execute(db);
}

async function createAlerts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("alerts")
    .addColumn("seq", "bigint", (column) => column.primaryKey())
    .addColumn("at", "timestamptz", (column) => column.notNull())
    .addColumn("kind", "text", (column) =>
      column.notNull().check(sql`kind in ('notification', 'abnormal-scan', 'scan-received', 'scan-failed')`),
    )
    .addColumn("body", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("alerts_by_time").on("alerts").column("at").execute();
  await db.schema
    .createTable("alert_head")
    .addColumn("singleton", "boolean", (column) => column.primaryKey().check(sql`singleton`))
    .addColumn("seq", "bigint", (column) => column.notNull())
    .execute();
  await sql`insert into alert_head (singleton, seq) values (true, 0)`.execute(db);
}
