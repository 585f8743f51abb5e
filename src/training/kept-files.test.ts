import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Network } from "../contracts/pack.ts";
import { Random } from "../contracts/random.ts";
import { EmbeddingCache } from "./embedding-cache.ts";
import type { TrainingEvent, TrainingJob } from "./job.ts";
import { nextVersion, PackFolder } from "./pack-folder.ts";
import type { Prepared } from "./prepare-data.ts";
import { chooseTrees } from "./tree-search.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-kept-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const augmentation = { rotation: 20, areaMin: 0.72, aspect: 0.15, mirror: true };

describe("a pack on its way to disk", () => {
  it("refuses a file that is too large before anything is written", async () => {
    const pack = new PackFolder();
    expect(() => pack.put("fine.onnx", new Uint8Array(8 * 1024 * 1024 + 1))).toThrow(/fine\.onnx has 8388609 bytes/);
    expect(await readdir(folder)).toEqual([]);
  });

  it("is not there at all when it cannot be written", async () => {
    await writeFile(join(folder, "file"), "");
    const pack = new PackFolder();
    pack.put("a.txt", "a");
    await expect(pack.write(join(folder, "file", "fast-1"), {}, {})).rejects.toThrow();
    expect(await readdir(folder)).toEqual(["file"]);
  });

  it("takes the place of what a killed run left, and its manifest names every file by its digest", async () => {
    await mkdir(join(folder, "fast-1.part"));
    await writeFile(join(folder, "fast-1.part", "leftover"), "x");
    const pack = new PackFolder();
    pack.put("b.json", { b: 1 });
    pack.put("a.txt", "a");
    await pack.write(join(folder, "fast-1"), { id: "p/fast-1" }, { task: "binary" });
    expect(await readdir(folder)).toEqual(["fast-1"]);
    expect((await readdir(join(folder, "fast-1"))).sort()).toEqual(["a.txt", "b.json", "manifest.json"]);
    const manifest = JSON.parse(await readFile(join(folder, "fast-1", "manifest.json"), "utf8"));
    expect(Object.keys(manifest)).toEqual(["format", "id", "files", "task"]);
    for (const [name, { sha256, bytes }] of Object.entries<{ sha256: string; bytes: number }>(manifest.files)) {
      const found = await readFile(join(folder, "fast-1", name));
      expect([createHash("sha256").update(found).digest("hex"), found.length]).toEqual([sha256, bytes]);
    }
  });

  it("gets a number that no folder has", async () => {
    for (const name of ["one/fast-2", "two/fast-7", "two/fast-9.part", "two/fine-30"])
      await mkdir(join(folder, name), { recursive: true });
    expect(await nextVersion("fast", [join(folder, "one"), join(folder, "two"), join(folder, "absent")])).toBe(8);
  });
});

describe("embeddings on disk", () => {
  const input: Network["input"] = {
    name: "pixels",
    type: "uint8",
    layout: "nhwc",
    width: 224,
    height: 224,
    fit: "squash",
    kernel: "cubic",
    prepare: "none",
  };
  const key = { sha256: "a".repeat(64), views: 2, seed: 7, augmentation, encoderSha256: "e", input };
  const made = {
    embeddings: Float32Array.from({ length: 8 }, (_, i) => i / 3),
    thumbnail: new Uint8Array(1024).fill(9),
    quality: { luminance: 101.25, contrast: 1 / 3, sharpness: 7 },
  };
  const files = async (): Promise<string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));

  it("are not taken from half a file, nor from one of another width", async () => {
    const cache = new EmbeddingCache(folder);
    await cache.put(key, made);
    const [file] = (await files()) as [string];
    expect(await cache.get(key, 5)).toBeUndefined();
    await truncate(file, 1064);
    expect(await cache.get(key, 4)).toBeUndefined();
    await truncate(file, 0);
    expect(await cache.get(key, 4)).toBeUndefined();
  });

  it("are found by all that they follow from, and by nothing else", async () => {
    const cache = new EmbeddingCache(folder);
    await cache.put(key, made);
    expect(await new EmbeddingCache(folder).get(key, 4)).toEqual(made);
    expect(await files()).toHaveLength(1);
    for (const other of [
      { sha256: "b".repeat(64) },
      { seed: 8 },
      { encoderSha256: "f" },
      { input: { ...input, prepare: "disc" as const } },
      { augmentation: { ...augmentation, rotation: 21 } },
    ])
      expect(await cache.get({ ...key, ...other }, 4), JSON.stringify(other)).toBeUndefined();
  });
});

describe("the search for tree settings", () => {
  const width = 8;
  const job = (trials: number) =>
    ({
      question: { task: "binary", labels: ["normal", "cataract"], positive: ["cataract"] },
      trials,
      seed: 3,
      cache: folder,
      viewsPerImage: 1,
      augmentation,
      prepare: "none",
      encoder: "encoders/x",
    }) as unknown as TrainingJob;
  const random = new Random(1);
  const images = Array.from({ length: 200 }, (_, i) => ({
    sha256: String(i),
    labels: [i % 2],
    embeddings: Float32Array.from({ length: width }, () => random.between(-1, 1) + (i % 2)),
  })) as unknown as Prepared[];
  const fold = images.map((_, i) => Math.floor(i / 2) % 5);
  const search = (trials: number, signal = new AbortController().signal) => {
    const events: TrainingEvent[] = [];
    const emit = (event: TrainingEvent) => events.push(event);
    return chooseTrees(job(trials), images, width, fold, { emit, signal }).then((found) => ({ ...found, events }));
  };

  it("does not begin once it was stopped, and tries nothing where there is nothing to choose", async () => {
    const stopped = AbortSignal.abort(new Error("enough"));
    await expect(search(2, stopped)).rejects.toThrow("enough");
    expect((await search(1)).trials).toEqual([]);
  });

  it("halves the settings from rung to rung, and finds trials again that were kept", async () => {
    const first = await search(4);
    expect(first.trials.map(({ share }) => share)).toEqual([0.1, 0.1, 0.1, 0.1, 0.3, 0.3]);
    const rungs = [first.trials.slice(0, 4), first.trials.slice(4)].map((rung) =>
      [...rung].sort((one, other) => one.loss - other.loss),
    );
    expect(new Set(rungs[1]?.map(({ settings }) => JSON.stringify(settings)))).toEqual(
      new Set(rungs[0]?.slice(0, 2).map(({ settings }) => JSON.stringify(settings))),
    );
    expect(first.settings).toEqual(rungs[1]?.[0]?.settings);
    expect(first.events.at(-1)).toEqual({ kind: "progress", step: "trials", done: 6, of: 6 });
    for (const { loss } of first.trials) expect(loss).toBeLessThan(Math.LN2);
    expect(await readdir(join(folder, "trials"))).toHaveLength(6);
    expect((await search(4)).trials).toEqual(first.trials);
  });
});
