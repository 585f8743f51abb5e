import { type ChildProcess, spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parse } from "csv-parse/sync";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readProgrammes } from "../../src/programmes/index.ts";
import { shared } from "../support/shared.ts";

const root = resolve(import.meta.dirname, "../..");
const program = join(root, "dist/cli/fovea.js");
const source = shared("datasets", "cataract_eye");
const perLabel = { train: 18, val: 6, test: 6 };
const count = 2 * (perLabel.train + perLabel.val + perLabel.test);

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let folder: string;
let data: string;
let environment: Record<string, string>;

function start(
  args: readonly string[],
  more: Record<string, string> = {},
): { child: ChildProcess; end: Promise<Ended> } {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    env: { ...process.env, ...environment, ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (text) => {
    stdout += text;
  });
  child.stderr?.on("data", (text) => {
    stderr += text;
  });
  const end = new Promise<Ended>((ended) => child.once("close", (code) => ended({ code, stdout, stderr })));
  return { child, end };
}

const filesIn = async (path: string): Promise<number> =>
  (await readdir(path, { recursive: true, withFileTypes: true }).catch(() => [])).filter((entry) => entry.isFile())
    .length;

/** 60 photographs of eyes in their own splits, and one of them once more, mirrored, where it judges itself. */
async function layData(from: string): Promise<void> {
  const rows = parse(await readFile(join(from, "manifest.csv")), { columns: true }) as Record<string, string>[];
  const lines = ["file,label,split,group"];
  for (const label of ["normal", "cataract"])
    for (const [split, n] of Object.entries(perLabel)) {
      const chosen = rows.filter((row) => row["label"] === label && row["split"] === split).slice(0, n);
      expect(chosen).toHaveLength(n);
      for (const row of chosen) {
        const file = row["file"] as string;
        await mkdir(dirname(join(data, file)), { recursive: true });
        await copyFile(join(from, file), join(data, file));
        lines.push([file, label, split, row["group"]].join(","));
      }
    }
  const [original] = (lines[1] as string).split(",") as [string];
  await writeFile(join(data, "leak.jpg"), await sharp(join(data, original)).flop().jpeg({ quality: 90 }).toBuffer());
  await writeFile(join(data, "manifest.csv"), `${[...lines, "leak.jpg,normal,test,"].join("\n")}\n`);
}

describe.skipIf(source === undefined)("training a programme", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-training-"));
    data = join(folder, "eyes");
    environment = { DATA_DIR: join(folder, "data"), WORKERS: "2" };
    await mkdir(data);
    await layData(source as string);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const train = () => [
    "train",
    "cataract",
    "--data",
    data,
    "--out",
    join(folder, "models"),
    "--views",
    "3",
    "--folds",
    "2",
    "--json",
  ];

  it("ends with 65 on data without a label of the programme, with 64 on a wrong number", async () => {
    const other = join(folder, "other");
    await mkdir(join(other, "glaucoma"), { recursive: true });
    await copyFile(join(data, "leak.jpg"), join(other, "glaucoma/a.jpg"));
    const { code, stderr } = await start(["train", "cataract", "--data", other]).end;
    expect([code, stderr]).toEqual([65, expect.stringMatching(/normal, cataract.*found: glaucoma/)]);
    expect((await start(["train", "cataract", "--data", data, "--folds", "1"]).end).code).toBe(64);
    expect((await start(["train", "nothing", "--data", data]).end).code).toBe(65);
  });

  it("that is stopped ends with 130 and writes no pack", async () => {
    const { child, end } = start(train());
    while (child.exitCode === null && (await filesIn(join(folder, "data/training/cache"))) < 5)
      await new Promise((done) => setTimeout(done, 20));
    child.kill("SIGINT");
    const { code, stderr } = await end;
    expect(code, stderr).toBe(130);
    expect(stderr).toMatch(/the same command goes on/);
    expect(await filesIn(join(folder, "models"))).toBe(0);
    const kept = await filesIn(join(folder, "data/training/cache"));
    expect(kept).toBeGreaterThanOrEqual(5);
    expect(kept).toBeLessThan(count);
  });

  it("goes on from there, moves the planted copy to where its original is, and writes packs that load", async () => {
    const { code, stdout, stderr } = await start(train()).end;
    expect(code, stderr).toBe(0);
    const known = Number(/(\d+) of 61 embeddings were there/.exec(stderr)?.[1]);
    expect(known).toBeGreaterThanOrEqual(5);
    expect(stderr).toMatch(/1 groups lay in more than one split and were made whole, 1 test images with them/);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ images: 2 * (perLabel.train + perLabel.val) + 1, leaks: 1 });
    expect(result.packs).toHaveLength(3);
    await symlink(join(root, "models/encoders"), join(folder, "models/encoders"));
    const found = (await readProgrammes(join(folder, "models"))).programmes.get("cataract");
    expect(found).not.toHaveProperty("missing");
    const table = await readFile(join(folder, "models", result.packs[2], "out-of-fold.csv"), "utf8");
    expect(table.trim().split("\n")).toHaveLength(result.images + 1);
    for (const pack of result.packs)
      expect(await readFile(join(folder, "models", pack, "CARD.md"), "utf8")).toMatch(/Not a medical device/);
  });

  it("leaves packs that are measured on the rest of the test split, with n and interval", async () => {
    const out = join(folder, "evaluation");
    const { code, stdout, stderr } = await start(["evaluate", "cataract", "--data", data, "--out", out, "--json"], {
      MODELS_DIR: join(folder, "models"),
    }).end;
    expect(code, stderr).toBe(0);
    const evaluation = JSON.parse(stdout);
    expect(evaluation.data).toMatchObject({
      split: "test",
      images: 2 * perLabel.test,
      seen: 1,
      perLabel: { normal: perLabel.test, cataract: perLabel.test },
      refused: [],
    });
    for (const reader of ["fast", "fine", "cascade"]) {
      const figures = Object.entries<{ value: number; interval: [number, number]; n: number }>(
        evaluation.figures[reader],
      );
      expect(figures.length).toBeGreaterThan(4);
      for (const [name, { value, interval, n }] of figures) {
        expect(n, name).toBeGreaterThan(0);
        expect(interval[0], name).toBeLessThanOrEqual(value);
        expect(interval[1], name).toBeGreaterThanOrEqual(value);
      }
      expect(evaluation.figures[reader].accuracy.n).toBe(2 * perLabel.test);
    }
    expect(evaluation.disclaimer).toMatch(/Research use only/);
    expect(JSON.parse(await readFile(join(out, "evaluation.json"), "utf8"))).toEqual(evaluation);
  });

  it("is not measured on what it learnt from", async () => {
    const { code, stderr } = await start(["evaluate", "cataract", "--data", data, "--split", "train"], {
      MODELS_DIR: join(folder, "models"),
    }).end;
    expect([code, stderr]).toEqual([65, expect.stringMatching(/learnt from every one/)]);
  });
});
