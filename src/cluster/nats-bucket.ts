import type { JetStreamClient, NatsConnection, ObjectStore } from "nats";

/** How a bucket is made where it is not there yet; one that is there stays as it is. */
export interface BucketSettings {
  readonly name: string;
  readonly storage: "memory" | "file";
  /** Of everything in it. */
  readonly bytesMax: number;
  /** After which an object goes away by itself; default: never. */
  readonly lifeMs?: number;
}

/** One bucket of JetStream's object store, over all connections. */
export class NatsBucket {
  readonly #settings: BucketSettings;
  readonly #connection: () => NatsConnection | undefined;
  #opened: { readonly of: NatsConnection; readonly store: Promise<ObjectStore> } | undefined;

  constructor(settings: BucketSettings, connection: () => NatsConnection | undefined) {
    this.#settings = settings;
    this.#connection = connection;
  }

  /** @throws {Error} while the bus is down, or when there is no JetStream */
  async use<T>(act: (store: ObjectStore, connection: NatsConnection) => Promise<T>): Promise<T> {
    const connection = this.#connection();
    if (connection === undefined) throw new Error("the bus is down");
    if (this.#opened?.of !== connection) this.#opened = { of: connection, store: this.#open(connection) };
    const opened = this.#opened;
    try {
      return await act(await opened.store, connection);
    } catch (error) {
      // A server that lost its bucket gets a new one at the next use.
      if (this.#opened === opened) this.#opened = undefined;
      throw error;
    }
  }

  async #open(connection: NatsConnection): Promise<ObjectStore> {
    const { StorageType, nanos } = await import("nats");
    const { name, storage, bytesMax, lifeMs } = this.#settings;
    return heard(connection.jetstream()).views.os(name, {
      storage: storage === "memory" ? StorageType.Memory : StorageType.File,
      max_bytes: bytesMax,
      ...(lifeMs !== undefined && { ttl: nanos(lifeMs) }),
    });
  }
}

/**
 * The object store sends many chunks before it waits for any: one that fails meanwhile, because the connection ends, would
 * be a rejection that nobody heard, and end the process. The store still hears of each that it waits for.
 */
function heard(jetstream: JetStreamClient): JetStreamClient {
  const publish = jetstream.publish.bind(jetstream);
  jetstream.publish = (...message) => {
    const published = publish(...message);
    published.catch(() => undefined);
    return published;
  };
  return jetstream;
}
