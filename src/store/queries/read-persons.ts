import type { Kysely } from "kysely";
import type { PersonCalls } from "../person-messages.ts";
import type { Schema } from "../schema.ts";
import { foldName } from "./fold-name.ts";

export async function getPerson(db: Kysely<Schema>, id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("persons")
    .select("record")
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row?.record;
}

export async function listPersons(
  db: Kysely<Schema>,
  { filter: { status, search }, skip, limit }: PersonCalls["listPersons"]["asked"],
): Promise<PersonCalls["listPersons"]["answer"]> {
  let query = db.selectFrom("persons").where("deleted_at", "is", null);
  if (status !== undefined) query = query.where("status", "=", status);
  if (search !== undefined) query = query.where("search_name", "like", `%${literal(foldName(search))}%`);
  const { total } = await query.select((table) => table.fn.countAll().as("total")).executeTakeFirstOrThrow();
  const rows = await query
    .select("record")
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .offset(skip)
    .limit(limit)
    .execute();
  return { records: rows.map(({ record }) => record), total: Number(total) };
}

/** Wildcards of LIKE stand for themselves. */
const literal = (text: string): string => text.replace(/[\\%_]/g, "\\$&");
