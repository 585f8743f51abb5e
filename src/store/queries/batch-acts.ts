import { type Kysely, sql } from "kysely";
import type { BatchRecord, DueWebhook } from "../../contracts/index.ts";
import type { BatchAct, BatchCalls } from "../batch-messages.ts";
import { inTransaction } from "../connection-loss.ts";
import type { Schema } from "../schema.ts";
import { appendAudit } from "./append-audit.ts";
import { batchOf, countItems, selectBatches } from "./batch-counts.ts";
import { cancelSome } from "./batch-leases.ts";
import { getBatch } from "./batch-read.ts";

/** Items queued anew, or forgotten, in one go. */
const chunkMax = 2000;
/** Nothing came for so long: the client does not send any more. */
const abandonedHours = 1;

export async function cancelBatch(db: Kysely<Schema>, { id, origin, at }: BatchAct): Promise<BatchRecord | undefined> {
  const cancelling = await inTransaction(db, async (tx) => {
    const row = await tx
      .updateTable("batches")
      .set({ state: "cancelling" })
      .where("id", "=", id)
      .where("state", "=", "running")
      .returning("id")
      .executeTakeFirst();
    if (row !== undefined) await appendAudit(tx, [{ ...origin, action: "batch.cancelled", object: `batch/${id}`, at }]);
    return row !== undefined;
  });
  // The rest is cancelled by whoever looks for work next.
  if (cancelling) await cancelSome(db, id);
  return getBatch(db, id);
}

export async function retryFailed(
  db: Kysely<Schema>,
  { id, origin, at, after }: BatchCalls["retryFailed"]["asked"],
): Promise<BatchCalls["retryFailed"]["answer"]> {
  const next = await inTransaction(db, async (tx) => {
    const batch = await tx
      .selectFrom("batches")
      .select("id")
      .where("id", "=", id)
      .where("state", "in", ["running", "done"])
      .executeTakeFirst();
    if (batch === undefined) return undefined;
    const rows = await tx
      .selectFrom("batch_items")
      .select(["seq", "state"])
      .where("batch_id", "=", id)
      .where("seq", ">", after)
      .where("state", "in", ["failed", "dead"])
      // What failed on its way in left no image to try again.
      .where("source", "is not", null)
      .orderBy("seq")
      .limit(chunkMax)
      .forUpdate()
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return undefined;
    await tx
      .updateTable("batch_items")
      .set({ state: "queued", tries: 0, due_at: sql`clock_timestamp()`, problem_code: null, problem_detail: null })
      .where("batch_id", "=", id)
      .where(
        "seq",
        "in",
        rows.map(({ seq }) => seq),
      )
      .execute();
    await reopen(tx, id);
    const failed = rows.filter(({ state }) => state === "failed").length;
    await countItems(tx, id, { queued: rows.length, failed: -failed, dead: failed - rows.length });
    if (after < 0) await appendAudit(tx, [{ ...origin, action: "batch.retried", object: `batch/${id}`, at }]);
    return rows.length < chunkMax ? undefined : last.seq;
  });
  return { batch: await getBatch(db, id), ...(next !== undefined && { next }) };
}

/** What was measured and told before is of another run. */
async function reopen(db: Kysely<Schema>, id: string): Promise<void> {
  const fresh = { finished_at: null, mark_at: null, before_at: null, webhook_state: null, webhook_due: null };
  await db
    .updateTable("batches")
    .set({ state: "running", ...fresh })
    .where("id", "=", id)
    .where("state", "=", "done")
    .execute();
}

export async function dueWebhooks(
  db: Kysely<Schema>,
  { limit, leaseMs }: BatchCalls["dueWebhooks"]["asked"],
): Promise<DueWebhook[]> {
  const { rows } = await sql<{ id: string }>`
    update batches set webhook_tries = webhook_tries + 1,
      webhook_due = clock_timestamp() + make_interval(secs => ${leaseMs / 1000})
    where id in (select id from batches where webhook_state = 'due' and webhook_due <= clock_timestamp()
      order by webhook_due limit ${limit} for update skip locked)
    returning id`.execute(db);
  if (rows.length === 0) return [];
  const due = await selectBatches(db)
    .where(
      "id",
      "in",
      rows.map(({ id }) => id),
    )
    .execute();
  return due.flatMap((row) =>
    row.webhook_url === null ? [] : [{ batch: batchOf(row), url: row.webhook_url, attempt: row.webhook_tries }],
  );
}

/** A batch that ran anew meanwhile has another version, and is told of anew. */
export async function settleWebhook(
  db: Kysely<Schema>,
  { id, version, sent, retryMs }: BatchCalls["settleWebhook"]["asked"],
): Promise<undefined> {
  const state = sent ? "sent" : retryMs === undefined ? "failed" : "due";
  await sql`update batches set webhook_state = ${state},
      webhook_due = clock_timestamp() + make_interval(secs => ${(retryMs ?? 0) / 1000})
    where id = ${id} and version = ${version} and webhook_state = 'due'`.execute(db);
  return undefined;
}

export function forgetBatches(db: Kysely<Schema>, { days }: BatchCalls["forgetBatches"]["asked"]): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const { rows } = await sql<{ id: string }>`
      select id from batches where
        (state = 'receiving' and touched_at < clock_timestamp() - make_interval(hours => ${abandonedHours}))
        or (state in ('done', 'cancelled') and touched_at < clock_timestamp() - make_interval(days => ${days}))
      order by touched_at limit 1 for update skip locked`.execute(tx);
    const id = rows[0]?.id;
    if (id === undefined) return false;
    const gone = await sql`delete from batch_items where batch_id = ${id} and seq in
      (select seq from batch_items where batch_id = ${id} order by seq limit ${chunkMax})`.execute(tx);
    if (Number(gone.numAffectedRows ?? 0) < chunkMax) await tx.deleteFrom("batches").where("id", "=", id).execute();
    return true;
  });
}
