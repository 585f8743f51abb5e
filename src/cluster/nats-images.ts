import type { NatsConnection } from "nats";
import { systemClock } from "../platform/index.ts";
import type { ImageExchange } from "./bus.ts";
import { NatsBucket } from "./nats-bucket.ts";

/** As long as the longest deadline that such an image is worth waiting for. */
const lifeMs = 120_000;
/** Of all images that wait in the bucket. */
const bytesMax = 512 * 1024 * 1024;
/** Put less than this ago, an image is there long enough for one more task. */
const freshMs = lifeMs / 2;
const knownMax = 256;

/** Images on their way, in the memory of the NATS server and never on its disk. Needs JetStream there. */
export class NatsImages implements ImageExchange {
  readonly #bucket: NatsBucket;
  /** The last puts by SHA-256: the same image is put once for both readers. */
  readonly #puts = new Map<string, { readonly at: number; readonly done: Promise<void> }>();

  constructor(connection: () => NatsConnection | undefined) {
    this.#bucket = new NatsBucket({ name: "fovea-images", storage: "memory", bytesMax, lifeMs }, connection);
  }

  async put(sha256: string, bytes: Uint8Array): Promise<void> {
    const known = this.#puts.get(sha256);
    if (known !== undefined && systemClock.now() - known.at < freshMs) return known.done;
    const done = this.#bucket.use(async (store) => void (await store.putBlob({ name: sha256 }, bytes)));
    this.#puts.delete(sha256);
    this.#puts.set(sha256, { at: systemClock.now(), done });
    const [oldest] = this.#puts.keys();
    if (this.#puts.size > knownMax && oldest !== undefined) this.#puts.delete(oldest);
    done.catch(() => this.#puts.delete(sha256));
    return done;
  }

  get(sha256: string, bytesMax: number): Promise<Uint8Array | undefined> {
    return this.#bucket.use(async (store) => {
      const info = await store.info(sha256);
      if (info === null || info.size > bytesMax) return undefined;
      return (await store.getBlob(sha256)) ?? undefined;
    });
  }
}
