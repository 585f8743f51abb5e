import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TrainingRecord } from "../contracts/index.ts";

/** Older ones are forgotten. */
const filesMax = 50;
const names = /^[0-9a-f-]{36}\.json$/;

/** What is known of trainings, one file each, named by their ids, which sort by time. */
export class TrainingFiles {
  readonly folder: string;
  /** Two writes of one file do not overtake each other. */
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.folder = folder;
  }

  keep(record: TrainingRecord): Promise<void> {
    const written = this.#writing.then(() => this.#write(record));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /** Newest first. A file that cannot be read is none: it was cut off by a power failure. */
  async read(): Promise<TrainingRecord[]> {
    const records: TrainingRecord[] = [];
    for (const name of await this.#names()) {
      const text = await readFile(join(this.folder, name), "utf8").catch(() => "");
      const record = parse(text);
      if (record !== undefined) records.push(record);
    }
    return records;
  }

  async forgetOld(): Promise<void> {
    for (const name of (await this.#names()).slice(filesMax)) await rm(join(this.folder, name), { force: true });
  }

  async #names(): Promise<string[]> {
    const found = await readdir(this.folder).catch(() => []);
    return found
      .filter((name) => names.test(name))
      .sort()
      .reverse();
  }

  async #write(record: TrainingRecord): Promise<void> {
    const path = join(this.folder, `${record.id}.json`);
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFile(`${path}.part`, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600, flush: true });
    await rename(`${path}.part`, path);
  }
}

function parse(text: string): TrainingRecord | undefined {
  try {
    return JSON.parse(text) as TrainingRecord;
  } catch {
    return undefined;
  }
}
