import type { Origin, QueueChange, QueueOrder, QueueOrderStore } from "../contracts/index.ts";
import type { Clock } from "../platform/index.ts";
import type { RecordThread } from "./record-thread.ts";

/** Orders for queues, in the database of the cases. */
export class DatabaseQueueOrders implements QueueOrderStore {
  readonly #thread: RecordThread;
  readonly #clock: Clock;

  constructor(thread: RecordThread, clock: Clock) {
    this.#thread = thread;
    this.#clock = clock;
  }

  queueOrders(): Promise<readonly QueueOrder[]> {
    return this.#thread.call("queueOrders", undefined);
  }

  orderQueue(change: QueueChange, { actor, requestId }: Origin): Promise<QueueOrder> {
    return this.#thread.call("orderQueue", { change, origin: { actor, requestId }, at: this.#clock.timestamp() });
  }
}
