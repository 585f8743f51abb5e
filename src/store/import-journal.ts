import { createReadStream } from "node:fs";
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { CaseRecord, Origin } from "../contracts/index.ts";
import type { DatabaseRecords } from "./database-records.ts";

const origin: Origin = { actor: "import", requestId: "" };
/** Lines on their way to the database at once. */
const waitingMax = 256;

/**
 * Takes over the cases of version 0.1, which kept them as lines of JSON in `folder`. The folder is renamed once all of
 * them are in the database; an interrupted import starts again and writes no case twice.
 *
 * @returns cases read; 0 when there is no such folder
 * @throws {Problem} store-unavailable
 */
export async function importJournal(folder: string, records: DatabaseRecords): Promise<number> {
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return 0;
  let cases = 0;
  let waiting: Promise<void>[] = [];
  for (const name of names.filter((each) => each.endsWith(".ndjson")).sort()) {
    for await (const line of createInterface({ input: createReadStream(join(folder, name)) })) {
      const record = parse(line);
      if (record === undefined) continue;
      waiting.push(records.importCase(record, origin));
      cases++;
      if (waiting.length >= waitingMax) {
        await Promise.all(waiting);
        waiting = [];
      }
    }
  }
  await Promise.all(waiting);
  await rename(folder, `${folder}.imported`);
  return cases;
}

/** A last line without its end was never acknowledged. */
function parse(line: string): CaseRecord | undefined {
  try {
    return JSON.parse(line) as CaseRecord;
  } catch {
    return undefined;
  }
}
