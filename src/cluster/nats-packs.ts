import type { NatsConnection, ObjectStore } from "nats";
import { NatsBucket } from "./nats-bucket.ts";
import type { ArrivingObject, PackExchange } from "./pack-exchange.ts";

/** Of all packs on their way; beyond it the oldest go. */
export const bucketBytesMax = 2 * 1024 * 1024 * 1024;
/** So much is sent before the server must have taken it: the client would keep all of a file in memory. */
const windowBytes = 1024 * 1024;
const putMsMax = 30_000;

/** Pack files in the object store of JetStream, on its disk. A node reaches it with what it has for the bus. */
export class NatsPacks implements PackExchange {
  readonly #bucket: NatsBucket;

  constructor(connection: () => NatsConnection | undefined) {
    this.#bucket = new NatsBucket({ name: "fovea-packs", storage: "file", bytesMax: bucketBytesMax }, connection);
  }

  has(sha256: string, bytes: number): Promise<boolean> {
    return this.#bucket.use(async (store) => {
      const info = await store.info(sha256);
      return info !== null && !info.deleted && info.size === bytes;
    });
  }

  put(
    { sha256, bytes }: { readonly sha256: string; readonly bytes: number },
    chunks: AsyncIterable<Uint8Array>,
    kept: ReadonlySet<string>,
  ): Promise<void> {
    return this.#bucket.use(async (store, connection) => {
      await makeRoom(store, bytes, kept);
      const paced = pace(chunks, () => connection.flush());
      const stream = new ReadableStream<Uint8Array>({
        pull: async (controller) => {
          const next = await paced.next();
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        },
      });
      await store.put({ name: sha256 }, stream, { timeout: putMsMax });
    });
  }

  get(sha256: string): Promise<ArrivingObject | undefined> {
    return this.#bucket.use(async (store) => {
      const found = await store.get(sha256);
      if (found === null) return undefined;
      // The stream says it as well; unheard, it would end the process.
      found.error.catch(() => undefined);
      const reader = found.data.getReader();
      const cancel = () => void reader.cancel().catch(() => undefined);
      return { bytes: found.info.size, chunks: chunksOf(reader), cancel };
    });
  }
}

async function* chunksOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

async function* pace(chunks: AsyncIterable<Uint8Array>, flush: () => Promise<void>): AsyncGenerator<Uint8Array> {
  let open = 0;
  for await (const chunk of chunks) {
    yield chunk;
    open += chunk.byteLength;
    if (open < windowBytes) continue;
    await flush();
    open = 0;
  }
}

/** Whoever still needs what goes here is told so by a node, and puts it again. */
async function makeRoom(store: ObjectStore, bytes: number, kept: ReadonlySet<string>): Promise<void> {
  const { size } = await store.status();
  // Heads of messages count as well.
  let over = size + bytes * 1.01 - bucketBytesMax;
  if (over <= 0) return;
  const others = (await store.list()).filter(({ name }) => !kept.has(name));
  for (const { name, size: freed } of others.sort((one, other) => (one.mtime < other.mtime ? -1 : 1))) {
    if (over <= 0) return;
    await store.delete(name);
    over -= freed;
  }
}
