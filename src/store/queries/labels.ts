import type { Kysely, Selectable } from "kysely";
import type { CaseLabel, LabelRole } from "../../contracts/index.ts";
import { inTransaction } from "../connection-loss.ts";
import type { LabelTable } from "../drift-schema.ts";
import type { LabelCalls, StoredLabelled } from "../label-messages.ts";
import { isRepeated } from "../label-truth.ts";
import type { Schema } from "../schema.ts";
import { appendAudit } from "./append-audit.ts";
import { auditColumns, auditOf } from "./drift-cases.ts";

export async function programmeOf(db: Kysely<Schema>, caseId: string): Promise<string | undefined> {
  const row = await db.selectFrom("cases").select("programme").where("id", "=", caseId).executeTakeFirst();
  return row?.programme;
}

/** The case stays locked until the commit: labels of one case are written one after the other, and each sees those before. */
export function addLabel(
  db: Kysely<Schema>,
  { label, origin }: LabelCalls["addLabel"]["asked"],
): Promise<LabelCalls["addLabel"]["answer"]> {
  const { caseId, at } = label;
  return inTransaction(db, async (tx) => {
    const { programme } = await tx
      .selectFrom("cases")
      .select("programme")
      .where("id", "=", caseId)
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow();
    const before = await labelsOf(tx, caseId);
    if (isRepeated(before, label)) return { labels: before, added: false };
    await tx
      .insertInto("labels")
      .values({
        id: label.id,
        case_id: caseId,
        programme,
        label: label.label,
        positive: label.positive,
        role: label.role,
        author: label.by,
        at: new Date(at),
        note: label.note ?? null,
      })
      .execute();
    await appendAudit(tx, [{ ...origin, action: "label.added", object: `case/${caseId}`, at }]);
    return { labels: [...before, { ...label, programme }], added: true };
  });
}

export async function labelsOf(db: Kysely<Schema>, caseId: string): Promise<CaseLabel[]> {
  return (await labelsByCase(db, [caseId])).get(caseId) ?? [];
}

/** Oldest first; a case without one is not in it. */
export async function labelsByCase(db: Kysely<Schema>, caseIds: readonly string[]): Promise<Map<string, CaseLabel[]>> {
  const byCase = new Map<string, CaseLabel[]>();
  if (caseIds.length === 0) return byCase;
  const rows = await db
    .selectFrom("labels")
    .selectAll()
    .where("case_id", "in", [...caseIds])
    .orderBy("case_id")
    .orderBy("seq")
    .execute();
  for (const row of rows) {
    const held = byCase.get(row.case_id);
    if (held === undefined) byCase.set(row.case_id, [labelOf(row)]);
    else held.push(labelOf(row));
  }
  return byCase;
}

const labelOf = (row: Selectable<LabelTable>): CaseLabel => ({
  id: row.id,
  caseId: row.case_id,
  programme: row.programme,
  label: row.label,
  positive: row.positive,
  role: row.role as LabelRole,
  by: row.author,
  at: row.at.toISOString(),
  ...(row.note !== null && { note: row.note }),
});

/** A label of before counts for its case as well: nobody is asked for it again. */
export async function countLabels(
  db: Kysely<Schema>,
  { programme, since, of }: LabelCalls["countLabels"]["asked"],
): Promise<LabelCalls["countLabels"]["answer"]> {
  const { count: total } = await db
    .selectFrom("labels")
    .select((select) => select.fn.countAll<string | number>().as("count"))
    .where("programme", "=", programme)
    .where("at", ">=", new Date(since))
    .executeTakeFirstOrThrow();
  if (of.length === 0) return { total: Number(total), ofThese: 0 };
  const { count: ofThese } = await db
    .selectFrom("labels")
    .select((select) => select.fn.count<string | number>("case_id").distinct().as("count"))
    .where("programme", "=", programme)
    .where("case_id", "in", [...of])
    .executeTakeFirstOrThrow();
  return { total: Number(total), ofThese: Number(ofThese) };
}

/** Case ids sort by time, so the last one of a page is where the next page goes on. */
export async function labelledCases(
  db: Kysely<Schema>,
  { programme, before, limit }: LabelCalls["labelledCases"]["asked"],
): Promise<StoredLabelled[]> {
  let labelled = db.selectFrom("labels").select("case_id").distinct().where("programme", "=", programme);
  if (before !== undefined) labelled = labelled.where("case_id", "<", before);
  const found = await labelled.orderBy("case_id", "desc").limit(limit).execute();
  const ids = found.map(({ case_id }) => case_id);
  if (ids.length === 0) return [];
  const labels = await labelsByCase(db, ids);
  const cases = await db
    .selectFrom("cases")
    .select(["id", "record"])
    .where("id", "in", ids)
    .orderBy("id", "desc")
    .execute();
  const rows = await db
    .selectFrom("drift_cases")
    .select(["case_id", ...auditColumns])
    .where("case_id", "in", ids)
    .execute();
  const audits = new Map(rows.map((row) => [row.case_id, auditOf(row)]));
  return cases.map(({ id, record }) => {
    const audit = audits.get(id);
    return { record, labels: labels.get(id) ?? [], ...(audit && { audit }) };
  });
}
