import { type Kysely, sql, type Transaction } from "kysely";
import type { IncidentEvent, IncidentState } from "../../contracts/index.ts";
import { inTransaction } from "../connection-loss.ts";
import type { DriftCalls } from "../drift-messages.ts";
import type { Schema } from "../schema.ts";
import { isLeased } from "./leases.ts";

export async function loadDrift(db: Kysely<Schema>, programme: string): Promise<DriftCalls["loadDrift"]["answer"]> {
  return db
    .selectFrom("drift_states")
    .select(["version", "state"])
    .where("programme", "=", programme)
    .executeTakeFirst();
}

export async function servedDrift(db: Kysely<Schema>): Promise<string[]> {
  const rows = await db.selectFrom("drift_states").select("served").orderBy("programme").execute();
  return rows.map(({ served }) => served);
}

export function saveDrift(
  db: Kysely<Schema>,
  { programme, version, state, served, incidents, events, lease }: DriftCalls["saveDrift"]["asked"],
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    if (!(await isLeased(tx, lease)) || !(await replaceState(tx, { programme, version, state, served }))) return false;
    for (const incident of incidents)
      await tx
        .insertInto("incidents")
        .values({
          id: incident.id,
          programme: incident.programme,
          opened_at: new Date(incident.openedAt),
          record: JSON.stringify(incident),
        })
        .onConflict((conflict) => conflict.column("id").doUpdateSet((row) => ({ record: row.ref("excluded.record") })))
        .execute();
    if (events.length > 0)
      await tx
        .insertInto("incident_events")
        .values(
          events.map(({ incident, at, from, to, why }) => ({
            incident,
            at: new Date(at),
            from_state: from,
            to_state: to,
            why,
          })),
        )
        .execute();
    return true;
  });
}

/** @returns false when another state than that version is there */
async function replaceState(
  tx: Transaction<Schema>,
  row: { readonly programme: string; readonly version: number; readonly state: string; readonly served: string },
): Promise<boolean> {
  const { programme, version, ...news } = row;
  const next = { ...news, version: version + 1 };
  const written =
    version === 0
      ? await tx
          .insertInto("drift_states")
          .values({ programme, ...next })
          .onConflict((conflict) => conflict.column("programme").doNothing())
          .returning("version")
          .execute()
      : await tx
          .updateTable("drift_states")
          .set(next)
          .where("programme", "=", programme)
          .where("version", "=", version)
          .returning("version")
          .execute();
  return written.length === 1;
}

/** Newest first. */
export async function listIncidents(
  db: Kysely<Schema>,
  { programme, limit }: DriftCalls["listIncidents"]["asked"],
): Promise<string[]> {
  let query = db.selectFrom("incidents").select("record");
  if (programme !== undefined) query = query.where("programme", "=", programme);
  const rows = await query.orderBy("opened_at", "desc").orderBy("id", "desc").limit(limit).execute();
  return rows.map(({ record }) => record);
}

export async function findIncident(db: Kysely<Schema>, id: string): Promise<DriftCalls["findIncident"]["answer"]> {
  const found = await db.selectFrom("incidents").select("record").where("id", "=", id).executeTakeFirst();
  if (found === undefined) return undefined;
  const rows = await db
    .selectFrom("incident_events")
    .select(["incident", "at", "from_state", "to_state", "why"])
    .where("incident", "=", id)
    .orderBy(sql`seq`)
    .execute();
  return {
    incident: found.record,
    events: rows.map(
      ({ incident, at, from_state, to_state, why }): IncidentEvent => ({
        incident,
        at: at.toISOString(),
        from: from_state as IncidentState | null,
        to: to_state as IncidentState,
        why,
      }),
    ),
  };
}
