import type { Kysely } from "kysely";
import type { DriftFigures, DriftQuestion } from "../../contracts/index.ts";
import type { Schema } from "../schema.ts";

/** Looks no further back than it is told, however many cases were recorded. */
export async function driftFigures(
  db: Kysely<Schema>,
  { programme, digest, casesMax, countMax }: DriftQuestion,
): Promise<DriftFigures> {
  const newest = db
    .selectFrom("cases")
    .select(["id", "created_at", "image_sha256"])
    .where("programme", "=", programme)
    .orderBy("id", "desc");
  const first = await newest.limit(1).executeTakeFirst();
  const { counted, kept } = await db
    .selectFrom(newest.limit(countMax + 1).as("recent"))
    .leftJoin("objects", "objects.sha256", "recent.image_sha256")
    .select(({ fn }) => [
      fn.count<string | number>("recent.id").as("counted"),
      fn.count<string | number>("objects.sha256").as("kept"),
    ])
    .executeTakeFirstOrThrow();
  const readings = await db
    .selectFrom(newest.limit(casesMax).as("recent"))
    .innerJoin("readings", "readings.case_id", "recent.id")
    .select("readings.domain_p_value as pValue")
    .where("readings.reader", "=", "fast")
    .where("readings.digest", "=", digest)
    .where("readings.domain_p_value", "is not", null)
    .execute();
  return {
    keptCases: Math.min(Number(kept), countMax),
    countedAll: Number(counted) <= countMax,
    ...(first !== undefined && { newestAt: first.created_at.toISOString() }),
    domainPValues: readings.map(({ pValue }) => pValue as number),
  };
}
