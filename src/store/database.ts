import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Kysely, PGliteDialect, PostgresDialect } from "kysely";
import { Pool } from "pg";
import { DurableFiles, durableStartParams } from "./durable-files.ts";
import type { DatabasePlace } from "./messages.ts";
import type { Schema } from "./schema.ts";

const connectionsMax = 4;
const connectTimeoutMs = 5000;
const statementTimeoutMs = 10_000;
/** A process that is stopped between two statements must not hold its locks for everybody else until it goes on. */
const idleInTransactionMs = 5000;

/** @throws when the server cannot be reached or the folder is no database of this version */
export async function openDatabase(place: DatabasePlace): Promise<Kysely<Schema>> {
  if ("folder" in place) {
    await createPGlite(place.folder);
    return new Kysely({ dialect: new PGliteDialect({ pglite: await openPGlite(place.folder) }) });
  }
  const pool = new Pool({
    connectionString: place.url,
    max: connectionsMax,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs * 2,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    application_name: "fovea",
    keepAlive: true,
  });
  // An idle connection that the server closes is replaced by the next query; without a listener it would end the process.
  pool.on("error", () => undefined);
  // Nor does the end of one that is in use: what was asked through it fails, and that says so.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return new Kysely({ dialect: new PostgresDialect({ pool }) });
}

/**
 * Makes an empty PGlite database. It appears under its name only when it is whole, so a process that is killed here
 * leaves nothing that looks like a database. Takes several hundred MB for a moment: call it first in a process that ends.
 */
export async function createPGlite(folder: string): Promise<void> {
  if (await isDatabase(folder)) return;
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  await removeUnfinished(folder);
  // A name of its own: another process that was meant to do this may not be quite dead yet.
  const unfinished = `${folder}${unfinishedMark}${process.pid}`;
  await mkdir(unfinished, { mode: 0o700 });
  const database = await openPGlite(unfinished);
  await database.close();
  await rename(unfinished, folder).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await isDatabase(folder))) throw error;
  });
}

const unfinishedMark = ".unfinished-";

/** What processes left that are no more. */
async function removeUnfinished(folder: string): Promise<void> {
  const prefix = `${basename(folder)}${unfinishedMark}`;
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(prefix) || isRunning(Number(name.slice(prefix.length)))) continue;
    await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const isDatabase = (folder: string): Promise<boolean> =>
  stat(`${folder}/PG_VERSION`).then(
    () => true,
    () => false,
  );

const openPGlite = (folder: string): Promise<PGlite> =>
  PGlite.create({ fs: new DurableFiles(folder), startParams: [...durableStartParams] });
