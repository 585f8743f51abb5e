import { type Kysely, type Selectable, sql } from "kysely";
import type {
  BatchItemState,
  BatchSource,
  CaseSubject,
  ItemLease,
  ItemSettlement,
  LeaseAsk,
  LeasedItem,
  Strategy,
} from "../../contracts/index.ts";
import type { BatchCalls } from "../batch-messages.ts";
import { inTransaction } from "../connection-loss.ts";
import type { BatchItemTable, BatchTable, Schema } from "../schema.ts";
import { countAll, countItems } from "./batch-counts.ts";
import { isHeld, leaseKey, lockItems } from "./batch-fence.ts";

/** Batches that are looked at for work in one go. */
const batchesMax = 64;
/** Items cancelled in one transaction, and transactions in one go. */
const cancelledMax = 2000;
const cancelRounds = 5;

type Served = Pick<Selectable<BatchTable>, "id" | "programme" | "strategy" | "actor" | "request_id">;

export async function leaseItems(db: Kysely<Schema>, ask: LeaseAsk): Promise<LeasedItem[]> {
  const batches = await db
    .selectFrom("batches")
    .select(["id", "state", "programme", "strategy", "actor", "request_id"])
    .where("state", "in", ["running", "cancelling"])
    .orderBy("priority")
    .orderBy("served_at")
    .limit(batchesMax)
    .execute();
  const leased: LeasedItem[] = [];
  for (const batch of batches) {
    if (batch.state === "cancelling") await cancelSome(db, batch.id);
    else if (leased.length < ask.limit)
      leased.push(...(await leaseFrom(db, batch, { ...ask, limit: ask.limit - leased.length })));
  }
  return leased;
}

const item = ["seq", "source", "subject", "state", "attempt", "tries"] as const;
type ItemRow = Pick<Selectable<BatchItemTable>, (typeof item)[number]>;

/** A row that another one is about to take is passed over, not waited for. */
function leaseFrom(db: Kysely<Schema>, batch: Served, { limit, leaseMs, triesMax }: LeaseAsk): Promise<LeasedItem[]> {
  return inTransaction(db, async (tx) => {
    const rows = await tx
      .selectFrom("batch_items")
      .select(item)
      .where("batch_id", "=", batch.id)
      .where("state", "in", ["queued", "leased"])
      .where("due_at", "<=", sql<Date>`clock_timestamp()`)
      .orderBy("seq")
      .limit(limit)
      .forUpdate()
      .skipLocked()
      .execute();
    if (rows.length === 0) return [];
    const isSpent = ({ tries }: ItemRow) => tries >= triesMax;
    const spent = rows.filter(isSpent);
    const taken = rows.filter((row) => !isSpent(row));
    const seqs = (of: readonly ItemRow[]) => of.map(({ seq }) => seq);
    if (taken.length > 0)
      await sql`update batch_items set state = 'leased', attempt = attempt + 1, tries = tries + 1,
        due_at = clock_timestamp() + make_interval(secs => ${leaseMs / 1000})
        where batch_id = ${batch.id} and seq in (${sql.join(seqs(taken))})`.execute(tx);
    if (spent.length > 0)
      await sql`update batch_items set state = 'dead', problem_code = coalesce(problem_code, 'engine-lost'),
        problem_detail = case when problem_code is null
          then 'Whoever worked on this item ended each time.' else problem_detail end
        where batch_id = ${batch.id} and seq in (${sql.join(seqs(spent))})`.execute(tx);
    const from = (of: readonly ItemRow[], state: BatchItemState) => of.filter((row) => row.state === state).length;
    await countItems(tx, batch.id, {
      queued: -from(rows, "queued"),
      leased: taken.length - from(rows, "leased"),
      dead: spent.length,
    });
    await sql`update batches set served_at = clock_timestamp() where id = ${batch.id}`.execute(tx);
    return taken.map((row) => leasedOf(batch, row));
  });
}

/** @param row as it was before this lease */
const leasedOf = (batch: Served, row: ItemRow): LeasedItem => ({
  batch: batch.id,
  seq: row.seq,
  attempt: row.attempt + 1,
  tries: row.tries + 1,
  programme: batch.programme,
  ...(batch.strategy !== null && { strategy: batch.strategy as Strategy }),
  subject: JSON.parse(row.subject) as CaseSubject,
  source: JSON.parse(row.source as string) as BatchSource,
  origin: { actor: batch.actor, requestId: batch.request_id },
});

/** Items that nobody works on; what is worked on may still become a case. */
export async function cancelSome(db: Kysely<Schema>, batch: string): Promise<void> {
  for (let round = 0; round < cancelRounds; round++) if ((await cancelOnce(db, batch)) < cancelledMax) return;
}

/** @returns how many */
function cancelOnce(db: Kysely<Schema>, batch: string): Promise<number> {
  return inTransaction(db, async (tx) => {
    const rows = await tx
      .selectFrom("batch_items")
      .select(["seq", "state"])
      .where("batch_id", "=", batch)
      .where((where) =>
        where.or([
          where("state", "=", "queued"),
          where.and([where("state", "=", "leased"), where("due_at", "<=", sql<Date>`clock_timestamp()`)]),
        ]),
      )
      .orderBy("seq")
      .limit(cancelledMax)
      .forUpdate()
      .skipLocked()
      .execute();
    if (rows.length === 0) return 0;
    await tx
      .updateTable("batch_items")
      .set({ state: "cancelled" })
      .where("batch_id", "=", batch)
      .where(
        "seq",
        "in",
        rows.map(({ seq }) => seq),
      )
      .execute();
    const queued = rows.filter(({ state }) => state === "queued").length;
    await countItems(tx, batch, { queued: -queued, leased: queued - rows.length, cancelled: rows.length });
    return rows.length;
  });
}

export async function renewLeases(
  db: Kysely<Schema>,
  { leases, leaseMs }: BatchCalls["renewLeases"]["asked"],
): Promise<ItemLease[]> {
  if (leases.length === 0) return [];
  const held = sql.join(leases.map(({ batch, seq, attempt }) => sql`(${batch}::uuid, ${seq}::int, ${attempt}::int)`));
  const { rows } = await sql<ItemLease>`
    update batch_items set due_at = clock_timestamp() + make_interval(secs => ${leaseMs / 1000})
    where state = 'leased' and (batch_id, seq, attempt) in (${held})
    returning batch_id as batch, seq, attempt`.execute(db);
  return rows;
}

export function settleItems(db: Kysely<Schema>, settlements: readonly ItemSettlement[]): Promise<undefined> {
  return inTransaction(db, async (tx) => {
    if (settlements.length === 0) return undefined;
    const items = await lockItems(tx, settlements);
    const held = settlements.filter((each) => isHeld(items.get(leaseKey(each)), each));
    if (held.length === 0) return undefined;
    const rows = held.map((each) => {
      const problem = "problem" in each ? each.problem : undefined;
      const afterMs = "afterMs" in each ? each.afterMs : 0;
      const untried = each.result === "release" ? 1 : 0;
      return sql`(${each.batch}::uuid, ${each.seq}::int, ${stateOf(each)}::text, ${untried}::int, ${afterMs / 1000}::float8,
        ${problem?.code ?? null}::text, ${problem?.detail ?? null}::text)`;
    });
    await sql`update batch_items set state = now_is.state, tries = tries - now_is.untried,
      due_at = clock_timestamp() + make_interval(secs => now_is.after_s),
      problem_code = now_is.code, problem_detail = now_is.detail
      from (values ${sql.join(rows)}) as now_is (batch_id, seq, state, untried, after_s, code, detail)
      where batch_items.batch_id = now_is.batch_id and batch_items.seq = now_is.seq`.execute(tx);
    await countAll(
      tx,
      held.map((each) => ({ batch: each.batch, from: "leased", to: stateOf(each) })),
    );
    return undefined;
  });
}

const stateOf = ({ result }: ItemSettlement): "queued" | "failed" | "dead" =>
  result === "retry" || result === "release" ? "queued" : result;
