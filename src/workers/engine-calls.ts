import type { ReaderPack } from "../contracts/index.ts";
import type { EngineChild } from "./engine-child.ts";
import type { EngineStatus, FromEngine } from "./messages.ts";
import { within } from "./within.ts";

const statusMsMax = 500;

type Held = Extract<FromEngine, { kind: "held" }>;
type Status = Extract<FromEngine, { kind: "status" }>;

/** Questions to an engine that it answers by their number. */
export class EngineCalls {
  readonly #statuses = new Map<number, (status: EngineStatus) => void>();
  readonly #holds = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  #call = 0;

  /** @returns undefined when the engine does not answer in time */
  async status(child: EngineChild): Promise<EngineStatus | undefined> {
    const call = this.#call++;
    const answer = new Promise<EngineStatus>((resolve) => this.#statuses.set(call, resolve));
    child.send({ kind: "status", call });
    const status = await within(statusMsMax, answer);
    this.#statuses.delete(call);
    return status === "late" ? undefined : status;
  }

  /**
   * Resolves when the engine serves exactly these packs.
   * @throws {Error} with the reason, also when the engine ends before it answers
   */
  async hold(child: EngineChild, packs: readonly ReaderPack[], later: readonly string[]): Promise<void> {
    const call = this.#call++;
    const held = new Promise<void>((resolve, reject) => this.#holds.set(call, { resolve, reject }));
    child.send({ kind: "hold", call, packs, later });
    try {
      await held;
    } finally {
      this.#holds.delete(call);
    }
  }

  answered(message: Held | Status): void {
    if (message.kind === "status") this.#statuses.get(message.call)?.(message.status);
    else if (message.reason === undefined) this.#holds.get(message.call)?.resolve();
    else this.#holds.get(message.call)?.reject(new Error(message.reason));
  }

  /** The engine ended: what it was asked to hold, it does not hold. */
  ended(): void {
    for (const { reject } of this.#holds.values()) reject(new Error("the engine ended"));
  }
}
