import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { disclaimer } from "../../src/contracts/index.ts";
import { createAuditCoin } from "../../src/main/audit-coin.ts";
import type { DriftStreamReport } from "../../src/main/drift-stream-report.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { shared } from "../support/shared.ts";

const root = resolve(import.meta.dirname, "../..");
const program = resolve(root, "dist/cli/fovea.js");
const folder = shared("datasets", "cataract_eye");
const linkSecret = "the same for the server and for whoever tosses again";
const cases = 40;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const simulate = (...args: string[]): Promise<Ended> =>
  new Promise((ended) => {
    const given = ["drift", "simulate", "--programme", "cataract", "--data", folder as string, ...args];
    execFile(process.execPath, [program, ...given], { cwd: root }, (error, stdout, stderr) =>
      ended({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });

describe.skipIf(folder === undefined)("a stream of labelled images sent to a server", () => {
  let server: TestServer;
  const stream = (...args: string[]): Promise<Ended> => simulate("--url", server.url, ...args);

  beforeAll(async () => {
    server = await startServer({ WORKERS: "1", LINK_SECRET: linkSecret });
    await server.ready();
  });
  afterAll(() => server.stop());

  /** Cases that wait for a person: those left to one, and those that chance chose. */
  async function tasksOfChance(): Promise<number> {
    const coin = createAuditCoin({
      linkSecret,
      watched: { has: async () => true },
      catalog: { auditFactor: () => 1 },
    });
    let tasks = 0;
    for (const { id, decision } of await server.records()) {
      const { escalated, outcome, reason, gradability } = decision;
      const isWatched = reason !== "out-of-domain" && gradability !== "ungradable";
      const side = outcome === "positive" ? "fast-positive" : "fast-negative";
      const audit = isWatched ? await coin.toss(id, "cataract", escalated ? "band" : side) : undefined;
      if (outcome === "person" || audit?.human.chosen === true) tasks++;
    }
    return tasks;
  }

  it("is watched, labelled by what the folder says where chance asks, and reported", async () => {
    const { code, stdout, stderr } = await stream(
      ...["--cases", String(cases), "--change", "blur", "--at", "20", "--label", "--json"],
    );
    expect(stderr).toMatch(/sending/);
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as DriftStreamReport;
    expect(report).toMatchObject({ sent: cases, before: { cases: 20 }, after: { cases: 20 }, disclaimer });
    expect(report.simulation).toMatch(/No clinical evidence/);
    expect(report.wish).toMatchObject({ change: "blur", at: 20, seed: 1 });
    expect(report.checks.map(({ sent }) => sent)).toEqual([0, cases]);
    const records = await server.records();
    const strange = records.filter(
      ({ decision }) => decision.reason === "out-of-domain" || decision.gradability === "ungradable",
    );
    expect(report.watched).toBeGreaterThan(0);
    expect(report.watched).toBe(cases - strange.length);
    expect(report.labels.given).toBe(await tasksOfChance());
    // Each is a patient and a file of its own.
    expect(new Set(records.map(({ patientId }) => patientId)).size).toBe(cases);
    expect(new Set(records.map(({ image }) => image.sha256)).size).toBeGreaterThan(cases - 3);
  });

  it("is shown as a table without --json, and counts only what it sent itself", async () => {
    const { code, stdout } = await stream("--cases", "5", "--change", "prevalence", "--at", "2");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^5 cases sent from \d+ images, \d watched; prevalence from case 3 on$/m);
    expect(stdout).toMatch(/^labels given +0$/m);
    expect(stdout).toMatch(/^no alarm$/m);
    expect(stdout).toContain(disclaimer);
  });

  it.each([
    [64, ["--change", "rain"], /--change: one of none, blur/],
    [64, ["--cases", "0"], /--cases: a whole number from 1/],
    [64, ["--change", "dark", "--cases", "10", "--at", "10"], /nothing changes/],
    [65, ["--data", "nowhere"], /nowhere is not a folder/],
    [69, ["--programme", "no-such-one"], /no-such-one|programme/i],
  ] as const)("says with %i what is wrong with %j", async (status, args, words) => {
    const { code, stdout, stderr } = await stream(...args);
    expect(stderr).toMatch(words);
    expect(code).toBe(status);
    expect(stdout).toBe("");
  });
});
