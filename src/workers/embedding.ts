import { availableParallelism } from "node:os";
import { Piscina } from "piscina";
import type { NetworkFile } from "../contracts/pack.ts";
import type { EmbedAnswer, EmbedTask } from "./views/messages.ts";

export { BoostedTrees } from "./boosted-trees.ts";
export type { EmbedAnswer, EmbedTask } from "./views/messages.ts";

/**
 * Threads that embed training images with the very sessions, decoder and preparation that serve. Only a process that
 * may be lost, the trainer, opens this door: ending it during a run aborts it.
 */
export class EmbeddingPool {
  readonly #pool: Piscina<EmbedTask | "release", EmbedAnswer | undefined>;
  readonly #encoder: NetworkFile;
  readonly threads: number;

  constructor(entry: URL, encoder: NetworkFile, threads = availableParallelism()) {
    this.threads = threads;
    this.#encoder = encoder;
    this.#pool = new Piscina({
      filename: entry.href,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      atomics: "disabled",
    });
  }

  async embed(task: Omit<EmbedTask, "encoder">): Promise<EmbedAnswer> {
    const answer = await this.#pool.run({ ...task, encoder: this.#encoder });
    if (answer === undefined) throw new Error("a thread answered something else than it was asked");
    return answer;
  }

  async close(): Promise<void> {
    await Promise.all(Array.from({ length: this.threads }, () => this.#pool.run("release")));
    await this.#pool.destroy();
  }
}
