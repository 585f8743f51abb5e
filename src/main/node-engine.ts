import { PackFault, type Provider } from "../cluster/index.ts";
import {
  type Predictor,
  type PredictorStatus,
  type PredictResult,
  type PredictTask,
  Problem,
  type ReaderPack,
} from "../contracts/index.ts";
import type { LocalPredictor } from "../workers/index.ts";
import type { Started } from "./provider.ts";

/**
 * The engine of a node. It starts with its first packs: whether a GPU reads is tried with the very packs, and a node that
 * has none waits for a server to name them.
 */
export class NodeEngine implements Predictor {
  readonly #create: (packs: readonly ReaderPack[], later: readonly string[]) => Promise<Started<LocalPredictor>>;
  readonly #slots: number;
  #started: Started<LocalPredictor> | undefined;
  #draining = false;

  constructor(
    slots: number,
    create: (packs: readonly ReaderPack[], later: readonly string[]) => Promise<Started<LocalPredictor>>,
  ) {
    this.#slots = slots;
    this.#create = create;
  }

  /** Before there is an engine: what every node can. */
  provider(): Provider {
    return this.#started?.provider ?? "cpu";
  }

  /** Digests of packs that would be loaded at their first task. */
  later(): readonly string[] {
    return this.#started?.engine.held().later ?? [];
  }

  /**
   * Serves exactly these packs; one caller at a time.
   * @throws {Error} with the reason; what was served before is served on
   */
  async serve(packs: readonly ReaderPack[], later: readonly string[]): Promise<void> {
    if (this.#draining) throw new Error("the node is ending");
    if (this.#started !== undefined) {
      const { engine } = this.#started;
      // Not for the sake of these packs: it lost its process over something else.
      if (!engine.ready()) throw new PackFault("engine-not-ready", "the engine is restarting");
      return engine.hold(packs, later);
    }
    const started = await this.#create(packs, later);
    this.#started = started;
    if (this.#draining) await started.engine.drain(0);
  }

  async warm(digests: readonly string[]): Promise<void> {
    await this.#started?.engine.warm(digests);
  }

  predict(task: PredictTask, signal: AbortSignal): Promise<PredictResult> {
    if (this.#started !== undefined) return this.#started.engine.predict(task, signal);
    return Promise.reject(new Problem("engine-not-ready", { retryAfterS: 1, detail: "the node has no packs yet" }));
  }

  async status(): Promise<PredictorStatus> {
    if (this.#started !== undefined) return this.#started.engine.status();
    const none = { queuedItems: 0 };
    return {
      state: "starting",
      reason: "no server has named packs yet",
      packs: [],
      workers: this.#slots,
      busyWorkers: 0,
      runningItems: 0,
      queuedItems: 0,
      queuedBytes: 0,
      lanes: { interactive: none, escalation: none, bulk: none },
      restarts: 0,
      acceptedItems: 0,
      settledItems: 0,
      cancelledItems: 0,
    };
  }

  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true;
    await this.#started?.engine.drain(timeoutMs);
  }
}
