import { randomUUID } from "node:crypto";
import { DatabaseRecords } from "../../dist/store/index.js";
import { nextLabelSource } from "../../src/drift/index.ts";
import { createLog, systemClock } from "../../src/platform/index.ts";
import { embeddedDatabase, serverDatabase, type TestDatabase } from "./database.ts";

const server = process.env["TEST_DATABASE_URL"] || undefined;

/** Both databases that records are kept in. PostgreSQL is the one of DATABASE_URL. */
export const recordDatabases = [
  { name: "PGlite", open: embeddedDatabase, here: true },
  { name: "PostgreSQL", open: () => serverDatabase(server as string), here: server !== undefined },
];

type Labels = ReturnType<DatabaseRecords["labelsBy"]>;

/** A database with records, as one or several servers have it open. */
export class OpenDatabase {
  readonly #database: TestDatabase;
  readonly #opened: DatabaseRecords[] = [];
  readonly imageDays: number;
  /** Of the first server. */
  records!: DatabaseRecords;
  labels!: Labels;

  private constructor(database: TestDatabase, imageDays: number) {
    this.#database = database;
    this.imageDays = imageDays;
  }

  static async open(open: () => Promise<TestDatabase>, imageDays = 0): Promise<OpenDatabase> {
    const made = new OpenDatabase(await open(), imageDays);
    await made.#begin();
    return made;
  }

  /** Another server on the same database; the embedded one belongs to the first. */
  async another(): Promise<DatabaseRecords> {
    return "folder" in this.#database.place ? this.records : this.#connect();
  }

  /** Ends the first server and starts it again. @param sql what happens meanwhile, e.g. that time passes */
  async restart(sql?: string): Promise<void> {
    await this.records.close();
    if (sql !== undefined) await this.#database.run(sql);
    await this.#begin();
  }

  async drop(): Promise<void> {
    for (const each of this.#opened) await each.close();
    await this.#database.drop();
  }

  async #begin(): Promise<void> {
    this.records = await this.#connect();
    this.labels = this.records.labelsBy({
      labelsOf: (programme) =>
        programme === "gone" ? undefined : { labels: ["normal", "cataract"], positive: ["cataract"] },
      nextSource: nextLabelSource,
      answerShown: (source) => source === "abstention",
    });
  }

  async #connect(): Promise<DatabaseRecords> {
    const log = createLog("silent", "test");
    const { place } = this.#database;
    const made = new DatabaseRecords({ place, imageDays: this.imageDays, clock: systemClock, log });
    await made.start();
    this.#opened.push(made);
    return made;
  }
}

/** Each test has a programme of its own, so that it meets its own cases only. */
export const newProgramme = (): string => `programme-${randomUUID()}`;
