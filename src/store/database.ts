import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Kysely, PGliteDialect, PostgresDialect } from "kysely";
import { Pool } from "pg";
import { DurableFiles, durableStartParams } from "./durable-files.ts";
import type { Schema } from "./schema.ts";

/** Where records are kept: `url` names a PostgreSQL server, `folder` a PGlite database of this process alone. */
export type DatabasePlace = { readonly url: string } | { readonly folder: string };

const connectionsMax = 4;
const connectTimeoutMs = 5000;
const statementTimeoutMs = 10_000;

/** @throws when the server cannot be reached or the folder is no database of this version */
export async function openDatabase(place: DatabasePlace): Promise<Kysely<Schema>> {
  if ("folder" in place) return new Kysely({ dialect: new PGliteDialect({ pglite: await openPGlite(place.folder) }) });
  const pool = new Pool({
    connectionString: place.url,
    max: connectionsMax,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs * 2,
    application_name: "fovea",
    keepAlive: true,
  });
  // An idle connection that the server closes is replaced by the next query; without a listener it would end the process.
  pool.on("error", () => undefined);
  return new Kysely({ dialect: new PostgresDialect({ pool }) });
}

/**
 * Makes an empty PGlite database. It appears under its name only when it is whole, so a process that is killed here
 * leaves nothing that looks like a database. Takes several hundred MB for a moment: call it in a thread that ends.
 */
export async function createPGlite(folder: string): Promise<void> {
  if (await isDatabase(folder)) return;
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  await mkdir(unfinished, { mode: 0o700 });
  const database = await openPGlite(unfinished);
  await database.close();
  await rename(unfinished, folder);
}

export const isDatabase = (folder: string): Promise<boolean> =>
  stat(`${folder}/PG_VERSION`).then(
    () => true,
    () => false,
  );

const openPGlite = (folder: string): Promise<PGlite> =>
  PGlite.create({ fs: new DurableFiles(folder), startParams: [...durableStartParams] });
