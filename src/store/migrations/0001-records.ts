import { type Kysely, sql } from "kysely";
import { firstHash } from "../audit-chain.ts";

/** Cases, readings, objects, idempotency, outbox, audit. Never edited once released: later changes get a file of their own. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createCases(db);
  await createBookkeeping(db);
}

async function createCases(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("cases")
    .addColumn("id", "uuid", (column) => column.primaryKey())
    .addColumn("programme", "text", (column) => column.notNull())
    .addColumn("created_at", "timestamptz", (column) => column.notNull())
    .addColumn("outcome", "text", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("stage", "text", (column) => column.notNull())
    .addColumn("label", "text", (column) => column.notNull())
    .addColumn("probability", "float8", (column) => column.notNull())
    .addColumn("escalated", "boolean", (column) => column.notNull())
    .addColumn("gradability", "text", (column) => column.notNull())
    .addColumn("strategy", "text", (column) => column.notNull())
    .addColumn("image_sha256", "text", (column) => column.notNull())
    .addColumn("patient_id", "text")
    .addColumn("external_id", "text")
    .addColumn("site", "text")
    .addColumn("laterality", "text")
    .addColumn("view", "text")
    .addColumn("record", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("cases_by_programme").on("cases").columns(["programme", "id"]).execute();
  await db.schema.createIndex("cases_by_external_id").on("cases").columns(["external_id", "id"]).execute();
  await db.schema.createIndex("cases_by_patient").on("cases").columns(["patient_id", "id"]).execute();
  await db.schema.createIndex("cases_by_image").on("cases").column("image_sha256").execute();
  await db.schema
    .createTable("readings")
    .addColumn("case_id", "uuid", (column) => column.notNull().references("cases.id").onDelete("cascade"))
    .addColumn("position", "int2", (column) => column.notNull())
    .addColumn("reader", "text", (column) => column.notNull())
    .addColumn("pack", "text", (column) => column.notNull())
    .addColumn("digest", "text", (column) => column.notNull())
    .addColumn("probabilities", "text", (column) => column.notNull())
    .addColumn("domain_p_value", "float8")
    .addColumn("worker", "text", (column) => column.notNull())
    .addColumn("queue_ms", "float8", (column) => column.notNull())
    .addColumn("decode_ms", "float8", (column) => column.notNull())
    .addColumn("compute_ms", "float8", (column) => column.notNull())
    .addPrimaryKeyConstraint("readings_pkey", ["case_id", "position"])
    .execute();
}

async function createBookkeeping(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("objects")
    .addColumn("sha256", "text", (column) => column.primaryKey())
    .addColumn("media_type", "text", (column) => column.notNull())
    .addColumn("bytes", "integer", (column) => column.notNull())
    .addColumn("width", "integer", (column) => column.notNull())
    .addColumn("height", "integer", (column) => column.notNull())
    .addColumn("stored_at", "timestamptz", (column) => column.notNull())
    .addColumn("expires_at", "timestamptz")
    .execute();
  await db.schema.createIndex("objects_by_expiry").on("objects").column("expires_at").execute();
  await db.schema
    .createTable("idempotency")
    .addColumn("key_sha256", "text", (column) => column.primaryKey())
    .addColumn("fingerprint", "text", (column) => column.notNull())
    .addColumn("case_id", "uuid", (column) => column.notNull())
    .addColumn("expires_at", "timestamptz", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("idempotency_by_expiry").on("idempotency").column("expires_at").execute();
  await db.schema
    .createTable("outbox")
    .addColumn("id", "bigint", (column) => column.primaryKey().generatedAlwaysAsIdentity())
    .addColumn("topic", "text", (column) => column.notNull())
    .addColumn("case_id", "uuid", (column) => column.notNull())
    .addColumn("created_at", "timestamptz", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("audit")
    .addColumn("seq", "bigint", (column) => column.primaryKey())
    .addColumn("at", "timestamptz", (column) => column.notNull())
    .addColumn("actor", "text", (column) => column.notNull())
    .addColumn("action", "text", (column) => column.notNull())
    .addColumn("object", "text", (column) => column.notNull())
    .addColumn("request_id", "text", (column) => column.notNull())
    .addColumn("hash", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("audit_head")
    .addColumn("singleton", "boolean", (column) => column.primaryKey().check(sql`singleton`))
    .addColumn("seq", "bigint", (column) => column.notNull())
    .addColumn("hash", "text", (column) => column.notNull())
    .execute();
  await sql`insert into audit_head (singleton, seq, hash) values (true, 0, ${firstHash})`.execute(db);
}
