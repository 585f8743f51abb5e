import { fork } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import { Problem } from "../contracts/index.ts";
import { childEnvironment, type Log } from "../platform/index.ts";
import type { CallName, Calls, DatabasePlace, FromThread, ToThread } from "./messages.ts";

const entry = new URL("./records.worker.js", import.meta.url);
const restartMs = 500;
/** While the database does not take what it is given, it is asked this often whether it is back. */
const pingMs = 500;
/** Nobody waits longer for an answer, but for the whole audit log. */
const callMsMax = 30_000;
/** Questions that wait for the database at once; more are refused, so that a stalled one cannot fill the memory. */
const callsMax = 8192;

interface Pending {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (problem: Problem) => void;
}

/**
 * The program's side of the thread that owns the database.
 *
 * States: *opening* (the thread tries until the database opens) -> *open* -> *failing* (a call failed; pings until one
 * succeeds) -> *open*; *closed* is final. A thread that dies is replaced, and what it was asked fails.
 */
export class RecordThread {
  readonly #place: DatabasePlace;
  readonly #log: Log;
  readonly #pending = new Map<number, Pending>();
  #thread: Worker | undefined;
  #calls = 0;
  #closed = false;
  #open = false;
  #failure: string | undefined = "the database is being opened";
  #pinging: NodeJS.Timeout | undefined;
  readonly #opened: { promise: Promise<void>; resolve: () => void };

  constructor(place: DatabasePlace, log: Log) {
    this.#place = place;
    this.#log = log;
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    this.#opened = { promise, resolve };
  }

  /** Resolves once the database is open and brought forward; never rejects, because a server may come back. */
  async start(): Promise<void> {
    if ("folder" in this.#place) await createOnce(this.#place.folder);
    this.#spawn();
    await this.#opened.promise;
  }

  /** Why nothing can be recorded now, for an operator; undefined when it can. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** @throws {Problem} store-unavailable */
  async call<Name extends CallName>(name: Name, asked: Calls[Name]["asked"]): Promise<Calls[Name]["answer"]> {
    const thread = this.#thread;
    // A thread that still tries to open the database would hear this only then, however long that takes.
    if (this.#closed || thread === undefined || !this.#open) throw unavailable("the database is not open");
    if (this.#pending.size >= callsMax) throw unavailable("too many wait for the database");
    const call = this.#calls++;
    const answered = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(call, { resolve, reject });
    });
    thread.postMessage({ call, name, asked } satisfies ToThread);
    const timer = name === "verifyAudit" ? undefined : setTimeout(() => this.#giveUp(call), callMsMax);
    try {
      return (await answered) as Calls[Name]["answer"];
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#pinging);
    const thread = this.#thread;
    if (this.#failure === undefined) await this.call("close", undefined).catch(() => undefined);
    this.#closed = true;
    this.#thread = undefined;
    if (thread === undefined) return;
    await thread.terminate();
  }

  #giveUp(call: number): void {
    const pending = this.#pending.get(call);
    this.#pending.delete(call);
    this.#fail();
    pending?.reject(unavailable("the database did not answer in time"));
  }

  #spawn(): void {
    if (this.#closed) return;
    const thread = new Worker(entry, { workerData: this.#place });
    this.#thread = thread;
    thread.on("message", (message: FromThread) => this.#receive(message));
    thread.on("error", (error) => this.#log.error({ err: error }, "the record thread failed"));
    thread.on("exit", () => this.#lost(thread));
  }

  #receive(message: FromThread): void {
    if (message.kind === "open") {
      this.#open = true;
      this.#failure = undefined;
      this.#log.info({ migrations: message.migrated }, "the database is open");
      this.#opened.resolve();
    } else if (message.kind === "unavailable") {
      this.#failure = "the database cannot be opened";
      this.#log.warn({ reason: message.reason }, "the database cannot be opened yet");
    } else {
      const pending = this.#pending.get(message.call);
      this.#pending.delete(message.call);
      if (message.ok) pending?.resolve(message.answer);
      else {
        const problem = Problem.fromMessage(message.problem);
        if (problem.code === "store-unavailable") this.#fail();
        pending?.reject(problem);
      }
    }
  }

  #fail(): void {
    if (this.#closed || this.#failure !== undefined) return;
    this.#failure = "the database does not take what it is given";
    this.#log.error("the database does not take what it is given");
    this.#ping();
  }

  #ping(): void {
    this.#pinging = setTimeout(() => {
      this.call("ping", undefined).then(
        () => {
          this.#failure = undefined;
          this.#log.info("the database is back");
        },
        () => this.#ping(),
      );
    }, pingMs);
    this.#pinging.unref();
  }

  #lost(thread: Worker): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    this.#open = false;
    this.#failure = "the record thread ended";
    for (const { reject } of this.#pending.values()) reject(unavailable("the record thread ended"));
    this.#pending.clear();
    clearTimeout(this.#pinging);
    if (!this.#closed) setTimeout(() => this.#spawn(), restartMs).unref();
  }
}

const unavailable = (detail: string): Problem => new Problem("store-unavailable", { detail, retryAfterS: 2 });

/**
 * Making a PGlite database takes memory that only the end of a process gives back. Where it fails the thread tries
 * again, and says why.
 */
async function createOnce(folder: string): Promise<void> {
  const made = await stat(`${folder}/PG_VERSION`).catch(() => undefined);
  if (made !== undefined) return;
  const child = fork(new URL("./create-database.js", import.meta.url), [folder], {
    stdio: "ignore",
    env: childEnvironment({}),
  });
  await once(child, "exit");
}
