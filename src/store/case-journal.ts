import { type FileHandle, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { type CaseRecord, type CaseStore, Problem } from "../contracts/index.ts";

/** Records waiting for the disk; more are refused, so a stalled disk cannot fill the memory. */
const waitingRecordsMax = 10_000;

interface Waiting {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: Problem) => void;
}

/**
 * Case records as lines of JSON in an append-only file, the first form of the `CaseStore` port.
 *
 * States: *open* (idle or writing) -> *failed* (a write or sync failed) or *closed*. While one group of records is
 * being synced the next one gathers, so the disk is asked once per group, not once per case. After a failed sync
 * nobody knows what the disk holds: every record of the group is refused and the journal goes on in a new file,
 * never by syncing the same file again.
 *
 * Each process writes files of its own. A line without its newline was never acknowledged.
 */
export class CaseJournal implements CaseStore {
  readonly #folder: string;
  readonly #name: string;
  #file: FileHandle | undefined;
  #files = 0;
  /** Bytes of the open file that were acknowledged. */
  #length = 0;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;

  private constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  /**
   * @param name unique per process start; the files are `<name>.<n>.ndjson`
   * @throws when the folder cannot be made or written: the program must not start then
   */
  static async open(folder: string, name: string): Promise<CaseJournal> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const journal = new CaseJournal(folder, name);
    await journal.#openFile();
    return journal;
  }

  async recordCase(record: CaseRecord): Promise<void> {
    if (this.#closed) throw new Problem("draining");
    if (this.#waiting.length >= waitingRecordsMax)
      throw new Problem("store-unavailable", { detail: "too many records wait for the disk", retryAfterS: 5 });
    const line = `${JSON.stringify(record)}\n`;
    const written = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ line, resolve, reject });
    });
    this.#writing ??= this.#writeGroups();
    await written;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #openFile(): Promise<void> {
    const path = join(this.#folder, `${this.#name}.${this.#files++}.ndjson`);
    this.#file = await open(path, "ax", 0o600);
    this.#length = 0;
    // The file's name must survive a power cut as well as its content.
    const folder = await open(this.#folder, "r");
    await folder.sync();
    await folder.close();
  }

  /** What was refused must not be found later: the file is cut back to what was acknowledged, if the disk lets us. */
  async #abandonFile(): Promise<void> {
    await this.#file?.truncate(this.#length).catch(() => undefined);
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
  }

  async #writeGroups(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        if (this.#file === undefined) await this.#openFile();
        const bytes = Buffer.from(group.map((each) => each.line).join(""));
        await this.#file?.appendFile(bytes);
        await this.#file?.datasync();
        this.#length += bytes.byteLength;
        for (const each of group) each.resolve();
      } catch (cause) {
        await this.#abandonFile();
        const problem = new Problem("store-unavailable", {
          detail: "the record could not be written",
          retryAfterS: 5,
          cause,
        });
        for (const each of group) each.reject(problem);
      }
    }
    this.#writing = undefined;
  }
}
