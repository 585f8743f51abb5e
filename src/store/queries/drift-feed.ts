import { type Kysely, sql, type Transaction } from "kysely";
import type { CaseRecord, ReadEvent, SettledEvent } from "../../contracts/index.ts";
import type { DriftCalls } from "../drift-messages.ts";
import { truthOf } from "../label-truth.ts";
import type { Schema } from "../schema.ts";
import { auditOf } from "./drift-cases.ts";
import { labelsByCase } from "./labels.ts";

export async function readCases(
  db: Kysely<Schema>,
  { programme, after, limit }: DriftCalls["readCases"]["asked"],
): Promise<ReadEvent[]> {
  const rows = await db
    .selectFrom("drift_cases")
    .selectAll()
    .where("programme", "=", programme)
    .where("read_seq", ">", after)
    .orderBy("read_seq")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    seq: Number(row.read_seq),
    caseId: row.case_id,
    at: row.created_at.toISOString(),
    audit: auditOf(row),
    group: row.group_id,
    release: { fast: row.fast_digest, fine: row.fine_digest, band: row.band_digest },
    fastLogOdds: row.fast_log_odds,
    fastPositive: row.fast_positive,
    ...(row.site !== null && { site: row.site }),
    ...(row.fine_positive !== null && { finePositive: row.fine_positive }),
    ...(row.embedding !== null && { embedding: floatsOf(row.embedding) }),
  }));
}

/** Of their own: the bytes may begin anywhere in what the database sent. */
const floatsOf = (bytes: Uint8Array): Float32Array => new Float32Array(new Uint8Array(bytes).buffer);

/** A stream that waits is asked every second, and answers after its first case. */
const lookAhead = 1;

export async function settledCases(
  db: Kysely<Schema>,
  { programme, after, limit }: DriftCalls["settledCases"]["asked"],
): Promise<SettledEvent[]> {
  const first = await settledFrom(db, programme, after, Math.min(lookAhead, limit));
  const last = first.at(-1);
  if (last === undefined || limit <= lookAhead) return first;
  return [...first, ...(await settledFrom(db, programme, last.seq, limit - lookAhead))];
}

async function settledFrom(
  db: Kysely<Schema>,
  programme: string,
  after: number,
  limit: number,
): Promise<SettledEvent[]> {
  const rows = await db
    .selectFrom("drift_cases")
    .select(["case_id", "intake_seq", "group_id", "created_at", "state", "human_probability", "human_chosen"])
    .where("programme", "=", programme)
    .where("intake_seq", ">", after)
    .where("intake_seq", ">", letGoOf(programme))
    .orderBy("intake_seq")
    .limit(limit)
    .execute();
  const chosen = rows.filter(({ human_chosen }) => human_chosen).map(({ case_id }) => case_id);
  const judgements = await judgementsOf(db, chosen);
  const settled: SettledEvent[] = [];
  for (const row of rows) {
    if (row.state === "undecided" || (row.human_chosen && !judgements.has(row.case_id))) break;
    const judgement = judgements.get(row.case_id);
    settled.push({
      seq: Number(row.intake_seq),
      caseId: row.case_id,
      group: row.group_id,
      at: row.created_at.toISOString(),
      probability: row.human_probability,
      ...(judgement && { judgement }),
    });
  }
  return settled;
}

export const letGoOf = (programme: string) =>
  sql<number>`coalesce((select let_go from drift_marks where programme = ${programme}), 0)`;

/** Of those whose label holds; undefined for a picture that nobody can judge. */
async function judgementsOf(
  db: Kysely<Schema>,
  ids: readonly string[],
): Promise<Map<string, SettledEvent["judgement"] | undefined>> {
  const labels = await labelsByCase(db, ids);
  const held = [...labels.keys()];
  const judgements = new Map<string, SettledEvent["judgement"] | undefined>();
  if (held.length === 0) return judgements;
  const cases = await db.selectFrom("cases").select(["id", "outcome", "record"]).where("id", "in", held).execute();
  for (const { id, outcome, record } of cases) {
    const { truth } = truthOf(labels.get(id) ?? []);
    if (truth === undefined) continue;
    const { positive } = truth;
    const claimed = (JSON.parse(record) as CaseRecord).decision.positiveProbability as number;
    const wrong = outcome !== "person" && (outcome === "positive") !== positive;
    judgements.set(id, truth.label === "ungradable" ? undefined : { positive, claimed, wrong });
  }
  return judgements;
}

/** Rows that one call lets go of, of each kind; the next call goes on. */
const forgottenMax = 5000;

/** Whose coins are needed as long as their label: a figure is weighted by them. */
const isKept = sql<boolean>`human_chosen and exists (select from labels where labels.case_id = drift_cases.case_id)`;

/** Rows that somebody else is about to change are left for the next call. */
export async function forgetDrift(
  db: Kysely<Schema>,
  { programme, read, settled }: DriftCalls["forgetDrift"]["asked"],
): Promise<undefined> {
  await sql`update drift_cases set state = 'seen', read_seq = null, embedding = null where case_id in (
    select case_id from drift_cases where programme = ${programme} and read_seq <= ${read}
    order by read_seq limit ${forgottenMax} for update skip locked)`.execute(db);
  await dropRows(
    db,
    sql`select case_id from drift_cases where programme = ${programme} and intake_seq <= ${settled} and state = 'seen'
      order by intake_seq limit ${forgottenMax} for update skip locked`,
  );
  return undefined;
}

/** Both statements see the same rows when they run in one; in two, a label could come between them. */
async function dropRows(db: Kysely<Schema>, rows: ReturnType<typeof sql>): Promise<void> {
  await sql`with gone as (${rows}), kept as (
      update drift_cases set state = 'kept', intake_seq = null, read_seq = null, embedding = null,
        look_free_at = null, look_due_at = null
      where case_id in (select case_id from gone) and ${isKept})
    delete from drift_cases where case_id in (select case_id from gone) and not (${isKept})`.execute(db);
}

/** A label that did not come by then does not come: its case no longer holds up the others. */
export const settleDaysMax = 90;
/** What goes with it. If only cases without a label went, one after the other, those left would look better than all. */
const letGoDays = 45;
const dayMs = 86_400_000;

/**
 * Once a case has waited too long, everything is let go that was taken in up to half of that time ago, labelled or not
 * and chosen or not: by age alone. Called by the sweep.
 */
export async function letGoOfOld(tx: Transaction<Schema>, now: Date): Promise<void> {
  const before = (days: number) => new Date(now.getTime() - days * dayMs);
  await sql`insert into drift_marks (programme, let_go)
    select programme, max(intake_seq) from drift_cases
    where created_at <= ${before(letGoDays)} and intake_seq is not null and programme in (
      select old.programme from drift_cases as old left join drift_marks on drift_marks.programme = old.programme
      where old.created_at <= ${before(settleDaysMax)} and old.intake_seq > coalesce(let_go, 0))
    group by programme
    on conflict (programme) do update set let_go = greatest(drift_marks.let_go, excluded.let_go)`.execute(tx);
  await dropRows(
    tx,
    sql`select case_id from drift_cases join drift_marks using (programme) where intake_seq <= let_go
      order by intake_seq limit ${forgottenMax} for update of drift_cases skip locked`,
  );
}
