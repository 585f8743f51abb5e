import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawEye } from "../support/eye.ts";

const program = resolve(import.meta.dirname, "../../dist/cli/fovea.js");

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function fovea(args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  return new Promise((ended) => {
    const options = { env: { ...process.env, ...environment } };
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      ended({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** The committed models with one programme of them, which is enough to be measured. */
async function cataractAlone(folder: string): Promise<string> {
  const alone = join(folder, "models");
  for (const part of ["cataract", "encoders", "catalog.json"])
    await cp(resolve(import.meta.dirname, "../../models", part), join(alone, part), { recursive: true });
  return alone;
}

describe("fovea", () => {
  let folder: string;
  let eye: string;
  let text: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-cli-"));
    eye = join(folder, "eye.jpg");
    text = join(folder, "text.jpg");
    await writeFile(eye, await drawEye(3));
    await writeFile(text, "not a picture");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ["--help"],
    ["serve", "--help"],
    ["predict", "--help"],
    ["doctor", "--help"],
    ["train", "--help"],
    ["models", "--help"],
  ])("%s explains itself", async (...args) => {
    const { code, stdout } = await fovea(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/USAGE/i);
  });

  it("reads files without a server, keeps nothing, and shows the disclaimer", async () => {
    const data = join(folder, "data");
    const { code, stdout } = await fovea(["predict", "--programme", "cataract", eye], { DATA_DIR: data });
    expect(code).toBe(0);
    expect(stdout).toMatch(/outcome\s+label/);
    expect(stdout).toMatch(/Research use only/);
    await expect(readdir(data)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("writes one JSON document a file, in the order of the files, and fails for the ones that failed", async () => {
    const { code, stdout } = await fovea([
      "predict",
      "--programme",
      "cataract",
      "--json",
      text,
      eye,
      join(folder, "absent.jpg"),
    ]);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(code).toBe(1);
    expect(lines.map((line) => line.error?.code ?? line.status)).toEqual([
      "image-type-unsupported",
      "decided",
      "field-invalid",
    ]);
  });

  it.each([
    [["predict", "--programme", "nothing", "x.jpg"], 69],
    [["predict", "x.jpg"], 69],
    [["train", "cataract", "--data", "/nowhere"], 65],
    [["train", "nothing", "--data", "/nowhere"], 65],
    [["train", "cataract", "--data", "/nowhere", "--folds", "1"], 64],
    [["evaluate", "cataract", "--data", "/nowhere"], 65],
    [["models", "rollback", "cataract"], 69],
    [["predict", "--strategy", "guess", "x.jpg"], 64],
  ])("%j ends with %i", async (args, expected) => expect((await fovea(args)).code).toBe(expected));

  it("ends with 78 and names the key when a setting is wrong", async () => {
    const { code, stderr } = await fovea(["serve"], { WORKERS: "none" });
    expect(code).toBe(78);
    expect(stderr).toMatch(/WORKERS/);
  });

  it("doctor finds this machine fit, and a wrong models folder unfit", async () => {
    const well = await fovea(["doctor", "--json"], { PORT: "0", DATA_DIR: join(folder, "doctor") });
    const { healthy, findings } = JSON.parse(well.stdout) as {
      healthy: boolean;
      findings: { name: string; state: string }[];
    };
    expect(healthy, well.stdout).toBe(true);
    expect(findings.find((each) => each.name === "engine")?.state).toBe("ok");
    const ill = await fovea(["doctor"], { MODELS_DIR: join(folder, "nowhere") });
    expect(ill.code).toBe(1);
    expect(ill.stdout).toMatch(/FAILURE\s+models/);
  });

  it("doctor measures what this machine can do with every programme, and leaves nothing behind", async () => {
    const data = join(folder, "bench");
    const environment = { DATA_DIR: data, MODELS_DIR: await cataractAlone(folder) };
    const { code, stdout, stderr } = await fovea(["doctor", "--bench", "--json", "--seconds", "1"], environment);
    expect(code, stderr).toBe(0);
    const bench = JSON.parse(stdout) as {
      images: string;
      programmes: {
        programme: string;
        throughput: { n: number; seconds: number; perSecond: number; interval: [number, number] };
        latency: { n: number; ms: number; interval: [number, number]; shares: Record<string, number> };
        bottleneck: { what: string };
      }[];
    };
    expect(bench.images).toMatch(/drawn/);
    expect(bench.programmes.map(({ programme }) => programme)).toEqual(["cataract"]);
    for (const { programme, throughput, latency, bottleneck } of bench.programmes) {
      expect(stderr).toContain(programme);
      expect(throughput.perSecond).toBeCloseTo(throughput.n / throughput.seconds, 5);
      expect(throughput.interval[0]).toBeLessThanOrEqual(throughput.perSecond);
      expect(latency.n).toBeGreaterThan(0);
      expect(latency.interval[0]).toBeLessThanOrEqual(latency.ms);
      expect(Object.values(latency.shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 1);
      expect(["decode", "network", "records"]).toContain(bottleneck.what);
    }
    expect(await readdir(data)).toEqual([]);
  });

  it("doctor measures with given images, shows a table, and says when there are none", async () => {
    const environment = { DATA_DIR: join(folder, "bench"), MODELS_DIR: await cataractAlone(folder) };
    const { code, stdout } = await fovea(["doctor", "--bench", "--seconds", "0.3", "--data", folder], environment);
    expect(code).toBe(0);
    expect(stdout).toMatch(/programme +images\/s +n +one image/);
    expect(stdout).toMatch(/of one image's time \d+ % decoding/);
    expect((await fovea(["doctor", "--bench", "--data", "/nowhere"])).code).toBe(65);
    expect((await fovea(["doctor", "--bench", "--seconds", "0"])).code).toBe(64);
  });
});
