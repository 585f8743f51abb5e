import type { Kysely } from "kysely";
import type { DriftFigures, DriftQuestion } from "../../contracts/index.ts";
import type { Schema } from "../schema.ts";

/** Reads no more cases than the window has, however many were recorded; only the count walks through all of them. */
export async function driftFigures(
  db: Kysely<Schema>,
  { programme, digest, casesMax }: DriftQuestion,
): Promise<DriftFigures> {
  const { kept } = await db
    .selectFrom("cases")
    .innerJoin("objects", "objects.sha256", "cases.image_sha256")
    .select(({ fn }) => fn.countAll<string | number>().as("kept"))
    .where("cases.programme", "=", programme)
    .executeTakeFirstOrThrow();
  const newest = db
    .selectFrom("cases")
    .select(["id", "created_at"])
    .where("programme", "=", programme)
    .orderBy("id", "desc");
  const first = await newest.limit(1).executeTakeFirst();
  const readings = await db
    .selectFrom(newest.limit(casesMax).as("recent"))
    .innerJoin("readings", "readings.case_id", "recent.id")
    .select("readings.domain_p_value as pValue")
    .where("readings.reader", "=", "fast")
    .where("readings.digest", "=", digest)
    .where("readings.domain_p_value", "is not", null)
    .execute();
  return {
    keptCases: Number(kept),
    ...(first !== undefined && { newestAt: first.created_at.toISOString() }),
    domainPValues: readings.map(({ pValue }) => pValue as number),
  };
}
