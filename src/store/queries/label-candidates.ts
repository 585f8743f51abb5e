import { type Kysely, sql } from "kysely";
import type { LabelCalls, LabelCandidates } from "../label-messages.ts";
import { truthOf } from "../label-truth.ts";
import type { Schema } from "../schema.ts";
import { letGoOf, settleDaysMax } from "./drift-feed.ts";
import { labelsByCase } from "./labels.ts";

/** Newest labels among which a second opinion is looked for. */
const repeatsMax = 500;

const recently = sql<Date>`clock_timestamp() - make_interval(days => ${settleDaysMax})`;

/** Nobody can look at a picture that is no longer kept, and nobody is asked before the readers are done. */
const canBeShown = sql<boolean>`cases.reason <> 'second-look-pending'
  and exists (select from objects where objects.sha256 = cases.image_sha256)`;
const isUnlabelled = sql<boolean>`not exists (select from labels where labels.case_id = cases.id)`;

/**
 * A case that chance chose is never among the abstentions, where the readers' answer may be shown: who is to judge them
 * must not have seen it.
 */
export async function labelCandidates(
  db: Kysely<Schema>,
  { programme, alarmed, limit }: LabelCalls["labelCandidates"]["asked"],
): Promise<LabelCandidates> {
  const alarm = await alarmedCases(db, programme, alarmed, limit);
  const shown = new Set(alarm);
  const without = (ids: readonly string[]) => ids.filter((id) => !shown.has(id)).slice(0, limit);
  const more = limit + alarm.length;
  return {
    alarm,
    audit: without(await chosenCases(db, programme, more)),
    abstention: without(await abstentions(db, programme, more)),
    repeat: await repeats(db, programme, limit),
  };
}

/** In the order in which they were given. */
async function alarmedCases(
  db: Kysely<Schema>,
  programme: string,
  alarmed: readonly string[],
  limit: number,
): Promise<string[]> {
  if (alarmed.length === 0) return [];
  const rows = await db
    .selectFrom("cases")
    .select("id")
    .where("id", "in", [...alarmed])
    .where("programme", "=", programme)
    .where(canBeShown)
    .where(isUnlabelled)
    .execute();
  const open = new Set(rows.map(({ id }) => id));
  return [...new Set(alarmed)].filter((id) => open.has(id)).slice(0, limit);
}

/** Oldest first: all that came after it wait for its label. */
async function chosenCases(db: Kysely<Schema>, programme: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("drift_cases")
    .innerJoin("cases", "cases.id", "drift_cases.case_id")
    .select("cases.id")
    .where("drift_cases.programme", "=", programme)
    .where("human_chosen", "=", true)
    .where("intake_seq", ">", letGoOf(programme))
    .where(canBeShown)
    .where(isUnlabelled)
    .orderBy("intake_seq")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Newest first. */
async function abstentions(db: Kysely<Schema>, programme: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("cases")
    .select("id")
    .where("programme", "=", programme)
    .where("outcome", "=", "person")
    .where("created_at", ">=", recently)
    .where(canBeShown)
    .where(isUnlabelled)
    .where(sql<boolean>`not exists (select from drift_cases where drift_cases.case_id = cases.id and human_chosen)`)
    .orderBy("created_at", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Cases on which people disagree, then cases that one person has labelled; each oldest first. */
async function repeats(db: Kysely<Schema>, programme: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("labels")
    .innerJoin("cases", "cases.id", "labels.case_id")
    .select("labels.case_id")
    .where("labels.programme", "=", programme)
    .where("at", ">=", recently)
    .where(canBeShown)
    .groupBy("labels.case_id")
    .having(sql<boolean>`count(distinct author) = 1 or count(distinct labels.label) > 1`)
    .orderBy(sql`max(seq)`, "desc")
    .limit(repeatsMax)
    .execute();
  const ids = rows.map(({ case_id }) => case_id).reverse();
  const labels = await labelsByCase(db, ids);
  const isDisputed = (id: string) => truthOf(labels.get(id) ?? []).conflict;
  const isSingle = (id: string) => new Set(labels.get(id)?.map(({ by }) => by)).size === 1;
  const disputed = ids.filter(isDisputed);
  return [...disputed, ...ids.filter((id) => !isDisputed(id) && isSingle(id))].slice(0, limit);
}
