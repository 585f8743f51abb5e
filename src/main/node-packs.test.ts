import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MemoryPacks } from "../../test/support/memory-packs.ts";
import { PackPublisher } from "../cluster/index.ts";
import type { Programme, ReaderPack } from "../contracts/index.ts";
import { createLog, systemClock } from "../platform/index.ts";
import { readProgrammes } from "../programmes/index.ts";
import { packsToLoad } from "./load-packs.ts";
import { NodePacks } from "./node-packs.ts";
import { offersOf } from "./pack-offers.ts";

const models = resolve("models");
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
/** Where its files lie is a node's own matter. */
const without = (pack: ReaderPack) =>
  JSON.parse(JSON.stringify(pack, (key, value: unknown) => (key === "path" ? undefined : value)));

let folder: string;
let packs: MemoryPacks;
let cataract: Programme;
let config: ConstructorParameters<typeof NodePacks>[0];
const publisher = () => new PackPublisher(packs, systemClock, createLog("silent", "test"));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-node-packs-"));
  packs = new MemoryPacks();
  await mkdir(join(folder, "models"));
  cataract = (await readProgrammes(models)).programmes.get("cataract") as Programme;
  config = { MODELS_DIR: join(folder, "models"), DATA_DIR: folder, PACKS_DIR: undefined, PACKS_BYTES_MAX: 1e9 };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function offered() {
  const offers = await offersOf([cataract.fast.load, cataract.fine.load], new Set());
  expect(await publisher().publish(offers)).toBe(true);
  const [fast, fine] = offers as [(typeof offers)[0], (typeof offers)[0]];
  return { fast: fast.asked, fine: fine.asked };
}

describe("what a server publishes", () => {
  it("is what a node loads of it: the very same readers, from other files", async () => {
    const { fast, fine } = await offered();
    const node = new NodePacks(config, packs);
    expect(without(await node.find(fast, false))).toEqual(without(cataract.fast.load));
    expect(without(await node.find(fine, false))).toEqual(without(cataract.fine.load));
  });

  it("is each file once, however many packs share it, and nothing when it is there", async () => {
    const all = packsToLoad(await readProgrammes(models));
    const offers = await offersOf(all, new Set([cataract.fine.digest]));
    expect(offers.map(({ asked }) => asked.later)).toEqual(all.map(({ digest }) => digest === cataract.fine.digest));
    expect(await publisher().publish(offers)).toBe(true);
    expect(new Set(packs.puts).size).toBe(packs.puts.length);
    const before = packs.puts.length;
    expect(await publisher().publish(offers)).toBe(true);
    expect(packs.puts).toHaveLength(before);
    // Bands, calibrations and figures stay with the server.
    const band = sha256(await readFile(join(models, "cataract/cascade-1/band.json")));
    expect(packs.puts).not.toContain(band);
  });

  it("is never another file than was read: one that was altered since is not put", async () => {
    const copy = join(folder, "copy");
    await cp(join(models, "cataract"), join(copy, "cataract"), { recursive: true });
    await cp(join(models, "encoders"), join(copy, "encoders"), { recursive: true });
    const programme = (await readProgrammes(copy)).programmes.get("cataract") as Programme;
    const offers = await offersOf([programme.fine.load], new Set());
    await writeFile(join(copy, "cataract/fine-1/fine.onnx"), "something else");
    expect(await publisher().publish(offers)).toBe(false);
    await writeFile(join(copy, "cataract/fine-1/manifest.json"), "{}");
    await expect(offersOf([programme.fine.load], new Set())).rejects.toThrow(/another one than is served/);
  });

  it("is put again when a node complains, but not for every complaint, and nothing else is", async () => {
    const offers = await offersOf([cataract.fine.load], new Set());
    let now = 0;
    const mine = new PackPublisher(packs, { ...systemClock, now: () => now }, createLog("silent", "test"));
    await mine.publish(offers);
    const object = offers[0]?.objects[1]?.sha256 as string;
    const puts = () => packs.puts.filter((each) => each === object).length;
    for (const each of [object, object, "f".repeat(64)]) mine.repair(each);
    await mine.publish(offers);
    expect(puts()).toBe(2);
    now = 6000;
    mine.repair(object);
    await mine.publish(offers);
    expect(puts()).toBe(3);
    expect(packs.objects.has("f".repeat(64))).toBe(false);
  });

  it("can wait for a store that is away", async () => {
    packs.fault = new Error("away");
    expect(await publisher().publish(await offersOf([cataract.fine.load], new Set()))).toBe(false);
  });
});

describe("what a node loads", () => {
  it("it need not fetch when it lies in its own folders, under any name that a server knows it by", async () => {
    const { fast, fine } = await offered();
    const node = new NodePacks({ ...config, MODELS_DIR: models }, packs);
    await node.find(fast, false);
    await node.find(fine, false);
    expect(packs.asked).toEqual([]);
    await node.find({ ...fine, id: "cataract/fine-9" }, false);
    expect(packs.asked).toEqual([fine.pack]);
  });

  it("is not its own file of the same name when that is another one", async () => {
    const { fine } = await offered();
    await cp(join(models, "cataract/fine-1"), join(config.MODELS_DIR, "cataract/fine-1"), { recursive: true });
    const own = join(config.MODELS_DIR, "cataract/fine-1/fine.onnx");
    await writeFile(own, Buffer.alloc((await readFile(own)).length));
    const found = await new NodePacks(config, packs).find(fine, false);
    expect(found.kind === "fine" && found.network.file.path).toMatch(/\/packs\/[0-9a-f]{64}$/);
  });

  /** A fine pack around other bytes, whole and under its right digest. */
  async function around(network: Buffer, change: object = {}) {
    const manifest = JSON.parse(await readFile(join(models, "cataract/fine-1/manifest.json"), "utf8"));
    const files = { ...manifest.files, "fine.onnx": { sha256: sha256(network), bytes: network.length } };
    const text = Buffer.from(JSON.stringify({ ...manifest, files, ...change }));
    packs.objects.set(sha256(text), text);
    packs.objects.set(sha256(network), network);
    return { pack: sha256(text), id: "cataract/fine-1", later: false };
  }

  it("is never a network that keeps tensors in other files, or is none", async () => {
    const node = new NodePacks(config, packs);
    // A graph with one initialiser whose data lie outside: tensor.data_location = EXTERNAL.
    const tensor = Buffer.from([0x70, 0x01]);
    const graph = Buffer.concat([Buffer.from([0x2a, tensor.length]), tensor]);
    const outside = Buffer.concat([Buffer.from([0x08, 0x08, 0x3a, graph.length]), graph, Buffer.from([0x42, 0x00])]);
    for (const [bytes, words] of [
      [outside, /onnx-external-data/],
      [Buffer.from("no model"), /onnx-invalid/],
    ] as const)
      await expect(node.find(await around(bytes), false)).rejects.toMatchObject({
        code: "model-refused",
        message: expect.stringMatching(words),
        object: sha256(bytes),
      });
  });

  it.each([
    ["that is none", () => ({ files: 7 }), /none of a reader/],
    ["that lists no network", () => ({ files: {} }), /does not list fine\.onnx/],
    [
      "that names a file elsewhere",
      () => ({ files: { "../x": { sha256: "a".repeat(64), bytes: 1 } } }),
      /none of a reader/,
    ],
  ])("is nothing with a manifest %s", async (_, change, words) => {
    const asked = await around(Buffer.from("no model"), change());
    await expect(new NodePacks(config, packs).find(asked, false)).rejects.toMatchObject({
      code: "manifest-invalid",
      message: expect.stringMatching(words),
    });
  });

  it("is no fast reader on another encoder than it was trained on, or on none", async () => {
    const { fast } = await offered();
    const node = new NodePacks(config, packs);
    await expect(node.find({ ...fast, encoder: undefined }, false)).rejects.toMatchObject({ code: "manifest-invalid" });
    const manifest = JSON.parse(await readFile(join(models, "encoders/efficientnet-lite0-int8/manifest.json"), "utf8"));
    const network = await readFile(join(models, "cataract/fine-1/fine.onnx"));
    manifest.files["encoder.onnx"] = { sha256: sha256(network), bytes: network.length };
    const other = Buffer.from(JSON.stringify(manifest));
    packs.objects.set(sha256(other), other);
    packs.objects.set(sha256(network), network);
    await expect(node.find({ ...fast, encoder: sha256(other) }, false)).rejects.toMatchObject({
      code: "manifest-invalid",
      message: expect.stringMatching(/another encoder/),
    });
  });

  it("is looked at again when it could not be loaded", async () => {
    const { fine } = await offered();
    const node = new NodePacks(config, packs);
    const found = await node.find(fine, false);
    const path = found.kind === "fine" ? found.network.file.path : "";
    await writeFile(path, "rotten");
    await node.find(fine, true);
    expect(path.endsWith(sha256(await readFile(path)))).toBe(true);
  });
});
