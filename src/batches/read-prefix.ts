import { Problem } from "../contracts/index.ts";
import { readJsonObject, type Upload } from "../intake/index.ts";
import { nothing, settingNames, type TakenBatch, type TakenItem, type TakeOptions } from "./taken-item.ts";

/** The bucket of the object store, read only, below the prefix that a deployment opened to batches. */
export interface BucketSource {
  /** Some keys at a time, in their order. */
  keys(prefix: string): AsyncIterable<readonly string[]>;
  /** Undefined when there is none; `too-large` is not read. @throws {Problem} store-unavailable */
  read(key: string, bytesMax: number): Promise<Uint8Array | "too-large" | undefined>;
}

const bodyBytesMax = 16_384;
const keyBytesMax = 1024;

/**
 * `{"prefix": ...}`: every object below a prefix of the bucket, each an item under its key.
 * Walking throws {Problem} prefix-unavailable, field-invalid, too-many-images, store-unavailable.
 */
export function readPrefix(upload: Upload, options: TakeOptions, bucket: BucketSource | undefined): TakenBatch {
  const settings = new Map<string, string>();
  async function* taken(): AsyncGenerator<TakenItem> {
    const { signal, budget, limits } = options;
    const { prefix, ...rest } = await readJsonObject(upload, { bytesMax: bodyBytesMax, signal, budget });
    for (const [name, value] of Object.entries(rest)) {
      if (!settingNames.includes(name) || typeof value !== "string") throw invalid(name, "not allowed");
      settings.set(name, value);
    }
    if (typeof prefix !== "string" || Buffer.byteLength(prefix) > keyBytesMax || prefix.includes("\0"))
      throw invalid("prefix", `a text of at most ${keyBytesMax} bytes`);
    if (bucket === undefined)
      throw new Problem("prefix-unavailable", {
        detail: "This server has no bucket, or no prefix of it is open to batches (BATCH_S3_PREFIX).",
      });
    let count = 0;
    for await (const keys of bucket.keys(prefix))
      for (const key of keys) {
        if (key.endsWith("/")) continue;
        if (++count > limits.batchImagesMax)
          throw new Problem("too-many-images", { detail: `A batch may have at most ${limits.batchImagesMax} items.` });
        yield { customId: key, fields: {}, found: { source: { kind: "key", key } }, release: nothing };
      }
  }
  return { items: taken(), settings };
}

const invalid = (name: string, message: string): Problem =>
  new Problem("field-invalid", { detail: `${name}: ${message}`, fields: [{ name, message }] });
