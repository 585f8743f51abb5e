import type { Random } from "../contracts/random.ts";
import type { Faults } from "./faults.ts";
import type { SimProcess } from "./sim-process.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** The way of one message, ms. */
const wayMs = [0.2, 2] as const;
const lateMs = [20, 4000] as const;

/** Carries messages between processes, and does so badly where the faults say so. Order is not kept. */
export class Network {
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #faults: Faults;
  /** Ways that nothing comes through, as `from>to`; `*` stands for anybody. */
  readonly #cuts = new Set<string>();

  constructor(time: VirtualTime, random: Random, faults: Faults) {
    this.#time = time;
    this.#random = random;
    this.#faults = faults;
  }

  cut(from: string, to: string): () => void {
    const way = `${from}>${to}`;
    this.#cuts.add(way);
    return () => this.#cuts.delete(way);
  }

  /** @param otherwise done, at the time of arrival, when nobody lives there */
  send(from: SimProcess, to: SimProcess, act: () => void, otherwise?: () => void): void {
    this.#once(from, to, act, otherwise);
    if (this.#faults.strikes("message-twice")) this.#once(from, to, act, otherwise);
  }

  #once(from: SimProcess, to: SimProcess, act: () => void, otherwise?: () => void): void {
    if (this.#isCut(from.name, to.name) || this.#faults.strikes("message-lost")) return;
    const late = this.#faults.strikes("message-late") ? this.#random.between(...lateMs) : 0;
    this.#time.after(late + this.#random.between(...wayMs), () => {
      if (to.alive) to.deliver(act);
      else otherwise?.();
    });
  }

  #isCut(from: string, to: string): boolean {
    if (this.#cuts.size === 0) return false;
    return [`${from}>${to}`, `${from}>*`, `*>${to}`].some((way) => this.#cuts.has(way));
  }
}
