import type { NatsConnection, ObjectStore } from "nats";
import { systemClock } from "../platform/index.ts";
import type { ImageExchange } from "./bus.ts";

const bucket = "fovea-images";
/** As long as the longest deadline that such an image is worth waiting for. */
const lifeMs = 120_000;
/** Of all images that wait in the bucket. */
const bytesMax = 512 * 1024 * 1024;
/** Put less than this ago, an image is there long enough for one more task. */
const freshMs = lifeMs / 2;
const knownMax = 256;

/** Images on their way, in the memory of the NATS server and never on its disk. Needs JetStream there. */
export class NatsImages implements ImageExchange {
  readonly #connection: () => NatsConnection | undefined;
  /** The last puts by SHA-256: the same image is put once for both readers. */
  readonly #puts = new Map<string, { readonly at: number; readonly done: Promise<void> }>();
  #store: { readonly of: NatsConnection; readonly opened: Promise<ObjectStore> } | undefined;

  constructor(connection: () => NatsConnection | undefined) {
    this.#connection = connection;
  }

  async put(sha256: string, bytes: Uint8Array): Promise<void> {
    const known = this.#puts.get(sha256);
    if (known !== undefined && systemClock.now() - known.at < freshMs) return known.done;
    const done = this.#opened().then(async (store) => void (await store.putBlob({ name: sha256 }, bytes)));
    this.#puts.delete(sha256);
    this.#puts.set(sha256, { at: systemClock.now(), done });
    const [oldest] = this.#puts.keys();
    if (this.#puts.size > knownMax && oldest !== undefined) this.#puts.delete(oldest);
    done.catch(() => this.#puts.delete(sha256));
    return done;
  }

  async get(sha256: string, bytesMax: number): Promise<Uint8Array | undefined> {
    const store = await this.#opened();
    const info = await store.info(sha256);
    if (info === null || info.size > bytesMax) return undefined;
    return (await store.getBlob(sha256)) ?? undefined;
  }

  async #opened(): Promise<ObjectStore> {
    const connection = this.#connection();
    if (connection === undefined) throw new Error("the bus is down");
    if (this.#store?.of !== connection) {
      const { StorageType, nanos } = await import("nats");
      const options = { ttl: nanos(lifeMs), max_bytes: bytesMax, storage: StorageType.Memory };
      const opened = connection.jetstream().views.os(bucket, options);
      this.#store = { of: connection, opened };
      opened.catch(() => {
        this.#store = undefined;
      });
    }
    return this.#store.opened;
  }
}
