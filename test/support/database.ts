import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Client } from "pg";

/** A database for one test file, empty at first. */
export interface TestDatabase {
  readonly place: { readonly url: string } | { readonly folder: string };
  /** Runs SQL behind the program's back, while the program is closed. */
  run(sql: string): Promise<void>;
  drop(): Promise<void>;
}

export async function embeddedDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), "fovea-records-"));
  const place = { folder: join(folder, "database") };
  return {
    place,
    run: async (sql) => {
      const database = await PGlite.create(place.folder);
      await database.exec(sql);
      await database.close();
    },
    drop: () => rm(folder, { recursive: true, force: true }),
  };
}

/** @param server URL of a PostgreSQL server whose user may create databases */
export async function serverDatabase(server: string): Promise<TestDatabase> {
  const name = `fovea_${randomBytes(6).toString("hex")}`;
  await query(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    place: { url: url.href },
    run: (sql) => query(url.href, sql),
    drop: () => query(server, `drop database ${name} with (force)`),
  };
}

async function query(server: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
