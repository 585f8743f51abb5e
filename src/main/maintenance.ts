import { mkdir } from "node:fs/promises";
import type { AuditVerdict } from "../contracts/index.ts";
import { type Config, createLog } from "../platform/index.ts";
import { type DatabaseRecords, lockData } from "../store/index.ts";
import { openCases } from "./records.ts";

/** A command line does not wait for a database server for ever. */
const openMsMax = 20_000;

/** The database could not be opened in time. */
export class DatabaseAway extends Error {
  override readonly name = "DatabaseAway";
}

/** Brings the database forward to this version. @throws {DataInUse | DatabaseAway} */
export const migrateRecords = (config: Config): Promise<void> => withRecords(config, async () => undefined);

/** Recomputes the audit chain. @throws {DataInUse | DatabaseAway} */
export const verifyAudit = (config: Config): Promise<AuditVerdict> =>
  withRecords(config, (records) => records.verifyAudit());

async function withRecords<T>(config: Config, act: (records: DatabaseRecords) => Promise<T>): Promise<T> {
  await mkdir(config.DATA_DIR, { recursive: true, mode: 0o700 });
  const unlock = config.DATABASE_URL === undefined ? await lockData(config.DATA_DIR) : async () => undefined;
  const records = openCases(config, createLog("silent", "maintenance"));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DatabaseAway(records.failure ?? "the database did not open")), openMsMax);
  });
  try {
    await Promise.race([records.start(), late]);
    return await act(records);
  } finally {
    clearTimeout(timer);
    await records.close();
    await unlock();
  }
}
