import { type Kysely, sql } from "kysely";
import type { LeaseCalls } from "../lease-messages.ts";
import type { Schema } from "../schema.ts";

export async function keepResults(
  db: Kysely<Schema>,
  { id, json, days }: LeaseCalls["keepResults"]["asked"],
): Promise<undefined> {
  await sql`insert into kept_results (id, body, expires_at)
    values (${id}, ${json}, clock_timestamp() + make_interval(days => ${days}))
    on conflict (id) do update set body = excluded.body`.execute(db);
  return undefined;
}

export async function getResults(db: Kysely<Schema>, id: string): Promise<string | undefined> {
  const { rows } = await sql<{ body: string }>`
    select body from kept_results where id = ${id} and expires_at > clock_timestamp()`.execute(db);
  return rows[0]?.body;
}
