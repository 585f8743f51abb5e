import { sql, type Transaction } from "kysely";
import type { CaseAudit, CaseRecord, DriftInput } from "../../contracts/index.ts";
import type { DriftCaseTable } from "../drift-schema.ts";
import type { Schema } from "../schema.ts";

/** A look that nobody could do by then is given up: the monitor sees the cases of the last day, not of the last month. */
export const auditWaitHours = 24;

export interface WatchedCase {
  readonly record: CaseRecord;
  readonly drift: DriftInput;
  /** Number of the audit entry by which the case was taken in. */
  readonly seq: number;
}

/** Called last in the transaction that writes the cases, with the audit head locked: so rows are there in their order. */
export async function insertDriftCases(tx: Transaction<Schema>, cases: readonly WatchedCase[]): Promise<void> {
  if (cases.length === 0) return;
  // As one parameter: a thousand of them cost more than the rows.
  await sql`insert into drift_cases (case_id, programme, created_at, site, group_id, stratum, epoch, fine_probability,
      fine_chosen, human_probability, human_chosen, fast_digest, fine_digest, band_digest, fast_log_odds, fast_positive,
      fine_positive, embedding, state, intake_seq, read_seq, look_free_at, look_due_at)
    select case_id, programme, created_at, site, group_id, stratum, epoch, fine_probability,
      fine_chosen, human_probability, human_chosen, fast_digest, fine_digest, band_digest, fast_log_odds, fast_positive,
      fine_positive, decode(embedding, 'base64'), state, intake_seq, case when state = 'read' then intake_seq end,
      case when state = 'look' then clock_timestamp() end,
      case when state = 'look' then clock_timestamp() + make_interval(hours => ${auditWaitHours}) end
    from json_to_recordset(${JSON.stringify(cases.map(driftRow))}::json) as row (case_id uuid, programme text,
      created_at timestamptz, site text, group_id text, stratum text, epoch text, fine_probability float8,
      fine_chosen boolean, human_probability float8, human_chosen boolean, fast_digest text, fine_digest text,
      band_digest text, fast_log_odds float8, fast_positive boolean, fine_positive boolean, embedding text, state text,
      intake_seq bigint)`.execute(tx);
}

type State = "undecided" | "look" | "read";

function stateOf({ status }: CaseRecord, { audit, finePositive }: DriftInput): State {
  if (status === "provisional") return "undecided";
  return audit.fine.chosen && finePositive === undefined ? "look" : "read";
}

/** As the statement above reads it. */
function driftRow({ record, drift, seq }: WatchedCase) {
  const { audit, release, embedding } = drift;
  return {
    case_id: record.id,
    programme: record.programme,
    created_at: record.createdAt,
    site: record.site ?? null,
    group_id: drift.group,
    stratum: audit.stratum,
    epoch: audit.epoch,
    fine_probability: audit.fine.probability,
    fine_chosen: audit.fine.chosen,
    human_probability: audit.human.probability,
    human_chosen: audit.human.chosen,
    fast_digest: release.fast,
    fine_digest: release.fine,
    band_digest: release.band,
    // As text: JSON knows no infinity, and a case must not be lost for a reader that was too sure.
    fast_log_odds: String(drift.fastLogOdds),
    fast_positive: drift.fastPositive,
    fine_positive: drift.finePositive ?? null,
    embedding:
      embedding && Buffer.from(embedding.buffer, embedding.byteOffset, embedding.byteLength).toString("base64"),
    state: stateOf(record, drift),
    intake_seq: seq,
  };
}

/** Rows of before are locked before the audit head, by everybody. @returns false when it is in another state by now */
export async function lockDriftCase(
  tx: Transaction<Schema>,
  caseId: string,
  held: { readonly state: "undecided" } | { readonly state: "look"; readonly attempt: number },
): Promise<boolean> {
  let query = tx
    .selectFrom("drift_cases")
    .select("case_id")
    .where("case_id", "=", caseId)
    .where("state", "=", held.state);
  if ("attempt" in held) query = query.where("look_attempt", "=", held.attempt);
  return (await query.forUpdate().executeTakeFirst()) !== undefined;
}

/** @param seq number of the audit entry that says so. @param finePositive absent: nobody could ask the fine reader */
export async function completeDriftCase(
  tx: Transaction<Schema>,
  caseId: string,
  seq: number,
  finePositive: boolean | undefined,
): Promise<void> {
  await tx
    .updateTable("drift_cases")
    .set({
      state: "read",
      read_seq: seq,
      look_free_at: null,
      look_due_at: null,
      ...(finePositive !== undefined && { fine_positive: finePositive }),
    })
    .where("case_id", "=", caseId)
    .execute();
}

export type AuditColumns = Pick<
  DriftCaseTable,
  "stratum" | "epoch" | "fine_probability" | "fine_chosen" | "human_probability" | "human_chosen"
>;
export const auditColumns = [
  "stratum",
  "epoch",
  "fine_probability",
  "fine_chosen",
  "human_probability",
  "human_chosen",
] as const satisfies readonly (keyof AuditColumns)[];

export const auditOf = (row: AuditColumns): CaseAudit => ({
  stratum: row.stratum as CaseAudit["stratum"],
  epoch: row.epoch,
  fine: { probability: row.fine_probability, chosen: row.fine_chosen },
  human: { probability: row.human_probability, chosen: row.human_chosen },
});
