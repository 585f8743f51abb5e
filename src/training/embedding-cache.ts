import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ImageQuality } from "../contracts/image.ts";
import type { Network } from "../contracts/pack.ts";
import type { EmbedTask } from "../workers/embedding.ts";

/** What a trainer knows of one image after embedding it. */
export interface Embedded {
  /** `views` rows of the encoder's width; row 0 is what serving sees. */
  readonly embeddings: Float32Array;
  /** The picture's middle, grey, 32 by 32. */
  readonly thumbnail: Uint8Array;
  /** Of the serving view. */
  readonly quality: ImageQuality;
}

type Key = Omit<EmbedTask, "bytes" | "mediaType" | "encoder"> & {
  readonly encoderSha256: string;
  readonly input: Network["input"];
};

/** Changes when the code that makes views changes, so that old views are not taken for new ones. */
const viewsVersion = 1;
const thumbnailBytes = 32 * 32;
const qualityBytes = 3 * 8;
const headBytes = thumbnailBytes + qualityBytes;

/**
 * Embeddings on disk, each named by all that they follow from: the image's bytes, the encoder's, and how views are made.
 * A file is written whole or not at all, so a killed run leaves nothing that a later one could misread.
 */
export class EmbeddingCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(key: Key, width: number): Promise<Embedded | undefined> {
    const bytes = await readFile(this.#path(key)).catch(() => undefined);
    if (bytes?.length !== headBytes + 4 * key.views * width) return undefined;
    // Copied: an array of floats needs an aligned start.
    const quality = new Uint8Array(bytes.subarray(thumbnailBytes, headBytes));
    const values = new Uint8Array(bytes.subarray(headBytes));
    const [luminance = 0, contrast = 0, sharpness = 0] = new Float64Array(quality.buffer);
    return {
      thumbnail: new Uint8Array(bytes.subarray(0, thumbnailBytes)),
      embeddings: new Float32Array(values.buffer),
      quality: { luminance, contrast, sharpness },
    };
  }

  async put(key: Key, { embeddings, thumbnail, quality }: Embedded): Promise<void> {
    const path = this.#path(key);
    await mkdir(dirname(path), { recursive: true });
    const part = `${path}.${process.pid}`;
    const { luminance, contrast, sharpness } = quality;
    const measures = new Uint8Array(Float64Array.of(luminance, contrast, sharpness).buffer);
    const values = new Uint8Array(embeddings.buffer, embeddings.byteOffset, embeddings.byteLength);
    await writeFile(part, Buffer.concat([thumbnail, measures, values]));
    await rename(part, path);
  }

  #path(key: Key): string {
    const name = createHash("sha256")
      .update(
        JSON.stringify([
          viewsVersion,
          key.sha256,
          key.encoderSha256,
          seenAs(key.input),
          key.views,
          key.seed,
          key.augmentation,
        ]),
      )
      .digest("hex");
    return join(this.#folder, name.slice(0, 2), name);
  }
}

/** All of an input that shapes what the encoder sees; the name of the one kind that came first stays what it was. */
const seenAs = (input: Network["input"]): string => (input.fit === "squash" ? input.prepare : JSON.stringify(input));
