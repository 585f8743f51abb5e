import { type Lane, lanes, type PredictorStatus, Problem } from "../contracts/index.ts";

/** Most images a model server is asked about at once. */
export const runningItemsMax = 4;
/** Most images that wait behind them. */
export const queuedItemsMax = 16;
const retryAfterS = 5;

export interface Load {
  readonly lane: Lane;
  /** Of the image, held while it waits. */
  readonly bytes: number;
}

interface Waiting {
  readonly load: Load;
  start(): void;
}

type SlotCounts = Pick<
  PredictorStatus,
  | "workers"
  | "busyWorkers"
  | "runningItems"
  | "queuedItems"
  | "queuedBytes"
  | "lanes"
  | "acceptedItems"
  | "settledItems"
>;

/** Lets a bounded number of requests run and a bounded number wait, in the order in which they came. */
export class Slots {
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #accepted = 0;

  /**
   * @param signal ends the waiting; work that runs must listen to it by itself
   * @throws {Problem} queue-full, at once; the signal's reason; what the work throws
   */
  async run<T>(load: Load, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.#running >= runningItemsMax && this.#waiting.length >= queuedItemsMax)
      throw new Problem("queue-full", { retryAfterS });
    this.#accepted++;
    if (this.#running < runningItemsMax) this.#running++;
    else await this.#turn(load, signal);
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next.start();
    }
  }

  counts(): SlotCounts {
    const queuedItems = this.#waiting.length;
    const [interactive, escalation, bulk] = lanes.map((lane) => ({
      queuedItems: this.#waiting.filter(({ load }) => load.lane === lane).length,
    })) as [{ queuedItems: number }, { queuedItems: number }, { queuedItems: number }];
    return {
      workers: runningItemsMax,
      busyWorkers: this.#running,
      runningItems: this.#running,
      queuedItems,
      queuedBytes: this.#waiting.reduce((sum, { load }) => sum + load.bytes, 0),
      lanes: { interactive, escalation, bulk },
      acceptedItems: this.#accepted,
      settledItems: this.#accepted - this.#running - queuedItems,
    };
  }

  /** Whoever is next takes over the slot of the one that ended, so nobody can slip in between. */
  #turn(load: Load, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason);
      };
      const waiting: Waiting = {
        load,
        start: () => {
          signal.removeEventListener("abort", leave);
          resolve();
        },
      };
      this.#waiting.push(waiting);
      signal.addEventListener("abort", leave, { once: true });
    });
  }
}
