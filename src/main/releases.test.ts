import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakePredictor, resultOf } from "../../test/support/fake-predictor.ts";
import { Problem, type Programme, type ProgrammeCatalog, type ReaderPack } from "../contracts/index.ts";
import { type Config, createLog } from "../platform/index.ts";
import { readProgrammes } from "../programmes/index.ts";
import { Registry } from "../registry/index.ts";
import type { LocalPredictor } from "../workers/index.ts";
import { ChangeLater } from "./change-later.ts";
import { goldenDifference, goldenScores } from "./golden.ts";
import { LiveCatalog } from "./live-catalog.ts";
import { packsToLoad } from "./load-packs.ts";
import { ReleaseWatch, readActive, registryPath, trainedDir } from "./releases.ts";

const deadlineMs = 1500;
const models = resolve("models");
const decision = { actor: "test", reason: "a test" };

let folder: string;
let config: Config;
let catalog: LiveCatalog;
let watch: ReleaseWatch;
let held: string[][];
let holding: (packs: readonly ReaderPack[]) => Promise<void>;
const fake = fakePredictor();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-releases-"));
  const modelsDir = join(folder, "models");
  await cp(join(models, "cataract"), join(modelsDir, "cataract"), { recursive: true });
  await symlink(join(models, "encoders"), join(modelsDir, "encoders"));
  config = { DATA_DIR: join(folder, "data"), MODELS_DIR: modelsDir, DEADLINE_MS: deadlineMs } as Config;
  catalog = new LiveCatalog(await readActive(config));
  held = [];
  holding = async () => undefined;
  fake.answer = async (task) => resultOf(task);
  const predictor = {
    ...fake,
    ready: () => true,
    hold: async (packs: readonly ReaderPack[]) => {
      await holding(packs);
      held.push(packs.map(({ digest }) => digest));
    },
  } as unknown as LocalPredictor;
  watch = new ReleaseWatch(config, catalog, predictor, createLog("fatal", "test"));
  await watch.start();
});
afterEach(async () => {
  await watch.stop();
  await rm(folder, { recursive: true, force: true });
});

const served = (from: ProgrammeCatalog = catalog): Programme => from.programmes.get("cataract") as Programme;
const digestsOf = (from: ProgrammeCatalog): string[] => packsToLoad(from).map(({ digest }) => digest);

/** Copies the packs under another number and makes them active, as a training and two promotions would. */
async function release(version: number, golden: (scores: number[][][]) => number[][][] = (scores) => scores) {
  const named: Record<string, { id: string }> = {};
  for (const kind of ["fast", "fine", "cascade"]) {
    const id = `cataract/${kind}-${version}`;
    await cp(join(config.MODELS_DIR, `cataract/${kind}-1`), join(trainedDir(config), id), { recursive: true });
    const file = join(trainedDir(config), id, "manifest.json");
    const manifest = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify({ ...manifest, id, version: String(version) }));
    named[kind] = { id };
  }
  const packs = Object.fromEntries(
    await Promise.all(
      Object.entries(named).map(async ([kind, { id }]) => [
        kind,
        {
          id,
          digest: createHash("sha256")
            .update(await readFile(join(trainedDir(config), id, "manifest.json")))
            .digest("hex"),
        },
      ]),
    ),
  );
  const next = await readProgrammes(config.MODELS_DIR, new Map([["cataract", packs]]), [trainedDir(config)]);
  const recorded = golden((await goldenScores(fake, served(next))) as number[][][]);
  const registry = new Registry(registryPath(config));
  const lineage = { dataSha256: "d".repeat(64), codeVersion: "test", parent: null, recipe: "test" };
  const { digest } = await registry.register(
    "cataract",
    { packs, lineage },
    { ...decision, evidence: { golden: JSON.stringify(recorded) } },
  );
  await registry.promote(digest, decision);
  return { next, activate: () => registry.promote(digest, decision) };
}

const waited = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe("golden scores", () => {
  it("differ in number or by more than processors round, and else are the same", () => {
    expect(goldenDifference([[[1]], [[2]]], [[[1]], []])).toMatch(/2 scores where 1 were recorded/);
    expect(goldenDifference([[[1]], [[2]]], [[[1]], [[2.6]]])).toMatch(/differs by 0\.600/);
    expect(goldenDifference([[[1]], [[2]]], [[[1.4]], [[1.6]]])).toBeUndefined();
  });

  it("that are no number are never taken for the same", () => {
    expect(goldenDifference([[[Number.NaN]]], [[[1]]])).toBeDefined();
  });
});

describe("a server that watches the registry", () => {
  it("goes on with the release before when the packs cannot be loaded, and does not ask again and again", async () => {
    const before = served().fast.digest;
    let asked = 0;
    holding = async () => {
      asked++;
      throw new Error("not a model");
    };
    const { activate } = await release(2);
    await activate();
    await vi.waitFor(() => expect(asked).toBe(1), { timeout: 3000 });
    await waited(1200);
    expect(asked).toBe(1);
    expect(served().fast.digest).toBe(before);
  });

  it("tries again by itself what could not be served for now", async () => {
    let away = true;
    let asked = 0;
    holding = async () => {
      asked++;
      if (away) throw new ChangeLater("no node holds the packs");
    };
    const { activate } = await release(2);
    await activate();
    await vi.waitFor(() => expect(asked).toBe(1), { timeout: 3000 });
    away = false;
    await vi.waitFor(() => expect(served().fast.id).toBe("cataract/fast-2"), { timeout: 6000 });
    expect(asked).toBeLessThan(5);
  });

  it("tries again when the golden pictures could not be read for now", async () => {
    const { activate } = await release(2);
    let refused = 0;
    fake.answer = async (task) => {
      if (refused++ === 0) throw new Problem("queue-full");
      return resultOf(task);
    };
    await activate();
    await vi.waitFor(() => expect(served().fast.id).toBe("cataract/fast-2"), { timeout: 6000 });
    expect(refused).toBeGreaterThan(1);
  });

  it("goes on with the release before when the new one computes something else, and lets its packs go", async () => {
    const before = digestsOf(catalog);
    const { activate } = await release(2, (scores) =>
      scores.map((images) => images.map((row) => row.map((z) => z + 1))),
    );
    await activate();
    await vi.waitFor(() => expect(held).toHaveLength(1), { timeout: 3000 });
    expect(held[0]).toHaveLength(4);
    await vi.waitFor(() => expect(held).toHaveLength(2), { timeout: deadlineMs + 2000 });
    expect(held[1]).toEqual(before);
    expect(digestsOf(catalog)).toEqual(before);
  });

  it("goes on with the release before when a file of the new one was altered", async () => {
    const before = digestsOf(catalog);
    const { activate } = await release(2);
    await writeFile(join(trainedDir(config), "cataract/cascade-2/band.json"), "{}");
    await activate();
    await waited(1200);
    expect(held).toEqual([]);
    expect(digestsOf(catalog)).toEqual(before);
  });

  it("changes over on an event, holds both meanwhile, and lets the old packs go after the deadline", async () => {
    const before = digestsOf(catalog);
    const taken = served();
    const { next, activate } = await release(2);
    await waited(700);
    expect(held).toEqual([]);
    await activate();
    await vi.waitFor(() => expect(served().fast.id).toBe("cataract/fast-2"), { timeout: 3000 });
    expect(held).toEqual([[...before, ...digestsOf(next)]]);
    expect(taken.fast.id).toBe("cataract/fast-1");
    await vi.waitFor(() => expect(held).toHaveLength(2), { timeout: deadlineMs + 2000 });
    expect(held[1]).toEqual(digestsOf(next));
  });

  it("keeps the packs of the change before as long as somebody may still be using them", async () => {
    const before = digestsOf(catalog);
    const [second, third] = [await release(2), await release(3)];
    await second.activate();
    await vi.waitFor(() => expect(served().fast.id).toBe("cataract/fast-2"), { timeout: 3000 });
    await third.activate();
    await vi.waitFor(() => expect(served().fast.id).toBe("cataract/fast-3"), { timeout: 3000 });
    expect(held).toHaveLength(2);
    for (const digest of [...before, ...digestsOf(second.next), ...digestsOf(third.next)])
      expect(held[1]).toContain(digest);
    await vi.waitFor(() => expect(held.at(-1)).toEqual(digestsOf(third.next)), { timeout: deadlineMs + 2000 });
  });

  it("has nothing left to do once it is stopped", async () => {
    const { activate } = await release(2);
    await activate();
    await vi.waitFor(() => expect(served().fast.id).toBe("cataract/fast-2"), { timeout: 3000 });
    await watch.stop();
    await waited(deadlineMs + 300);
    expect(held).toHaveLength(1);
  });
});
