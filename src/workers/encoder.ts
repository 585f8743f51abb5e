import type ort from "onnxruntime-node";
import type { Network, NetworkFile } from "../contracts/pack.ts";
import { feed, floats, openSession } from "./onnx-session.ts";

/** The output of an encoder, [width] an image. */
const embeddingOutput = "embedding";

/** A loaded encoder: pixels to embeddings. */
export class Encoder {
  readonly input: Network["input"];
  /** Length of an embedding. */
  readonly width: number;
  readonly #session: ort.InferenceSession;

  private constructor(network: Network, session: ort.InferenceSession) {
    this.input = network.input;
    this.width = network.outputs[embeddingOutput]?.[0] ?? 0;
    this.#session = session;
  }

  /** @throws {Error} when the file is absent, altered or no model */
  static async open({ network, file }: NetworkFile): Promise<Encoder> {
    return new Encoder(network, await openSession(file));
  }

  /** @param pixels `n` prepared pictures @returns `n * width` values */
  async embed(pixels: Uint8Array, n: number): Promise<Float32Array> {
    const found = await this.#session.run(feed(this.input, pixels, n), [embeddingOutput]);
    return floats(found[embeddingOutput], n * this.width);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}
