import ort from "onnxruntime-node";
import type { NetworkFile, ReaderPack, VerifiedFile } from "../contracts/pack.ts";
import { embeddingOf, mapOutput, placeOutput, scoreOutput } from "../contracts/pack.ts";
import type { ActivationMap } from "../contracts/predictor.ts";
import { BoostedTrees } from "./boosted-trees.ts";
import type { SessionKind } from "./messages.ts";
import { feed, floats, openSession, ordinarySessions, readVerified } from "./onnx-session.ts";

/** One image's raw answer from one pack. */
export interface Score {
  readonly scores: readonly number[];
  readonly similarity?: number;
  readonly place?: readonly number[];
  readonly maps?: readonly ActivationMap[];
}

/** A loaded pack: scores a batch of decoded images, in order. */
export interface LoadedReader {
  readonly pack: ReaderPack;
  readonly input: NetworkFile["network"]["input"];
  readonly batchMax: number;
  /** @param maps also say where the evidence lies; only for packs whose network has a map */
  score(pixels: Uint8Array, n: number, maps: boolean): Promise<Score[]>;
  /** Everything that the network says of one picture, whether it is used or not: outputs by name. */
  outputs(pixels: Uint8Array): Promise<ort.InferenceSession.ReturnType>;
}

/** The sessions of one thread, each file loaded once. */
export class Sessions {
  /** Of what is opened from now on. */
  kind: SessionKind = ordinarySessions;
  readonly #sessions = new Map<string, Promise<ort.InferenceSession>>();

  /** @throws {Error} when a file is absent, altered or no model: the engine must not start then */
  async load(pack: ReaderPack): Promise<LoadedReader> {
    return pack.kind === "fast" ? this.#loadFast(pack) : this.#loadFine(pack);
  }

  /** Releases every session that none of these packs needs. */
  async keep(packs: readonly ReaderPack[]): Promise<void> {
    const needed = new Set(packs.flatMap(filesOf).map(({ sha256 }) => sha256));
    for (const [sha256, opened] of this.#sessions) {
      if (needed.has(sha256)) continue;
      this.#sessions.delete(sha256);
      await (await opened).release();
    }
  }

  async release(): Promise<void> {
    const opened = await Promise.allSettled(this.#sessions.values());
    this.#sessions.clear();
    await Promise.all(opened.map((each) => (each.status === "fulfilled" ? each.value.release() : undefined)));
  }

  /** @param intraOpThreads more than 1 for networks only, whose answers are compared before they are used */
  #open(file: VerifiedFile, intraOpThreads = 1): Promise<ort.InferenceSession> {
    const known = this.#sessions.get(file.sha256);
    if (known !== undefined) return known;
    const opened = openSession(file, { ...this.kind, intraOpThreads });
    this.#sessions.set(file.sha256, opened);
    // A file that cannot be opened now may be mended and asked for again.
    opened.catch(() => this.#sessions.delete(file.sha256));
    return opened;
  }

  async #loadFast(pack: Extract<ReaderPack, { kind: "fast" }>): Promise<LoadedReader> {
    const { network } = pack.encoder;
    const encoder = await this.#open(pack.encoder.file, this.kind.intraOpThreads);
    const trees = BoostedTrees.parse((await readVerified(pack.trees)).toString("utf8"));
    const domain = pack.domain && (await this.#open(pack.domain));
    const projection = pack.projection && (await this.#open(pack.projection));
    const width = pack.trees.features;
    const output = embeddingOf(network).name;
    if (trees.features !== width) throw new TypeError(`${pack.id}: trees want ${trees.features} features`);
    if (trees.outputs !== pack.outputs) throw new TypeError(`${pack.id}: trees give ${trees.outputs} scores`);
    const none = Array.from({ length: pack.outputs }, () => Number.NaN);
    return {
      pack,
      input: network.input,
      batchMax: network.batchMax,
      score: async (pixels, n) => {
        const { [output]: embedding } = await encoder.run(feed(network.input, pixels, n), [output]);
        const values = floats(embedding, n * width);
        const similarity = domain && (await similarities(domain, values, n));
        const places = projection && (await placesOf(projection, values, n));
        return Array.from({ length: n }, (_, i) => ({
          scores: finite(values, i * width, width) ? [...trees.margins(values, i * width)] : none,
          ...(similarity && { similarity: similarity[i] as number }),
          ...(places && { place: places[i] as number[] }),
        }));
      },
      outputs: (pixels) => encoder.run(feed(network.input, pixels, 1)),
    };
  }

  async #loadFine(pack: Extract<ReaderPack, { kind: "fine" }>): Promise<LoadedReader> {
    const { network } = pack.network;
    const session = await this.#open(pack.network.file, this.kind.intraOpThreads);
    const { outputs } = pack;
    const [, height = 0, width = 0] = network.outputs[mapOutput] ?? [];
    const cells = height * width;
    return {
      pack,
      input: network.input,
      batchMax: network.batchMax,
      score: async (pixels, n, maps) => {
        // What is not asked for is not copied out of the session.
        const found = await session.run(
          feed(network.input, pixels, n),
          maps ? [scoreOutput, mapOutput] : [scoreOutput],
        );
        const scores = floats(found[scoreOutput], n * outputs);
        const planes = maps ? floats(found[mapOutput], n * outputs * cells) : undefined;
        const mapOf = (plane: number): ActivationMap => ({
          width,
          height,
          values: [...(planes as Float32Array).subarray(plane * cells, (plane + 1) * cells)],
        });
        return Array.from({ length: n }, (_, i) => ({
          scores: [...scores.subarray(i * outputs, (i + 1) * outputs)],
          ...(planes && { maps: Array.from({ length: outputs }, (_, k) => mapOf(i * outputs + k)) }),
        }));
      },
      outputs: (pixels) => session.run(feed(network.input, pixels, 1)),
    };
  }
}

/** One run an image: among others the last bits would be other ones. */
async function each(session: ort.InferenceSession, output: string, embeddings: Float32Array, n: number) {
  const found: Float32Array[] = [];
  const width = embeddings.length / n;
  for (let i = 0; i < n; i++) {
    const embedding = new ort.Tensor("float32", embeddings.subarray(i * width, (i + 1) * width), [1, width]);
    const made = (await session.run({ embedding }, [output]))[output] as ort.Tensor;
    found.push(
      floats(
        made,
        made.dims.reduce((size, dim) => size * dim, 1),
      ),
    );
  }
  return found;
}

async function similarities(domain: ort.InferenceSession, embeddings: Float32Array, n: number): Promise<number[]> {
  return (await each(domain, "similarity", embeddings, n)).map(([similarity]) => similarity as number);
}

/** The files that a pack holds a session of. */
const filesOf = (pack: ReaderPack): VerifiedFile[] =>
  pack.kind === "fast"
    ? [pack.encoder.file, pack.domain, pack.projection].filter((file) => file !== undefined)
    : [pack.network.file];

/** One list of coordinates an image, each to four digits behind the point: more are noise, and would travel with it. */
async function placesOf(projection: ort.InferenceSession, embeddings: Float32Array, n: number): Promise<number[][]> {
  const places = await each(projection, placeOutput, embeddings, n);
  return places.map((place) => Array.from(place, (value) => Math.round(value * 1e4) / 1e4));
}

function finite(values: Float32Array, start: number, length: number): boolean {
  for (let i = start; i < start + length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
