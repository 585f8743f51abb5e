import type { Kysely } from "kysely";
import type { AuditAction, AuditVerdict } from "../../contracts/index.ts";
import { chainHash, firstHash } from "../audit-chain.ts";
import type { Schema } from "../schema.ts";

const pageRows = 2000;

/**
 * Recomputes every hash from the first entry on. Entries that are written meanwhile are not looked at.
 * What it cannot see is a log whose end was cut off together with its head: compare `head` with one kept elsewhere.
 */
export async function verifyAudit(db: Kysely<Schema>): Promise<AuditVerdict> {
  const end = await db.selectFrom("audit_head").select(["seq", "hash"]).executeTakeFirst();
  if (end === undefined)
    return { intact: false, entries: 0, head: firstHash, fault: { seq: 0, reason: "the head is gone" } };
  const last = Number(end.seq);
  let hash = firstHash;
  let seq = 0;
  const fault = (at: number, reason: string): AuditVerdict => ({
    intact: false,
    entries: seq,
    head: hash,
    fault: { seq: at, reason },
  });
  while (seq < last) {
    const rows = await db
      .selectFrom("audit")
      .selectAll()
      .where("seq", ">", seq)
      .where("seq", "<=", last)
      .orderBy("seq")
      .limit(pageRows)
      .execute();
    if (rows.length === 0) return fault(seq + 1, "entries are missing at the end");
    for (const row of rows) {
      const found = Number(row.seq);
      if (found !== seq + 1) return fault(seq + 1, "an entry is missing");
      const { actor, object } = row;
      const event = { seq: found, at: row.at.toISOString(), actor, action: row.action as AuditAction, object };
      const expected = chainHash(hash, { ...event, requestId: row.request_id });
      if (expected !== row.hash) return fault(found, "an entry was altered");
      seq = found;
      hash = row.hash;
    }
  }
  return hash === end.hash ? { intact: true, entries: seq, head: hash } : fault(seq, "the head was altered");
}
