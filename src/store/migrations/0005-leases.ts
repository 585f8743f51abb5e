import { type Kysely, sql } from "kysely";

/** Leases, shared buckets of tokens, and kept answers: what several gateways must find at each other. Never edited once released: later changes get a file of their own. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("leases")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("holder", "text", (column) => column.notNull())
    .addColumn("token", "bigint", (column) => column.notNull().check(sql`token > 0`))
    .addColumn("expires_at", "timestamptz", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("token_buckets")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("tokens", "float8", (column) => column.notNull())
    .addColumn("at", "timestamptz", (column) => column.notNull())
    .addColumn("full_at", "timestamptz", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("token_buckets_by_fullness").on("token_buckets").column("full_at").execute();
  await db.schema
    .createTable("kept_results")
    .addColumn("id", "uuid", (column) => column.primaryKey())
    .addColumn("body", "text", (column) => column.notNull())
    .addColumn("expires_at", "timestamptz", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("kept_results_by_expiry").on("kept_results").column("expires_at").execute();
}
