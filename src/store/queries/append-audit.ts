import type { Transaction } from "kysely";
import { type ChainedEvent, chainHash } from "../audit-chain.ts";
import type { Schema } from "../schema.ts";

/**
 * Chains events to the end of the log, in their order. The head's row lock makes writers of all processes take turns, and
 * is held until the commit: numbers are in the order of commits, so whoever reads by them misses none that comes later.
 *
 * @returns numbers of these entries
 */
export async function appendAudit(
  tx: Transaction<Schema>,
  events: readonly Omit<ChainedEvent, "seq">[],
): Promise<number[]> {
  if (events.length === 0) return [];
  const head = await tx.selectFrom("audit_head").select(["seq", "hash"]).forUpdate().executeTakeFirstOrThrow();
  let seq = Number(head.seq);
  let { hash } = head;
  const rows = events.map((event) => {
    seq++;
    hash = chainHash(hash, { ...event, seq });
    const { at, actor, action, object, requestId } = event;
    return { seq, at: new Date(at), actor, action, object, request_id: requestId, hash };
  });
  await tx.insertInto("audit").values(rows).execute();
  await tx.updateTable("audit_head").set({ seq, hash }).execute();
  return rows.map((row) => row.seq);
}
