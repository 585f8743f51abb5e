import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadReport, PhaseReport } from "../../src/loadtest/index.ts";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer } from "../support/server.ts";

const run = promisify(execFile);
const program = resolve(import.meta.dirname, "../../dist/cli/fovea.js");
/** Nobody gives up in these tests, however slow the machine: what is counted must not depend on it. */
const patient = ["--give-up-ms", "600000"];

const ways = (phase: PhaseReport): number =>
  phase.ok + phase.later + phase.shed + phase.rejected + phase.failed + phase.gaveUp + phase.lost + phase.left;

describe("fovea loadtest against a server", () => {
  let server: TestServer;
  let folder: string;
  let images: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-loadtest-"));
    images = join(folder, "images");
    await mkdir(images);
    for (let i = 0; i < 6; i++) await writeFile(join(images, `${i}.jpg`), await drawEye(60 + i));
    server = await startServer({ WORKERS: "1" });
    await server.ready();
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** The command's exit code and output. */
  async function loadtest(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    try {
      return { code: 0, ...(await run(process.execPath, [program, "loadtest", ...args], { maxBuffer: 2 ** 26 })) };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout, stderr };
    }
  }
  const against = (...args: string[]) => loadtest("--url", server.url, "--image", images, ...patient, ...args);
  const cases = async (): Promise<number> => (await server.records()).length;

  it("counts as many results as the server has recorded, and says where every other request went", async () => {
    const before = await cases();
    const { code, stdout } = await against("--rate", "8", "--seconds", "2", "--json");
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as LoadReport;
    const phase = report.phases[0] as PhaseReport;
    expect(phase).toMatchObject({ loop: "open", plan: "poisson 8/s", failed: 0, lost: 0, misjudged: 0 });
    expect(phase.due).toBe(phase.sent + phase.notSent);
    expect(phase.sent).toBe(ways(phase));
    expect(phase.ok + phase.later).toBeGreaterThan(0);
    expect((await cases()) - before).toBe(phase.ok + phase.later);
    expect(report.images.different).toBe(6);
  });

  it("takes the flags of the cataract source system, writes both reports, and compares two runs", async () => {
    const files = ["one", "two"].map((name) => join(folder, `${name}.json`));
    const page = join(folder, "one.html");
    for (const file of files) {
      const flags = ["--num_users", "2", "--requests_per_user", "3", "--image_path", join(images, "0.jpg")];
      const paths = ["--path", "/predict_ensemble", "--out", file, "--html", page];
      const { code, stdout } = await loadtest("--url", server.url, ...patient, ...flags, ...paths);
      expect(code).toBe(0);
      expect(stdout).toMatch(/closed +2 clients, 100 ms pause +[\d.]+ +6 +6 /);
      expect(stdout).toContain("note: 1 different image:");
    }
    expect(await readFile(page, "utf8")).toContain("<h1>Load test: closed</h1>");
    const { code, stdout } = await loadtest("--compare", ...files);
    expect(code).toBe(0);
    expect(stdout).toMatch(/closed +throughput, results\/s +[\d.]+ +[\d.]+ +[+-][\d.]+ % +6, 6/);
    expect(stdout).toMatch(/closed +success rate, % +100 +100 +\+0\.00 %/);
    expect(stdout).not.toContain("not the same in both");
  });

  it("has broken uploads rejected and good ones taken", async () => {
    const { code, stdout } = await against("--scenario", "mixed", "--rate", "30", "--seconds", "2", "--json");
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as LoadReport;
    const broken = report.phases.find(({ name }) => name === "2 % broken") as PhaseReport;
    expect(broken.rejected).toBeGreaterThan(0);
    expect(broken).toMatchObject({ misjudged: 0, failed: 0, lost: 0 });
    expect(report.checks.find(({ what }) => what.startsWith("good ones rejected"))).toMatchObject({ met: true });
  });

  it("counts the images of a batch by its answer, and one whose goal is missed ends with 1 when asked", async () => {
    const one = ["--seconds", "0.5", "--rounds", "1", "--batch-images", "3"];
    const { code, stdout } = await against("--scenario", "batch", ...one, "--json", "--check");
    expect(code).toBe(0);
    const batches = (JSON.parse(stdout) as LoadReport).phases.find(({ name }) => name === "batches 1") as PhaseReport;
    expect(batches.ok).toBe(batches.sent);
    const refused = ["--path", "/v1/programmes/none/cases", "--scenario", "single", "--rate", "5", "--seconds", "1"];
    expect((await against(...refused, "--check")).code).toBe(69);
    // One of two a second gives up before it is due to be answered, so not everything has a result.
    const { code: missed, stdout: shown } = await loadtest(
      ...["--url", server.url, "--image", images, "--scenario", "single", "--rate", "200", "--seconds", "1"],
      ...["--open-max", "1", "--check"],
    );
    expect(shown).toContain("MISSED");
    expect(missed).toBe(1);
  });

  it("says what is wrong with a command line, a file or a server", async () => {
    for (const [args, code, words] of [
      [["--rate", "1"], 64, "--image names an image"],
      [["--image", images], 64, "--rate says how many"],
      [["--image", images, "--rate", "x"], 64, "--rate must be a number"],
      [["--image", images, "--scenario", "none"], 64, "--scenario is one of"],
      [["--image", images, "--rate", "1", "--arrivals", "never"], 64, "--arrivals is one of"],
      [["--image", images, "--rate", "1", "--url", "ftp://a"], 64, "http or https"],
      [["--image", join(folder, "none"), "--rate", "1"], 65, "does not exist"],
      [["--compare", images], 64, "takes two files"],
      [["--compare", join(images, "0.jpg"), join(images, "1.jpg")], 65, "0.jpg"],
      [["--image", images, "--rate", "4", "--seconds", "1", "--url", "http://127.0.0.1:9"], 69, ""],
    ] as const) {
      const found = await loadtest(...args);
      expect(found.stderr).toContain(words);
      expect(found.code, args.join(" ")).toBe(code);
    }
  });
});
