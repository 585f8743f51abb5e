import type { Kysely, Transaction } from "kysely";
import type { CaseRecord } from "../../contracts/index.ts";
import type { ChainedEvent } from "../audit-chain.ts";
import type { WriteItem, WriteResult } from "../messages.ts";
import type { Schema } from "../schema.ts";
import { appendAudit } from "./append-audit.ts";
import { finishItems } from "./batch-fence.ts";
import { insertDriftCases } from "./drift-cases.ts";
import { keepObjects, objectRow } from "./keep-objects.ts";
import { caseRow, readingRows } from "./rows.ts";
import { insertTickets } from "./second-looks.ts";

type CaseItem = Extract<WriteItem, { kind: "case" }>;
interface ParsedCase {
  readonly item: CaseItem;
  readonly record: CaseRecord;
}
type Standing = { readonly fingerprint: string; readonly record: string };

/**
 * Writes a group in one transaction: for each case its row, readings, object, outbox event and claim, and its ticket
 * where it is provisional; for everything its audit entry; and what the drift monitor is told, under the number of that
 * entry. A case that is there already (a repeated group, an imported journal) is left as it is, so the same group may be
 * sent again when nobody knows whether it was committed.
 *
 * Rows are taken in one order by every process (items of batches, batches, claims, objects, then the audit head), so
 * that two cannot wait for each other.
 */
export function writeGroup(db: Kysely<Schema>, items: readonly WriteItem[]): Promise<WriteResult[]> {
  return db.transaction().execute(async (tx) => {
    const parsed = items.flatMap((item) =>
      item.kind === "case" ? [{ item, record: JSON.parse(item.record) as CaseRecord }] : [],
    );
    const lost = await finishItems(
      tx,
      parsed.flatMap(({ item, record }) =>
        item.batchItem === undefined ? [] : [{ lease: item.batchItem, caseId: record.id }],
      ),
    );
    const held = parsed.filter(({ record }) => !lost.has(record.id));
    const standing = await claim(tx, held);
    const fresh = await insertCases(
      tx,
      held.filter(({ record }) => !standing.has(record.id)),
    );
    const results: WriteResult[] = [];
    const events: Omit<ChainedEvent, "seq">[] = [];
    const entryOf = new Map<string, number>();
    let next = 0;
    for (const item of items) {
      if (item.kind === "access") {
        events.push({ ...item.event, at: item.at });
        results.push({ ok: true });
        continue;
      }
      const { id } = (parsed[next++] as ParsedCase).record;
      const other = standing.get(id);
      if (lost.has(id)) results.push({ ok: true, lost: true });
      else results.push(other === undefined ? { ok: true } : { ok: true, standing: other });
      if (!fresh.has(id)) continue;
      entryOf.set(id, events.length);
      events.push({ ...item.origin, action: item.action, object: `case/${id}`, at: item.at });
    }
    const numbers = await appendAudit(tx, events);
    await insertDriftCases(
      tx,
      held.flatMap(({ item: { drift }, record }) => {
        const entry = entryOf.get(record.id);
        return drift === undefined || entry === undefined ? [] : [{ record, drift, seq: numbers[entry] as number }];
      }),
    );
    return results;
  });
}

/** @returns by case id, the cases that stand in place of those whose claim came second */
async function claim(tx: Transaction<Schema>, cases: readonly ParsedCase[]): Promise<Map<string, Standing>> {
  const standing = new Map<string, Standing>();
  const claims = cases.flatMap(({ item, record }) =>
    item.claim === undefined ? [] : [{ ...item.claim, caseId: record.id, at: item.at }],
  );
  claims.sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { key, fingerprint, caseId, at, expiresAt } of claims) {
    await tx
      .insertInto("idempotency")
      .values({ key_sha256: key, fingerprint, case_id: caseId, expires_at: new Date(expiresAt) })
      .onConflict((conflict) =>
        conflict
          .column("key_sha256")
          .doUpdateSet({ fingerprint, case_id: caseId, expires_at: new Date(expiresAt) })
          .where("idempotency.expires_at", "<=", new Date(at)),
      )
      .execute();
    const holder = await tx
      .selectFrom("idempotency")
      .leftJoin("cases", "cases.id", "idempotency.case_id")
      .select(["idempotency.case_id", "idempotency.fingerprint", "cases.record"])
      .where("key_sha256", "=", key)
      .executeTakeFirstOrThrow();
    if (holder.case_id === caseId) continue;
    const record = holder.record ?? cases.find((each) => each.record.id === holder.case_id)?.item.record;
    if (record === undefined) throw new TypeError(`claim of case ${holder.case_id} without its case`);
    standing.set(caseId, { fingerprint: holder.fingerprint, record });
  }
  return standing;
}

/** @returns ids of those that were not there before */
async function insertCases(tx: Transaction<Schema>, cases: readonly ParsedCase[]): Promise<Set<string>> {
  if (cases.length === 0) return new Set();
  const inserted = await tx
    .insertInto("cases")
    .values(cases.map(({ item, record }) => caseRow(record, item.record)))
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("id")
    .execute();
  const fresh = new Set(inserted.map(({ id }) => id));
  const news = cases.filter(({ record }) => fresh.has(record.id));
  if (news.length === 0) return fresh;
  await tx
    .insertInto("readings")
    .values(news.flatMap(({ record }) => readingRows(record)))
    .execute();
  await keepObjects(
    tx,
    news.map(({ item, record }) => objectRow(record.image, item.at, item.expiresAt)),
  );
  await tx
    .insertInto("outbox")
    .values(
      news.map(({ record }) => ({
        topic: `case.${record.status}`,
        case_id: record.id,
        created_at: new Date(record.createdAt),
      })),
    )
    .execute();
  await insertTickets(
    tx,
    news.flatMap(({ item: { ticket }, record }) => (ticket === undefined ? [] : [{ caseId: record.id, ticket }])),
  );
  return fresh;
}
