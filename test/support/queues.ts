import type { QueueName, QueueOrder, QueueOrderStore } from "../../src/contracts/index.ts";
import { QueueControl } from "../../src/main/queue-control.ts";
import { createLog } from "../../src/platform/index.ts";

/** Orders for queues in memory, as the database would keep them. */
export function memoryOrders(): QueueOrderStore & { readonly orders: Map<QueueName, QueueOrder> } {
  const orders = new Map<QueueName, QueueOrder>();
  return {
    orders,
    queueOrders: async () => [...orders.values()],
    orderQueue: async ({ queue, paused, width, reason }, { actor }) => {
      const before = orders.get(queue);
      const order = {
        ...{ queue, reason, by: actor, at: new Date().toISOString() },
        paused: paused ?? before?.paused ?? false,
        width: width === undefined ? (before?.width ?? null) : width,
      };
      orders.set(queue, order);
      return order;
    },
  };
}

export const memoryQueues = (store = memoryOrders()): QueueControl =>
  new QueueControl(
    { BATCH_CONCURRENCY: 0, WORKERS: 2, QUEUE_ITEMS_MAX: 64 },
    { store, log: createLog("silent", "test") },
  );
