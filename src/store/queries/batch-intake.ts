import { type Insertable, type Kysely, sql } from "kysely";
import { type BatchItemDraft, type BatchRecord, Problem } from "../../contracts/index.ts";
import type { BatchCalls, SealAsk } from "../batch-messages.ts";
import { inTransaction } from "../connection-loss.ts";
import type { BatchItemTable, Schema } from "../schema.ts";
import { appendAudit } from "./append-audit.ts";
import { batchOf, countItems, priorityNumber, selectBatches } from "./batch-counts.ts";

/** SQLSTATE of a second row where there may be one. */
const uniqueViolation = "23505";
const isDuplicate = (error: unknown): boolean => (error as { code?: string }).code === uniqueViolation;

export async function beginBatch(db: Kysely<Schema>, draft: BatchCalls["beginBatch"]["asked"]): Promise<undefined> {
  const at = new Date(draft.at);
  await db
    .insertInto("batches")
    .values({
      id: draft.id,
      programme: draft.programme,
      strategy: draft.strategy ?? null,
      priority: priorityNumber(draft.priority),
      state: "receiving",
      actor: draft.origin.actor,
      request_id: draft.origin.requestId,
      version: 0,
      created_at: at,
      touched_at: sql`clock_timestamp()`,
      served_at: sql`clock_timestamp()`,
      webhook_url: draft.webhook ?? null,
    })
    .execute();
  return undefined;
}

/** @throws {Problem} field-invalid, batch-unknown */
export async function addItems(
  db: Kysely<Schema>,
  { batch, first, items }: BatchCalls["addItems"]["asked"],
): Promise<undefined> {
  try {
    await inTransaction(db, async (tx) => {
      const receiving = await tx
        .selectFrom("batches")
        .select("id")
        .where("id", "=", batch)
        .where("state", "=", "receiving")
        .executeTakeFirst();
      if (receiving === undefined) throw new Problem("batch-unknown");
      await tx
        .insertInto("batch_items")
        .values(items.map((item, i) => itemRow(batch, first + i, item)))
        .execute();
      const failed = items.filter(({ problem }) => problem !== undefined).length;
      await countItems(tx, batch, { queued: items.length - failed, failed });
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new Problem("field-invalid", { detail: "custom_id: two items of this batch have the same" });
  }
  return undefined;
}

function itemRow(batch: string, seq: number, item: BatchItemDraft): Insertable<BatchItemTable> {
  const { source, problem, customId } = item;
  return {
    batch_id: batch,
    seq,
    custom_id: customId ?? null,
    source: source === undefined ? null : JSON.stringify(source),
    sha256: source?.kind === "object" ? source.sha256 : null,
    subject: JSON.stringify(item.subject),
    state: problem === undefined ? "queued" : "failed",
    due_at: sql`clock_timestamp()` as never,
    problem_code: problem?.code ?? null,
    problem_detail: problem?.detail ?? null,
  };
}

/** @throws {Problem} idempotency-key-reused, batch-unknown */
export async function sealBatch(db: Kysely<Schema>, ask: SealAsk): Promise<BatchRecord> {
  try {
    return await sealOnce(db, ask);
  } catch (error) {
    // Another one took the key between our look and our write.
    if (!isDuplicate(error)) throw error;
    return sealOnce(db, ask);
  }
}

function sealOnce(db: Kysely<Schema>, { id, at, claim }: SealAsk): Promise<BatchRecord> {
  return inTransaction(db, async (tx) => {
    const holder =
      claim === undefined ? undefined : await selectBatches(tx).where("key_sha256", "=", claim.key).executeTakeFirst();
    if (holder !== undefined && holder.fingerprint !== claim?.fingerprint)
      throw new Problem("idempotency-key-reused", {
        detail: "An earlier batch with this Idempotency-Key was another one.",
      });
    if (holder !== undefined) return batchOf(holder);
    const sealed = await tx
      .updateTable("batches")
      .set({
        state: "running",
        served_at: sql`clock_timestamp()`,
        ...(claim && { key_sha256: claim.key, fingerprint: claim.fingerprint }),
      })
      .where("id", "=", id)
      .where("state", "=", "receiving")
      .returning(["actor", "request_id"])
      .executeTakeFirst();
    if (sealed === undefined) throw new Problem("batch-unknown");
    await countItems(tx, id, {});
    const origin = { actor: sealed.actor, requestId: sealed.request_id };
    await appendAudit(tx, [{ ...origin, action: "batch.created", object: `batch/${id}`, at }]);
    return batchOf(await selectBatches(tx).where("id", "=", id).executeTakeFirstOrThrow());
  });
}

/** It goes with the next sweep: a million rows are not deleted while somebody waits. */
export async function dropBatch(db: Kysely<Schema>, id: string): Promise<undefined> {
  await db
    .updateTable("batches")
    .set({ touched_at: new Date(0) })
    .where("id", "=", id)
    .where("state", "=", "receiving")
    .execute();
  return undefined;
}
