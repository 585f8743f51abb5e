import { type Kysely, sql } from "kysely";
import type { BatchBacklog, BatchItemState, BatchRecord, ProblemCode } from "../../contracts/index.ts";
import type { BatchCalls, StoredResult } from "../batch-messages.ts";
import type { Schema } from "../schema.ts";
import { batchOf, selectBatches } from "./batch-counts.ts";

export async function getBatch(db: Kysely<Schema>, id: string): Promise<BatchRecord | undefined> {
  const row = await selectBatches(db).where("id", "=", id).where("state", "<>", "receiving").executeTakeFirst();
  return row && batchOf(row);
}

export async function listBatches(
  db: Kysely<Schema>,
  { limit, after }: BatchCalls["listBatches"]["asked"],
): Promise<BatchCalls["listBatches"]["answer"]> {
  let query = selectBatches(db).where("state", "<>", "receiving");
  if (after !== undefined) query = query.where("id", "<", after);
  const rows = await query
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  const batches = rows.slice(0, limit).map(batchOf);
  const last = batches.at(-1);
  return rows.length > limit && last !== undefined ? { batches, next: last.id } : { batches };
}

/** From the counts that every batch carries: no item is looked at. */
export async function batchBacklog(db: Kysely<Schema>): Promise<BatchBacklog> {
  const found = await db
    .selectFrom("batches")
    .select(({ fn }) => [
      fn.countAll().as("batches"),
      fn.sum("queued").as("queued"),
      fn.sum("leased").as("leased"),
      sql<number | string | null>`extract(epoch from clock_timestamp() - min(created_at))`.as("oldest"),
    ])
    .where("state", "in", ["running", "cancelling"])
    .executeTakeFirstOrThrow();
  return {
    batches: Number(found.batches),
    queued: Number(found.queued),
    leased: Number(found.leased),
    ...(found.oldest !== null && { oldestS: Math.max(0, Number(found.oldest)) }),
  };
}

/** Ends before the first item that is not settled, so that a reader who goes on after the last one misses none. */
export async function batchResults(
  db: Kysely<Schema>,
  { id, after, limit }: BatchCalls["batchResults"]["asked"],
): Promise<BatchCalls["batchResults"]["answer"]> {
  const rows = await db
    .selectFrom("batch_items")
    .leftJoin("cases", "cases.id", "batch_items.case_id")
    .select(["seq", "custom_id", "state", "problem_code", "problem_detail", "cases.record"])
    .where("batch_id", "=", id)
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(limit)
    .execute();
  const unsettled = rows.findIndex(({ state }) => state === "queued" || state === "leased");
  const settled = unsettled === -1 ? rows : rows.slice(0, unsettled);
  const results = settled.map(
    (row): StoredResult => ({
      seq: row.seq,
      state: row.state as Exclude<BatchItemState, "queued" | "leased">,
      ...(row.custom_id !== null && { customId: row.custom_id }),
      ...(row.record !== null && { record: row.record }),
      ...(row.problem_code !== null && {
        problem: {
          code: row.problem_code as ProblemCode,
          ...(row.problem_detail !== null && { detail: row.problem_detail }),
        },
      }),
    }),
  );
  return { results, waits: unsettled !== -1 };
}
