import { type Kysely, sql } from "kysely";

/** What the drift monitor is fed with, labels, and what it remembers. Never edited once released: later changes get a file of their own. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createDriftCases(db);
  await createLabels(db);
  await createStates(db);
}

async function createDriftCases(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("drift_cases")
    .addColumn("case_id", "uuid", (column) => column.primaryKey().references("cases.id").onDelete("cascade"))
    .addColumn("programme", "text", (column) => column.notNull())
    .addColumn("created_at", "timestamptz", (column) => column.notNull())
    .addColumn("site", "text")
    .addColumn("group_id", "text", (column) => column.notNull())
    .addColumn("stratum", "text", (column) =>
      column.notNull().check(sql`stratum in ('fast-negative', 'fast-positive', 'band')`),
    )
    .addColumn("epoch", "text", (column) => column.notNull())
    .addColumn("fine_probability", "float8", (column) => column.notNull())
    .addColumn("fine_chosen", "boolean", (column) => column.notNull())
    .addColumn("human_probability", "float8", (column) => column.notNull())
    .addColumn("human_chosen", "boolean", (column) => column.notNull())
    .addColumn("fast_digest", "text", (column) => column.notNull())
    .addColumn("fine_digest", "text", (column) => column.notNull())
    .addColumn("band_digest", "text", (column) => column.notNull())
    .addColumn("fast_log_odds", "float8", (column) => column.notNull())
    .addColumn("fast_positive", "boolean", (column) => column.notNull())
    .addColumn("fine_positive", "boolean")
    .addColumn("embedding", "bytea")
    .addColumn("state", "text", (column) =>
      column.notNull().check(sql`state in ('undecided', 'look', 'read', 'seen', 'kept')`),
    )
    .addColumn("intake_seq", "bigint")
    .addColumn("read_seq", "bigint")
    .addColumn("look_attempt", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("look_free_at", "timestamptz")
    .addColumn("look_due_at", "timestamptz")
    .addCheckConstraint("drift_cases_read_seq", sql`(state = 'read') = (read_seq is not null)`)
    .addCheckConstraint("drift_cases_intake_seq", sql`(state = 'kept') = (intake_seq is null)`)
    .addCheckConstraint("drift_cases_look", sql`(state = 'look') = (look_due_at is not null)`)
    .execute();
  await sql`create unique index drift_cases_taken on drift_cases (programme, intake_seq)
    where intake_seq is not null`.execute(db);
  await sql`create unique index drift_cases_read on drift_cases (programme, read_seq)
    where read_seq is not null`.execute(db);
  await sql`create index drift_cases_looks on drift_cases (look_free_at) where state = 'look'`.execute(db);
  await sql`create index drift_cases_chosen on drift_cases (programme, intake_seq)
    where human_chosen and intake_seq is not null`.execute(db);
  await db.schema.createIndex("drift_cases_by_age").on("drift_cases").column("created_at").execute();
  await db.schema
    .createTable("drift_marks")
    .addColumn("programme", "text", (column) => column.primaryKey())
    .addColumn("let_go", "bigint", (column) => column.notNull())
    .execute();
  // The latest cases that were left to a person are looked up whenever somebody asks what to label.
  await sql`create index cases_for_people on cases (programme, created_at) where outcome = 'person'`.execute(db);
}

async function createLabels(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("labels")
    .addColumn("id", "uuid", (column) => column.primaryKey())
    .addColumn("seq", "bigint", (column) => column.notNull().unique().generatedAlwaysAsIdentity())
    .addColumn("case_id", "uuid", (column) => column.notNull().references("cases.id"))
    .addColumn("programme", "text", (column) => column.notNull())
    .addColumn("label", "text", (column) => column.notNull())
    .addColumn("positive", "boolean", (column) => column.notNull())
    .addColumn("role", "text", (column) => column.notNull().check(sql`role in ('reader', 'senior', 'adjudicator')`))
    .addColumn("author", "text", (column) => column.notNull())
    .addColumn("at", "timestamptz", (column) => column.notNull())
    .addColumn("note", "text")
    .execute();
  await db.schema.createIndex("labels_by_case").on("labels").columns(["case_id", "seq"]).execute();
  await db.schema.createIndex("labels_by_programme").on("labels").columns(["programme", "case_id"]).execute();
  await db.schema.createIndex("labels_by_time").on("labels").columns(["programme", "at"]).execute();
  await sql`create function refuse_change() returns trigger language plpgsql as
    $$ begin raise exception 'labels are never changed or removed'; end $$`.execute(db);
  await sql`create trigger labels_stay before update or delete or truncate on labels
    for each statement execute function refuse_change()`.execute(db);
}

async function createStates(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("drift_states")
    .addColumn("programme", "text", (column) => column.primaryKey())
    .addColumn("version", "integer", (column) => column.notNull().check(sql`version > 0`))
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("served", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("incidents")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("programme", "text", (column) => column.notNull())
    .addColumn("opened_at", "timestamptz", (column) => column.notNull())
    .addColumn("record", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("incidents_by_programme").on("incidents").columns(["programme", "opened_at"]).execute();
  await db.schema.createIndex("incidents_by_time").on("incidents").column("opened_at").execute();
  await db.schema
    .createTable("incident_events")
    .addColumn("seq", "bigint", (column) => column.primaryKey().generatedAlwaysAsIdentity())
    .addColumn("incident", "text", (column) => column.notNull().references("incidents.id"))
    .addColumn("at", "timestamptz", (column) => column.notNull())
    .addColumn("from_state", "text")
    .addColumn("to_state", "text", (column) => column.notNull())
    .addColumn("why", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("incident_events_by_incident")
    .on("incident_events")
    .columns(["incident", "seq"])
    .execute();
}
