import type { Origin } from "./stores.ts";

/** Work that waits in the database, and is done behind people who wait. */
export const queueNames = ["batches", "second-looks", "audit-looks"] as const;
export type QueueName = (typeof queueNames)[number];

/** What a person ordered of a queue; it holds at every server on the same database until the next order. */
export interface QueueOrder {
  readonly queue: QueueName;
  /** Nothing more is taken; what is on its way is finished. */
  readonly paused: boolean;
  /** Items at once at each server; null: as many as its settings say. */
  readonly width: number | null;
  readonly reason: string;
  /** Who ordered it, as the audit log names them. */
  readonly by: string;
  /** RFC 3339 with Z. */
  readonly at: string;
}

/** What is to change; what is absent stays. */
export interface QueueChange
  extends Partial<Pick<QueueOrder, "paused" | "width">>,
    Pick<QueueOrder, "queue" | "reason"> {}

export interface QueueOrderStore {
  /** Of each queue the last, if there is one. @throws {Problem} store-unavailable */
  queueOrders(): Promise<readonly QueueOrder[]>;
  /** In the audit log in the same transaction. @throws {Problem} store-unavailable */
  orderQueue(change: QueueChange, origin: Origin): Promise<QueueOrder>;
}

/** A queue as one server works on it. */
export interface QueueView {
  readonly queue: QueueName;
  /** Items that it works on at once at most; 0 while it is paused. */
  readonly width: number;
  /** What its settings say. */
  readonly usualWidth: number;
  readonly widthMax: number;
  /** What was ordered last; absent: nothing ever. */
  readonly order?: QueueOrder;
}

/** The queues of this server, and what people order of them. */
export interface Queues {
  list(): readonly QueueView[];
  /**
   * Holds here at once, and elsewhere within seconds.
   * @throws {Problem} field-invalid where so many at once are not allowed, store-unavailable
   */
  order(change: QueueChange, origin: Origin): Promise<QueueView>;
}
