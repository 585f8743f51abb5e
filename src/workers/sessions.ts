import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import ort from "onnxruntime-node";
import type { NetworkFile, ReaderPack, VerifiedFile } from "../contracts/pack.ts";
import { mapOutput } from "../contracts/pack.ts";
import type { ActivationMap } from "../contracts/predictor.ts";
import { BoostedTrees } from "./boosted-trees.ts";

/** One image's raw answer from one pack. */
export interface Score {
  readonly scores: readonly number[];
  readonly similarity?: number;
  readonly map?: ActivationMap;
}

/** A loaded pack: scores a batch of decoded images, in order. */
export interface LoadedReader {
  readonly pack: ReaderPack;
  readonly input: NetworkFile["network"]["input"];
  readonly batchMax: number;
  /** @param maps also say where the evidence lies; only for packs whose network has a map */
  score(pixels: Uint8Array, n: number, maps: boolean): Promise<Score[]>;
}

// One intra-op thread a session: the workers are the parallelism. Spinning would burn an idle core.
const sessionOptions: ort.InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: "0" } } },
};

/** The sessions of one thread, each file loaded once. */
export class Sessions {
  readonly #sessions = new Map<string, Promise<ort.InferenceSession>>();

  /** @throws {Error} when a file is absent, altered or no model: the engine must not start then */
  async load(pack: ReaderPack): Promise<LoadedReader> {
    return pack.kind === "fast" ? this.#loadFast(pack) : this.#loadFine(pack);
  }

  async release(): Promise<void> {
    const opened = await Promise.allSettled(this.#sessions.values());
    this.#sessions.clear();
    await Promise.all(opened.map((each) => (each.status === "fulfilled" ? each.value.release() : undefined)));
  }

  #open(file: VerifiedFile): Promise<ort.InferenceSession> {
    const known = this.#sessions.get(file.sha256);
    if (known !== undefined) return known;
    const opened = readVerified(file).then((bytes) => ort.InferenceSession.create(bytes, sessionOptions));
    this.#sessions.set(file.sha256, opened);
    return opened;
  }

  async #loadFast(pack: Extract<ReaderPack, { kind: "fast" }>): Promise<LoadedReader> {
    const { network } = pack.encoder;
    const encoder = await this.#open(pack.encoder.file);
    const trees = BoostedTrees.parse((await readVerified(pack.trees)).toString("utf8"));
    const domain = pack.domain && (await this.#open(pack.domain));
    const width = pack.trees.features;
    if (trees.features !== width) throw new TypeError(`${pack.id}: trees want ${trees.features} features`);
    return {
      pack,
      input: network.input,
      batchMax: network.batchMax,
      score: async (pixels, n) => {
        const { embedding } = await encoder.run(feed(network.input, pixels, n), ["embedding"]);
        const values = floats(embedding, n * width);
        const similarity =
          domain && floats((await domain.run({ embedding: embedding as ort.Tensor }, ["similarity"]))["similarity"], n);
        return Array.from({ length: n }, (_, i) => ({
          scores: [finite(values, i * width, width) ? trees.margin(values, i * width) : Number.NaN],
          ...(similarity && { similarity: similarity[i] as number }),
        }));
      },
    };
  }

  async #loadFine(pack: Extract<ReaderPack, { kind: "fine" }>): Promise<LoadedReader> {
    const { network } = pack.network;
    const session = await this.#open(pack.network.file);
    const [, height = 0, width = 0] = network.outputs[mapOutput] ?? [];
    return {
      pack,
      input: network.input,
      batchMax: network.batchMax,
      score: async (pixels, n, maps) => {
        // What is not asked for is not copied out of the session.
        const outputs = maps ? ["logit", mapOutput] : ["logit"];
        const found = await session.run(feed(network.input, pixels, n), outputs);
        const values = floats(found["logit"], n);
        const cells = maps ? floats(found[mapOutput], n * width * height) : undefined;
        return Array.from({ length: n }, (_, i) => ({
          scores: [values[i] as number],
          ...(cells && {
            map: { width, height, values: [...cells.subarray(i * width * height, (i + 1) * width * height)] },
          }),
        }));
      },
    };
  }
}

function feed(input: NetworkFile["network"]["input"], pixels: Uint8Array, n: number): Record<string, ort.Tensor> {
  return { [input.name]: new ort.Tensor("uint8", pixels, [n, input.height, input.width, 3]) };
}

/** An output of another size than was fed would give one image the answer of another. */
function floats(tensor: ort.Tensor | undefined, length: number): Float32Array {
  if (!(tensor?.data instanceof Float32Array) || tensor.data.length !== length)
    throw new TypeError("a model's output has another shape");
  return tensor.data;
}

function finite(values: Float32Array, start: number, length: number): boolean {
  for (let i = start; i < start + length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/** A model is loaded from the very bytes that were hashed, never from a path that could change in between. */
async function readVerified(file: VerifiedFile): Promise<Buffer> {
  const bytes = await readFile(file.path);
  if (createHash("sha256").update(bytes).digest("hex") !== file.sha256)
    throw new Error(`${file.path.split("/").slice(-2).join("/")} does not match its SHA-256`);
  return bytes;
}
