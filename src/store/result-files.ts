import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Problem, type ResultStore } from "../contracts/index.ts";
import { type Clock, systemClock } from "../platform/index.ts";

const dayMs = 24 * 3_600_000;
/** Beyond this the oldest go before their time; one has about 100 KB. */
const filesMax = 10_000;
const nameOf = (id: string): string => `${id}.json`;
const names = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json$/;

/** Kept answers as files named by their ids, each for so many days. */
export class ResultFiles implements ResultStore {
  readonly #folder: string;
  readonly #days: number;
  readonly #clock: Clock;

  constructor(folder: string, days: number, clock: Clock = systemClock) {
    this.#folder = folder;
    this.#days = days;
    this.#clock = clock;
  }

  async keepResults(id: string, json: string): Promise<void> {
    if (!names.test(nameOf(id))) throw new TypeError("results are named by a UUID");
    const part = join(this.#folder, `${randomUUID()}.part`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(part, json, { mode: 0o600, flush: true });
      await rename(part, join(this.#folder, nameOf(id)));
    } catch (cause) {
      await rm(part, { force: true }).catch(() => undefined);
      throw new Problem("store-unavailable", { detail: "the results could not be stored", retryAfterS: 5, cause });
    }
  }

  async getResults(id: string): Promise<string | undefined> {
    const name = nameOf(id);
    if (!names.test(name)) return undefined;
    const writtenMs = await this.#writtenMs(name);
    return writtenMs === undefined || this.#isOver(writtenMs)
      ? undefined
      : readFile(join(this.#folder, name), "utf8").catch(() => undefined);
  }

  /** Deletes what is past its time, and leftovers of interrupted writes. @returns how many results went */
  async sweep(): Promise<number> {
    const held: { name: string; writtenMs: number }[] = [];
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const writtenMs = await this.#writtenMs(name);
      if (writtenMs === undefined) continue;
      if (names.test(name)) held.push({ name, writtenMs });
      else if (this.#isOver(writtenMs)) await rm(join(this.#folder, name), { force: true });
    }
    held.sort((one, other) => other.writtenMs - one.writtenMs);
    const due = held.filter(({ writtenMs }, i) => i >= filesMax || this.#isOver(writtenMs));
    for (const { name } of due) await rm(join(this.#folder, name), { force: true });
    return due.length;
  }

  #writtenMs(name: string): Promise<number | undefined> {
    return stat(join(this.#folder, name)).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
  }

  #isOver(writtenMs: number): boolean {
    return writtenMs + this.#days * dayMs <= this.#clock.wallMs();
  }
}
