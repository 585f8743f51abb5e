import { type Kysely, sql } from "kysely";
import { inTransaction } from "../connection-loss.ts";
import type { DriftCalls, StoredAuditLook } from "../drift-messages.ts";
import type { Schema } from "../schema.ts";
import { appendAudit } from "./append-audit.ts";
import { auditWaitHours, completeDriftCase, lockDriftCase } from "./drift-cases.ts";
import { recordsOf } from "./read-cases.ts";

/** Share of its time that a look has waited. */
const age = sql<
  number | string
>`1 - extract(epoch from look_due_at - clock_timestamp()) / ${auditWaitHours * 3600}::float8`;

export function leaseAuditLooks(
  db: Kysely<Schema>,
  { limit, leaseMs, readable }: DriftCalls["leaseAuditLooks"]["asked"],
): Promise<StoredAuditLook[]> {
  return inTransaction(db, async (tx) => {
    const now = sql<Date>`clock_timestamp()`;
    const rows = await tx
      .selectFrom("drift_cases")
      .select(["case_id", "look_attempt", "fast_digest", "fine_digest", "band_digest", age.as("age")])
      .where("state", "=", "look")
      .where("look_free_at", "<=", now)
      .where((where) =>
        where.or([
          where("look_due_at", "<=", now),
          ...(readable.length === 0 ? [] : [where("fine_digest", "in", [...readable])]),
        ]),
      )
      .orderBy("look_due_at")
      .limit(limit)
      .forUpdate()
      .skipLocked()
      .execute();
    if (rows.length === 0) return [];
    const ids = rows.map(({ case_id }) => case_id);
    await tx
      .updateTable("drift_cases")
      .set({
        look_attempt: (table) => table("look_attempt", "+", 1),
        look_free_at: sql<Date>`clock_timestamp() + make_interval(secs => ${leaseMs / 1000})`,
      })
      .where("case_id", "in", ids)
      .execute();
    const records = await recordsOf(tx, ids);
    return rows.map((row) => ({
      caseId: row.case_id,
      attempt: row.look_attempt + 1,
      record: records.get(row.case_id) as string,
      release: { fast: row.fast_digest, fine: row.fine_digest, band: row.band_digest },
      age: Number(row.age),
    }));
  });
}

export async function releaseAuditLook(
  db: Kysely<Schema>,
  { lease: { caseId, attempt }, afterMs }: DriftCalls["releaseAuditLook"]["asked"],
): Promise<undefined> {
  await db
    .updateTable("drift_cases")
    .set({ look_free_at: sql<Date>`clock_timestamp() + make_interval(secs => ${afterMs / 1000})` })
    .where("case_id", "=", caseId)
    .where("look_attempt", "=", attempt)
    .where("state", "=", "look")
    .execute();
  return undefined;
}

export function settleAuditLook(
  db: Kysely<Schema>,
  { lease: { caseId, attempt }, at, finePositive }: DriftCalls["settleAuditLook"]["asked"],
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    if (!(await lockDriftCase(tx, caseId, { state: "look", attempt }))) return false;
    const origin = { actor: "audit-look", requestId: `${caseId}/${attempt}` };
    const [seq] = await appendAudit(tx, [{ ...origin, action: "case.audited", object: `case/${caseId}`, at }]);
    await completeDriftCase(tx, caseId, seq as number, finePositive);
    return true;
  });
}

export async function countAuditLooks(db: Kysely<Schema>): Promise<number> {
  const { count } = await db
    .selectFrom("drift_cases")
    .select((select) => select.fn.countAll<string | number>().as("count"))
    .where("state", "=", "look")
    .executeTakeFirstOrThrow();
  return Number(count);
}
