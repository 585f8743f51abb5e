import { sql, type Transaction } from "kysely";
import type { BatchItemState, ItemLease } from "../../contracts/index.ts";
import type { Schema } from "../schema.ts";
import { countAll } from "./batch-counts.ts";

export interface HeldItem {
  readonly batch_id: string;
  readonly seq: number;
  readonly state: BatchItemState;
  readonly attempt: number;
  readonly tries: number;
  readonly case_id: string | null;
}

export const leaseKey = ({ batch, seq }: Pick<ItemLease, "batch" | "seq">): string => `${batch}/${seq}`;

/** The rows of these items, locked in one order until the commit, by `leaseKey`. */
export async function lockItems(
  tx: Transaction<Schema>,
  leases: readonly Pick<ItemLease, "batch" | "seq">[],
): Promise<Map<string, HeldItem>> {
  const wanted = sql.join(leases.map(({ batch, seq }) => sql`(${batch}::uuid, ${seq}::int)`));
  const { rows } = await sql<HeldItem>`
    select batch_id, seq, state, attempt, tries, case_id from batch_items
    where (batch_id, seq) in (${wanted}) order by batch_id, seq for update`.execute(tx);
  return new Map(rows.map((row) => [leaseKey({ batch: row.batch_id, seq: row.seq }), row]));
}

export const isHeld = (item: HeldItem | undefined, { attempt }: ItemLease): boolean =>
  item?.state === "leased" && item.attempt === attempt;

export interface ItemCase {
  readonly lease: ItemLease;
  readonly caseId: string;
}

/**
 * Marks the items of these cases as done, where the one who decided the case still held the item.
 * @returns ids of the cases that must not be written, because somebody else holds or has settled their item
 */
export async function finishItems(tx: Transaction<Schema>, cases: readonly ItemCase[]): Promise<Set<string>> {
  if (cases.length === 0) return new Set();
  const items = await lockItems(
    tx,
    cases.map(({ lease }) => lease),
  );
  const held = cases.filter(({ lease }) => isHeld(items.get(leaseKey(lease)), lease));
  // The same group once more: its commit was done, and only the word of it was lost.
  const known = cases.filter(({ lease, caseId }) => items.get(leaseKey(lease))?.case_id === caseId);
  const written = new Set([...held, ...known].map(({ caseId }) => caseId));
  if (held.length > 0) {
    const rows = sql.join(
      held.map(({ lease, caseId }) => sql`(${lease.batch}::uuid, ${lease.seq}::int, ${caseId}::uuid)`),
    );
    await sql`update batch_items set state = 'done', case_id = made.case_id, problem_code = null, problem_detail = null
      from (values ${rows}) as made (batch_id, seq, case_id)
      where batch_items.batch_id = made.batch_id and batch_items.seq = made.seq`.execute(tx);
    await countAll(
      tx,
      held.map(({ lease: { batch } }) => ({ batch, from: "leased", to: "done" })),
    );
  }
  return new Set(cases.map(({ caseId }) => caseId).filter((id) => !written.has(id)));
}
