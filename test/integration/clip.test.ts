import { createHash } from "node:crypto";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installModel, planTraining, runTraining } from "../../dist/main/index.js";
import { LocalPredictor } from "../../dist/workers/index.js";
import { embeddingOf, type RawReading, type ReaderPack } from "../../src/contracts/index.ts";
import { type Config, readConfig } from "../../src/platform/index.ts";
import { readEncoder } from "../../src/programmes/index.ts";
import { type CatalogueEntry, entryOf, readCatalogue } from "../../src/registry/index.ts";
import { clipModel, clipWidth } from "../support/clip-model.ts";
import { engineOptions, taskOf } from "../support/predictor-tasks.ts";
import { shared } from "../support/shared.ts";

const root = resolve(import.meta.dirname, "../..");
const dataset = shared("datasets/cataract_eye");
const id = "clip-vit-base-patch32-int8";
const perLabel = 20;
const viewsPerImage = 6;

it("has the eyes to learn from, in CI", () => {
  expect(process.env["CI"] !== "true" || dataset !== undefined).toBe(true);
});

describe.skipIf(dataset === undefined)("CLIP ViT-B/32 (eyes in shared/datasets/cataract_eye; absent: skipped)", () => {
  let folder: string;
  let server: Server;
  let entry: CatalogueEntry;
  let model: Uint8Array;
  let config: Config;
  let mirror: string;
  let eyes: string[];
  const ranges: (string | undefined)[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-clip-"));
    config = readConfig({ DATA_DIR: join(folder, "data"), MODELS_DIR: join(root, "models"), WORKERS: "2" });
    model = clipModel(11);
    entry = await oneEntry(folder, model);
    server = await breakingServer(model, ranges);
    mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    eyes = await fewEyes(join(folder, "eyes"));
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const plan = (model: "fast" | "both") =>
    planTraining(config, {
      programme: "cataract",
      data: [join(folder, "eyes")],
      model,
      encoder: id,
      viewsPerImage,
      folds: 2,
      trials: 1,
      seed: 7,
    });
  const never = () => new AbortController().signal;

  it("cannot be trained on before it was pulled", async () => {
    await expect(plan("fast")).rejects.toMatchObject({
      name: "DatasetError",
      message: expect.stringContaining(`encoders/${id} is not installed`),
    });
  });

  it("is not fetched when its pixels could only be prepared nearly as it wants them", async () => {
    const resize = { shortestSide: 232, kernel: "bicubic" } as const;
    const other = { ...entry, input: { ...entry.input, resize } };
    await expect(installModel(config, other, { mirror, signal: never() })).rejects.toMatchObject({
      fault: "model-unsupported",
    });
    expect(ranges).toEqual([]);
  });

  it("is pulled over a line that breaks, and becomes an encoder pack", async () => {
    const seen: number[] = [];
    const installed = await installModel(config, entry, {
      mirror,
      signal: never(),
      onProgress: ({ bytes }) => seen.push(bytes),
    });
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
    expect(seen.at(-1)).toBe(model.length);
    expect(installed).toMatchObject({ pack: `encoders/${id}`, bytesFetched: model.length });
    const { network } = await readEncoder([join(config.DATA_DIR, "training/models")], installed.pack);
    expect(network).toMatchObject({ batchMax: 1, input: { name: "pixel_values", fit: "cover", width: 224 } });
    expect(embeddingOf(network)).toEqual({ name: "image_embeds", width: clipWidth });
    const again = await installModel(config, entry, { mirror, signal: never() });
    expect(again.bytesFetched).toBe(0);
  });

  it("would answer otherwise among neighbours: that is why it is run alone", async () => {
    const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3 });
    const size = 3 * 224 * 224;
    const pixels = Float32Array.from({ length: 2 * size }, (_, i) => Math.sin(i / 977) * (i < size ? 1 : 2));
    const run = async (n: number) => {
      const tensor = new ort.Tensor("float32", pixels.slice(0, n * size), [n, 3, 224, 224]);
      const { image_embeds: found } = await session.run({ pixel_values: tensor });
      return found?.data.slice(0, clipWidth);
    };
    const alone = await run(1);
    expect(alone?.length).toBe(clipWidth);
    expect(await run(1)).toEqual(alone);
    expect(await run(2)).not.toEqual(alone);
    await session.release();
  });

  it("cannot carry a fine head, and says so before it computes anything", async () => {
    const job = await plan("both");
    const training = runTraining(job, () => undefined, never());
    await expect(training).rejects.toMatchObject({
      name: "DatasetError",
      message: expect.stringMatching(/--model fast/),
    });
    await expect(stat(job.cache)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("carries the trees of a fast reader, which reads an eye alike alone and among others", async () => {
    const job = await plan("fast");
    const result = await runTraining(job, () => undefined, never());
    expect(result).toMatchObject({ images: 2 * perLabel });
    expect(result.packs.length).toBe(1);
    const pack = await fastPack(config, join(job.out, result.packs[0] as string));
    expect(pack).toMatchObject({ trees: { features: clipWidth } });
    expect(await readFile(pack.trees.path, "utf8")).toContain(`max_feature_idx=${clipWidth - 1}\n`);

    const predictor = new LocalPredictor(engineOptions([pack]));
    await predictor.start();
    try {
      const read = async (path: string): Promise<RawReading> => {
        const bytes = await readFile(path);
        return (await predictor.predict(taskOf(bytes, [pack.digest]), never())).readings[0] as RawReading;
      };
      const answer = ({ scores, similarity }: RawReading) => ({ scores, similarity });
      const some = eyes.slice(0, 12);
      const alone: ReturnType<typeof answer>[] = [];
      for (const eye of some) alone.push(answer(await read(eye)));
      const among = (await Promise.all(some.map(read))).map(answer);
      expect(among).toEqual(alone);
      expect(new Set(alone.map(({ scores }) => scores[0])).size).toBeGreaterThan(some.length / 2);
      for (const { similarity } of alone) expect(similarity).toBeGreaterThan(0);
    } finally {
      await predictor.drain(5000);
    }
  });
});

/** The catalogue's own entry, of the bytes that the test serves. */
async function oneEntry(folder: string, model: Uint8Array): Promise<CatalogueEntry> {
  const { models } = JSON.parse(await readFile(join(root, "models/catalog.json"), "utf8")) as {
    models: { id: string }[];
  };
  const sha256 = createHash("sha256").update(model).digest("hex");
  const own = models.filter((each) => each.id === id).map((each) => ({ ...each, bytes: model.length, sha256 }));
  const path = join(folder, "catalog.json");
  await writeFile(path, JSON.stringify({ format: 1, models: own }));
  return entryOf(await readCatalogue(path), id);
}

/** Breaks the first connection half way, then goes on from where it is asked to. */
async function breakingServer(model: Uint8Array, ranges: (string | undefined)[]): Promise<Server> {
  const server = createServer((request, response) => {
    const { range } = request.headers;
    ranges.push(range);
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    const rest = model.subarray(from);
    response.writeHead(from === 0 ? 200 : 206, {
      etag: '"one"',
      "content-length": rest.length,
      ...(from > 0 && { "content-range": `bytes ${from}-${model.length - 1}/${model.length}` }),
    });
    if (ranges.length > 1) response.end(rest);
    else response.write(rest.subarray(0, rest.length >> 1), () => setTimeout(() => response.destroy(), 200));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Copies some eyes of each label, a folder a class. @returns their paths, both labels among the first */
async function fewEyes(into: string): Promise<string[]> {
  const out: string[] = [];
  for (const label of ["normal", "cataract"]) {
    const from = join(dataset as string, "images", label);
    await mkdir(join(into, label), { recursive: true });
    for (const name of (await readdir(from)).sort().slice(0, perLabel)) {
      const to = join(into, label, name);
      await cp(join(from, name), to);
      out.push(to);
    }
  }
  return out.map((_, i) => out[(i % 2) * perLabel + (i >> 1)] as string);
}

/** The pack as an engine takes it; the programme itself keeps its own readers. */
async function fastPack(config: Config, folder: string): Promise<Extract<ReaderPack, { kind: "fast" }>> {
  const text = await readFile(join(folder, "manifest.json"));
  const manifest = JSON.parse(text.toString("utf8")) as {
    id: string;
    kind: "fast";
    encoder: string;
    encoderSha256: string;
    trees: { features: number };
    files: Record<string, { sha256: string; bytes: number }>;
  };
  const encoder = await readEncoder([config.MODELS_DIR, join(config.DATA_DIR, "training/models")], manifest.encoder);
  expect(manifest).toMatchObject({ kind: "fast", encoderSha256: encoder.file.sha256 });
  const file = (name: string) => ({
    path: join(folder, name),
    ...(manifest.files[name] as { sha256: string; bytes: number }),
  });
  return {
    kind: "fast",
    digest: createHash("sha256").update(text).digest("hex"),
    id: manifest.id,
    encoder,
    trees: { ...file("trees.txt"), features: manifest.trees.features },
    domain: file("domain.onnx"),
    outputs: 1,
  };
}
