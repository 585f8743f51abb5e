import type { ResultStore } from "../contracts/index.ts";
import type { RecordThread } from "./record-thread.ts";
import { isUuid } from "./uuid.ts";

/** Kept answers in the database of the cases, where every gateway finds them; each for so many days. */
export class DatabaseResults implements ResultStore {
  readonly #thread: RecordThread;
  readonly #days: number;

  constructor(thread: RecordThread, days: number) {
    this.#thread = thread;
    this.#days = days;
  }

  async keepResults(id: string, json: string): Promise<void> {
    await this.#thread.call("keepResults", { id, json, days: this.#days });
  }

  async getResults(id: string): Promise<string | undefined> {
    return isUuid(id) ? this.#thread.call("getResults", id) : undefined;
  }
}
