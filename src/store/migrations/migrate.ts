import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { Schema } from "../schema.ts";
import { up as records } from "./0001-records.ts";
import { up as persons } from "./0002-persons.ts";
import { up as batches } from "./0003-batches.ts";
import { up as secondLooks } from "./0004-second-looks.ts";
import { up as leases } from "./0005-leases.ts";
import { up as drift } from "./0006-drift.ts";
import { up as queueOrders } from "./0007-queue-orders.ts";

/** In order of their names; each runs once, inside one transaction with all that are due. */
const migrations: Readonly<Record<string, Migration>> = {
  "0001-records": { up: records },
  "0002-persons": { up: persons },
  "0003-batches": { up: batches },
  "0004-second-looks": { up: secondLooks },
  "0005-leases": { up: leases },
  "0006-drift": { up: drift },
  "0007-queue-orders": { up: queueOrders },
};

/**
 * Brings the database forward. Safe to run at once from several processes (an advisory lock) and after being killed in
 * the middle (schema changes are transactional in both databases).
 *
 * @returns names of the migrations that were due
 * @throws when one fails, or when the database was already used by a newer program
 */
export async function migrate(db: Kysely<Schema>): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results.map(({ migrationName }) => migrationName);
}
