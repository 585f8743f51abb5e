import {
  isProblem,
  type Origin,
  Problem,
  type QueueChange,
  type QueueName,
  type QueueOrder,
  type QueueOrderStore,
  type Queues,
  type QueueView,
  queueNames,
} from "../contracts/index.ts";
import type { Config, Log } from "../platform/index.ts";

/** What other servers were told is heard within this. */
const lookMs = 2000;
/** For each inference thread one item that is read, and one whose image is fetched or whose case is written. */
const itemsPerThread = 2;
const itemsForNodes = 16;

interface Deps {
  readonly store: QueueOrderStore;
  readonly log: Log;
}

/**
 * How many items of each queue this server works on at once: as its settings say, until a person orders otherwise. The
 * last order holds while the database is away.
 */
export class QueueControl implements Queues {
  readonly #deps: Deps;
  readonly #usual: Readonly<Record<QueueName, number>>;
  readonly #widthMax: number;
  #orders: ReadonlyMap<QueueName, QueueOrder> = new Map();
  /** Orders that were given at this server. */
  #given = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(config: Pick<Config, "BATCH_CONCURRENCY" | "WORKERS" | "QUEUE_ITEMS_MAX">, deps: Deps) {
    this.#deps = deps;
    const threads = config.WORKERS > 0 ? config.WORKERS * itemsPerThread : itemsForNodes;
    const batches = config.BATCH_CONCURRENCY > 0 ? config.BATCH_CONCURRENCY : threads;
    // They are few and nobody waits for them: one at a time leaves the fine reader to others.
    this.#usual = { batches, "second-looks": threads, "audit-looks": 1 };
    // The other half is for people who wait.
    this.#widthMax = Math.max(1, Math.floor(config.QUEUE_ITEMS_MAX / 2));
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.#look(), lookMs);
    void this.#look();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** @returns 0 while it is paused */
  widthOf(queue: QueueName): number {
    const order = this.#orders.get(queue);
    if (order?.paused === true) return 0;
    return Math.min(order?.width ?? this.#usual[queue], Math.max(this.#widthMax, this.#usual[queue]));
  }

  list(): readonly QueueView[] {
    return queueNames.map((queue) => this.#viewOf(queue));
  }

  async order(change: QueueChange, origin: Origin): Promise<QueueView> {
    const { queue, width } = change;
    if (width !== undefined && width !== null && width > this.#widthMax)
      throw new Problem("field-invalid", {
        detail: `width: at most ${this.#widthMax} at once, half of QUEUE_ITEMS_MAX; the other half is for people who wait.`,
        fields: [{ name: "width", message: `at most ${this.#widthMax}` }],
      });
    const order = await this.#deps.store.orderQueue(change, origin);
    this.#given++;
    this.#orders = new Map(this.#orders).set(queue, order);
    this.#deps.log.warn(
      { queue, paused: order.paused, width: order.width, by: order.by },
      "a queue was given an order",
    );
    return this.#viewOf(queue);
  }

  #viewOf(queue: QueueName): QueueView {
    const order = this.#orders.get(queue);
    return {
      queue,
      width: this.widthOf(queue),
      usualWidth: this.#usual[queue],
      widthMax: this.#widthMax,
      ...(order && { order }),
    };
  }

  #look(): Promise<void> {
    this.#looking ??= this.#read().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #read(): Promise<void> {
    try {
      const given = this.#given;
      const orders = await this.#deps.store.queueOrders();
      // What was ordered here meanwhile may not be among them; the next look finds it.
      if (given === this.#given) this.#orders = new Map(orders.map((order) => [order.queue, order]));
    } catch (error) {
      if (!isProblem(error)) this.#deps.log.error({ err: error }, "orders for queues could not be read");
    }
  }
}
