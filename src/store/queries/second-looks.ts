import { type Kysely, sql, type Transaction } from "kysely";
import type { CaseRecord, SecondLookTicket } from "../../contracts/index.ts";
import { inTransaction } from "../connection-loss.ts";
import type { Schema } from "../schema.ts";
import type { SecondLookCalls, StoredSecondLook } from "../second-look-messages.ts";
import { appendAudit } from "./append-audit.ts";
import { completeDriftCase, lockDriftCase } from "./drift-cases.ts";
import { recordsOf } from "./read-cases.ts";
import { caseRow, readingRows } from "./rows.ts";

/** Called in the transaction that writes the cases. */
export async function insertTickets(
  tx: Transaction<Schema>,
  tickets: readonly { readonly caseId: string; readonly ticket: SecondLookTicket }[],
): Promise<void> {
  if (tickets.length === 0) return;
  const now = sql<Date>`clock_timestamp()`;
  await tx
    .insertInto("second_looks")
    .values(
      tickets.map(({ caseId, ticket: { release, gain, outOfDomain, waitMsMax } }) => ({
        case_id: caseId,
        release,
        gain,
        out_of_domain: outOfDomain,
        state: "pending",
        created_at: now,
        due_at: sql<Date>`clock_timestamp() + make_interval(secs => ${waitMsMax / 1000})`,
        free_at: now,
      })),
    )
    .execute();
}

/** Share of its time that a ticket has waited. */
const age = sql<number>`(extract(epoch from clock_timestamp() - created_at) / extract(epoch from due_at - created_at))`;

/**
 * Overdue ones first, then by worth and age. A ticket ages by the most that a gain can be: by its own it would never
 * overtake one that is worth more.
 */
export function leaseSecondLooks(
  db: Kysely<Schema>,
  ask: SecondLookCalls["leaseSecondLooks"]["asked"],
): Promise<StoredSecondLook[]> {
  return inTransaction(db, async (tx) => {
    const rows = await wanted(tx, ask)
      .orderBy(sql`${age} >= 1`, "desc")
      .orderBy(sql`gain + ${age}`, "desc")
      .limit(ask.limit)
      .forUpdate()
      .skipLocked()
      .execute();
    if (rows.length === 0) return [];
    const ids = rows.map(({ case_id }) => case_id);
    await tx
      .updateTable("second_looks")
      .set({
        attempt: (table) => table("attempt", "+", 1),
        free_at: sql<Date>`clock_timestamp() + make_interval(secs => ${ask.leaseMs / 1000})`,
      })
      .where("case_id", "in", ids)
      .execute();
    const records = await recordsOf(tx, ids);
    return rows.map((row) => ({
      caseId: row.case_id,
      attempt: row.attempt + 1,
      record: records.get(row.case_id) as string,
      release: row.release,
      outOfDomain: row.out_of_domain,
      age: Number(row.age),
    }));
  });
}

/** Free tickets that this server can read now, and those that nobody needs to read. */
function wanted(
  tx: Transaction<Schema>,
  { readable, known, strangerMs }: SecondLookCalls["leaseSecondLooks"]["asked"],
) {
  const now = sql<Date>`clock_timestamp()`;
  const strangerAt = sql<Date>`clock_timestamp() - make_interval(secs => ${strangerMs / 1000})`;
  return tx
    .selectFrom("second_looks")
    .select(["case_id", "release", "out_of_domain", "attempt", sql<number | string>`${age}`.as("age")])
    .where("state", "=", "pending")
    .where("free_at", "<=", now)
    .where((where) =>
      where.or([
        where("due_at", "<=", now),
        ...(readable.length === 0 ? [] : [where("release", "in", [...readable])]),
        where.and([
          where("created_at", "<=", strangerAt),
          ...(known.length === 0 ? [] : [where("release", "not in", [...known])]),
        ]),
      ]),
    );
}

export async function releaseSecondLook(
  db: Kysely<Schema>,
  { lease: { caseId, attempt }, afterMs }: SecondLookCalls["releaseSecondLook"]["asked"],
): Promise<undefined> {
  await db
    .updateTable("second_looks")
    .set({ free_at: sql<Date>`clock_timestamp() + make_interval(secs => ${afterMs / 1000})` })
    .where("case_id", "=", caseId)
    .where("attempt", "=", attempt)
    .where("state", "=", "pending")
    .execute();
  return undefined;
}

export function settleSecondLook(
  db: Kysely<Schema>,
  { record: json, origin, lease: { caseId, attempt }, at, finePositive }: SecondLookCalls["settleSecondLook"]["asked"],
): Promise<boolean> {
  const record = JSON.parse(json) as CaseRecord;
  if (record.id !== caseId) throw new TypeError("the record is of another case");
  return inTransaction(db, async (tx) => {
    const settled = await tx
      .updateTable("second_looks")
      .set({ state: stateOf(record), settled_at: sql<Date>`clock_timestamp()` })
      .where("case_id", "=", caseId)
      .where("attempt", "=", attempt)
      .where("state", "=", "pending")
      .returning("case_id")
      .execute();
    if (settled.length === 0) return false;
    const { id: _id, created_at: _at, ...columns } = caseRow(record, json);
    await tx.updateTable("cases").set(columns).where("id", "=", caseId).execute();
    // The first reading stands already.
    const news = readingRows(record).slice(1);
    if (news.length > 0) await tx.insertInto("readings").values(news).execute();
    await tx
      .insertInto("outbox")
      .values({ topic: "case.decided", case_id: caseId, created_at: new Date(at) })
      .execute();
    const isWatched = await lockDriftCase(tx, caseId, { state: "undecided" });
    const [seq] = await appendAudit(tx, [{ ...origin, action: "case.completed", object: `case/${caseId}`, at }]);
    if (isWatched) await completeDriftCase(tx, caseId, seq as number, finePositive);
    return true;
  });
}

const stateOf = ({ readings }: CaseRecord): "later" | "person" => (readings.length > 1 ? "later" : "person");

export async function countPending(db: Kysely<Schema>): Promise<number> {
  const { count } = await db
    .selectFrom("second_looks")
    .select((select) => select.fn.countAll<string | number>().as("count"))
    .where("state", "=", "pending")
    .executeTakeFirstOrThrow();
  return Number(count);
}
