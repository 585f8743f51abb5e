import { type Kysely, type Selectable, sql, type Transaction } from "kysely";
import type { BatchItemState, BatchRecord, BatchState, Strategy } from "../../contracts/index.ts";
import type { BatchTable, Schema } from "../schema.ts";

/** Counts are compared with those of so long ago, or a little longer, to say how fast a batch goes. */
const markSeconds = 10;
/** What is shorter says nothing of a rate. */
const measuredSecondsMin = 1;

export type CountChange = Partial<Record<BatchItemState, number>>;

/**
 * Moves items from one count to another, and ends the batch when none is left to do. Rows are taken in one order by
 * every process: items first, then batches by their ids.
 */
export async function countItems(tx: Transaction<Schema>, id: string, change: CountChange): Promise<void> {
  const of = (state: BatchItemState) => sql<number>`${sql.ref(state)} + ${change[state] ?? 0}::int`;
  const nothingLeft = sql`state in ('running', 'cancelling')
    and queued + leased + ${(change.queued ?? 0) + (change.leased ?? 0)}::int = 0`;
  const marks = sql`state = 'running' and (mark_at is null
    or clock_timestamp() - mark_at >= make_interval(secs => ${markSeconds}))`;
  const settled = sql`(done + failed + dead + cancelled)`;
  await sql`update batches set
      queued = ${of("queued")}, leased = ${of("leased")}, done = ${of("done")}, failed = ${of("failed")},
      dead = ${of("dead")}, cancelled = ${of("cancelled")},
      version = version + 1, touched_at = clock_timestamp(),
      state = case when ${nothingLeft} then case state when 'running' then 'done' else 'cancelled' end else state end,
      finished_at = case when ${nothingLeft} then clock_timestamp() else finished_at end,
      webhook_state = case when ${nothingLeft} and webhook_url is not null then 'due' else webhook_state end,
      webhook_due = case when ${nothingLeft} then clock_timestamp() else webhook_due end,
      webhook_tries = case when ${nothingLeft} then 0 else webhook_tries end,
      before_at = case when ${marks} then mark_at else before_at end,
      before_settled = case when ${marks} then mark_settled else before_settled end,
      mark_settled = case when ${marks} then ${settled} else mark_settled end,
      mark_at = case when ${marks} then clock_timestamp() else mark_at end
    where id = ${id}`.execute(tx);
}

/** The same for items of several batches. */
export async function countAll(
  tx: Transaction<Schema>,
  moved: Iterable<{ readonly batch: string; readonly from: BatchItemState; readonly to: BatchItemState }>,
): Promise<void> {
  const changes = new Map<string, CountChange>();
  for (const { batch, from, to } of moved) {
    const change = changes.get(batch) ?? {};
    change[from] = (change[from] ?? 0) - 1;
    change[to] = (change[to] ?? 0) + 1;
    changes.set(batch, change);
  }
  for (const [batch, change] of [...changes].sort(([a], [b]) => (a < b ? -1 : 1))) await countItems(tx, batch, change);
}

export type BatchRow = Selectable<BatchTable> & { readonly measured_seconds: number | string | null };

const measured = sql<number | string | null>`extract(epoch from clock_timestamp() - coalesce(before_at, mark_at))`;

export const selectBatches = (db: Kysely<Schema>) =>
  db.selectFrom("batches").selectAll().select(measured.as("measured_seconds"));

const priorities = ["normal", "low"] as const;
export const priorityNumber = (priority: BatchRecord["priority"]): number => priorities.indexOf(priority);

export function batchOf(row: BatchRow): BatchRecord {
  const { queued, leased, done, failed, dead, cancelled } = row;
  const settled = done + failed + dead + cancelled;
  const rate = row.state === "running" ? rateOf(row, settled) : undefined;
  return {
    id: row.id,
    programme: row.programme,
    ...(row.strategy !== null && { strategy: row.strategy as Strategy }),
    priority: priorities[row.priority] ?? "normal",
    state: row.state as BatchState,
    counts: { total: settled + queued + leased, queued, leased, done, failed, dead, cancelled },
    version: row.version,
    createdAt: row.created_at.toISOString(),
    ...(row.finished_at !== null && { finishedAt: row.finished_at.toISOString() }),
    ...(rate !== undefined && { itemsPerSecond: rate }),
    ...(row.webhook_state !== null && { webhook: row.webhook_state as "due" | "sent" | "failed" }),
  };
}

function rateOf(row: BatchRow, settled: number): number | undefined {
  const seconds = Number(row.measured_seconds ?? 0);
  const since = settled - (row.before_at === null ? row.mark_settled : row.before_settled);
  return seconds < measuredSecondsMin || since <= 0 ? undefined : since / seconds;
}
