import type { Origin, QueueChange, QueueOrder } from "../contracts/index.ts";

// What is asked of the record thread about orders for queues.

export interface QueueCalls {
  readonly queueOrders: { readonly asked: undefined; readonly answer: readonly QueueOrder[] };
  readonly orderQueue: {
    readonly asked: { readonly change: QueueChange; readonly origin: Origin; readonly at: string };
    readonly answer: QueueOrder;
  };
}
