import type { Kysely } from "kysely";
import type { Calls } from "../messages.ts";
import type { Schema } from "../schema.ts";

export async function getCase(db: Kysely<Schema>, id: string): Promise<string | undefined> {
  const row = await db.selectFrom("cases").select("record").where("id", "=", id).executeTakeFirst();
  return row?.record;
}

/** By id, the JSON of each that is there. */
export async function recordsOf(db: Kysely<Schema>, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom("cases")
    .select(["id", "record"])
    .where("id", "in", [...ids])
    .execute();
  return new Map(rows.map(({ id, record }) => [id, record]));
}

/** A claim whose time is over claims nothing. */
export async function findClaimed(
  db: Kysely<Schema>,
  { key, at }: Calls["findClaimed"]["asked"],
): Promise<Calls["findClaimed"]["answer"]> {
  return db
    .selectFrom("idempotency")
    .innerJoin("cases", "cases.id", "idempotency.case_id")
    .select(["idempotency.fingerprint", "cases.record"])
    .where("idempotency.key_sha256", "=", key)
    .where("idempotency.expires_at", ">", new Date(at))
    .executeTakeFirst();
}

/** Newest first; ids sort by time, so the last id of a page is where the next one goes on, whatever was added since. */
export async function listCases(
  db: Kysely<Schema>,
  { filter, limit, after }: Calls["listCases"]["asked"],
): Promise<Calls["listCases"]["answer"]> {
  let query = db.selectFrom("cases").select(["id", "record"]);
  if (filter.programme !== undefined) query = query.where("programme", "=", filter.programme);
  if (filter.outcome !== undefined) query = query.where("outcome", "=", filter.outcome);
  if (filter.externalId !== undefined) query = query.where("external_id", "=", filter.externalId);
  if (filter.patientId !== undefined) query = query.where("patient_id", "=", filter.patientId);
  if (after !== undefined) query = query.where("id", "<", after);
  const rows = await query
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const cases = page.map(({ record }) => record);
  return rows.length > limit && last !== undefined ? { cases, next: last.id } : { cases };
}
