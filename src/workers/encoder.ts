import type ort from "onnxruntime-node";
import { embeddingOf, type Network, type NetworkFile } from "../contracts/pack.ts";
import { feed, floats, openSession } from "./onnx-session.ts";

/** A loaded encoder: pixels to embeddings. */
export class Encoder {
  readonly input: Network["input"];
  /** Length of an embedding. */
  readonly width: number;
  /** Most pictures of one run; more would change each other's embeddings. */
  readonly batchMax: number;
  readonly #output: string;
  readonly #session: ort.InferenceSession;

  private constructor(network: Network, session: ort.InferenceSession) {
    this.input = network.input;
    const { name, width } = embeddingOf(network);
    this.#output = name;
    this.width = width;
    this.batchMax = network.batchMax;
    this.#session = session;
  }

  /** @throws {Error} when the file is absent, altered or no model */
  static async open({ network, file }: NetworkFile): Promise<Encoder> {
    return new Encoder(network, await openSession(file));
  }

  /** @param pixels `n` prepared pictures @returns `n * width` values */
  async embed(pixels: Uint8Array, n: number): Promise<Float32Array> {
    const found = await this.#session.run(feed(this.input, pixels, n), [this.#output]);
    return floats(found[this.#output], n * this.width);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}
