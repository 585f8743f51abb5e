import { Piscina } from "piscina";
import type { ReaderPack } from "../contracts/pack.ts";
import type { Cost, FromThread, SessionKind, ThreadImage, ThreadItem, ToThread } from "./messages.ts";

export interface BatchAnswer {
  readonly thread: number;
  readonly items: readonly ThreadItem[];
}

/**
 * Piscina as a holder of threads and nothing more: the mailbox in front of it bounds, batches and cancels, because
 * Piscina does not enforce `maxQueue` for tasks with a signal and ends a running thread when one is aborted, which
 * takes the whole process with it while onnxruntime runs.
 */
export class ThreadPool {
  readonly threads: number;
  readonly #sessions: SessionKind;
  readonly #pool: Piscina<ToThread, FromThread>;

  /** @param onDefect a thread threw or ended: the engine cannot be trusted any more */
  constructor(entry: URL, threads: number, onDefect: (error: Error) => void, sessions: SessionKind) {
    this.threads = threads;
    this.#sessions = sessions;
    this.#pool = new Piscina({
      filename: entry.href,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // Waiting in Atomics.wait between tasks would stop the thread's own event loop.
      atomics: "disabled",
    });
    this.#pool.on("error", onDefect);
  }

  /**
   * Loads and runs every pack in every thread, but for those that may come later. No thread leaves before all have arrived, so none is warmed twice.
   * @throws {Error} with the reason when a pack cannot be loaded
   */
  async warm(packs: readonly ReaderPack[], later: readonly string[]): Promise<readonly Cost[]> {
    const barrier = new Int32Array(new SharedArrayBuffer(4));
    const task: ToThread = { kind: "warm", sessions: this.#sessions, packs, later, threads: this.threads, barrier };
    const answers = await Promise.all(Array.from({ length: this.threads }, () => this.#pool.run(task)));
    return answers.flatMap((answer) => {
      if (answer.kind !== "warm") throw new Error("a thread answered something else than it was asked");
      if (!answer.ok) throw new Error(answer.reason);
      return answer.costs;
    });
  }

  async run(packs: readonly string[], images: readonly ThreadImage[], maps: boolean): Promise<BatchAnswer> {
    const answer = await this.#pool.run({ kind: "batch", packs, maps, images });
    if (answer.kind !== "batch" || answer.items.length !== images.length)
      throw new Error("a thread answered something else than it was asked");
    return answer;
  }

  /** @returns SHA-256 of what the pack's networks say of a made picture, undefined when they say nothing */
  async prove(pack: string, picture: number): Promise<string | undefined> {
    const answer = await this.#pool.run({ kind: "prove", pack, picture });
    if (answer.kind !== "proof") throw new Error("a thread answered something else than it was asked");
    return answer.sha256;
  }

  /** Only when nothing runs: sessions are released first, then idle threads are ended, which is safe. */
  async close(): Promise<void> {
    const barrier = Array.from({ length: this.threads }, () => this.#pool.run({ kind: "release" }));
    await Promise.all(barrier);
    await this.#pool.destroy();
  }
}
