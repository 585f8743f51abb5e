import type { Kysely, Selectable } from "kysely";
import type { QueueName, QueueOrder } from "../../contracts/queues.ts";
import { inTransaction } from "../connection-loss.ts";
import type { QueueCalls } from "../queue-messages.ts";
import type { QueueOrderTable, Schema } from "../schema.ts";
import { appendAudit } from "./append-audit.ts";

export async function queueOrders(db: Kysely<Schema>): Promise<readonly QueueOrder[]> {
  const rows = await db.selectFrom("queue_orders").selectAll().orderBy("queue").execute();
  return rows.map(orderOf);
}

export function orderQueue(
  db: Kysely<Schema>,
  { change, origin, at }: QueueCalls["orderQueue"]["asked"],
): Promise<QueueOrder> {
  const { queue, paused, width, reason } = change;
  return inTransaction(db, async (tx) => {
    // First, for it makes everybody who orders take turns.
    await appendAudit(tx, [{ ...origin, action: "queue.ordered", object: `queue/${queue}`, at }]);
    const row = await tx
      .insertInto("queue_orders")
      .values({
        queue,
        paused: paused ?? false,
        width: width ?? null,
        reason,
        by: origin.actor,
        at: new Date(at),
      })
      .onConflict((conflict) =>
        conflict.column("queue").doUpdateSet({
          ...(paused !== undefined && { paused }),
          ...(width !== undefined && { width }),
          reason,
          by: origin.actor,
          at: new Date(at),
        }),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
    return orderOf(row);
  });
}

const orderOf = ({ queue, paused, width, reason, by, at }: Selectable<QueueOrderTable>): QueueOrder => ({
  ...{ queue: queue as QueueName, paused, width, reason, by },
  at: at.toISOString(),
});
