import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MirroredRun, MlflowMirror } from "../../src/registry/index.ts";

const root = resolve(import.meta.dirname, "../..");
// With CI=true a skipped test is a failure, so a run there starts a server or fails.
const installed = existsSync(join(root, ".venv-mlflow/bin/python")) || process.env["CI"] === "true";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const run: MirroredRun = {
  runId: "run 'one' of 2026",
  experiment: "fovea/cataract",
  name: "cataract, seed 7",
  startedMs: 1_790_000_000_000,
  endedMs: 1_790_000_060_000,
  params: Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`param-${i}`, `value ${i}`])),
  metrics: [
    ...Array.from({ length: 2500 }, (_, step) => ({ key: "loss", value: 1 / (step + 1), step })),
    { key: "auc", value: 0.97 },
    { key: "undefined", value: Number.NaN },
  ],
  tags: Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`tag-${i}`, "x"])),
  artefacts: {
    "card/CARD ü.md": Buffer.from("# A card\n"),
    "evaluation.json": Buffer.from("{}"),
  },
  model: { name: "cataract", alias: "active", digest: "a".repeat(64) },
};

describe("a mirror without a server", () => {
  it("says that nobody is there", async () => {
    const mirror = new MlflowMirror(`http://127.0.0.1:${await freePort()}`);
    expect(await mirror.mirrorRun(run)).toMatchObject({ ok: false, code: "UNREACHABLE" });
    expect(await new MlflowMirror("not a URL").mirrorRun(run)).toMatchObject({ ok: false, code: "UNREACHABLE" });
  });

  it.each<[string, string | undefined, string]>([
    ["never answers", undefined, "TIMED_OUT"],
    ["is something else", "<html>hello</html>", "HTTP_200"],
    ["answers without end", "x".repeat(5_000_000), "REPLY_TOO_LARGE"],
    ["answers with other fields", "{}", "UNREACHABLE"],
  ])("gives up in time on one that %s", async (_name, body, code) => {
    const server = createServer((_request, response) => {
      if (body !== undefined) response.end(body);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const mirror = new MlflowMirror(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { timeoutMs: 500 });
    const startedAt = performance.now();
    expect(await mirror.mirrorRun(run)).toMatchObject({ ok: false, code });
    expect(performance.now() - startedAt).toBeLessThan(3000);
    server.closeAllConnections();
    server.close();
  });
});

describe.skipIf(!installed)("a mirror in MLflow (bash scripts/mlflow-server.sh install; absent: skipped)", () => {
  let folder: string;
  let server: ChildProcess;
  let url: string;
  const output: string[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-mlflow-"));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const script = join(root, "scripts/mlflow-server.sh");
    // A group of its own: the server starts workers.
    server = spawn("bash", [script, "serve", String(port), folder], {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [server.stdout, server.stderr]) stream?.on("data", (text) => output.push(String(text)));
    for (;;) {
      if (server.exitCode !== null) throw new Error(`MLflow ended with ${server.exitCode}:\n${output.join("")}`);
      if (
        await fetch(`${url}/health`).then(
          (answer) => answer.ok,
          () => false,
        )
      )
        return;
      await pause(200);
    }
  });
  afterAll(async () => {
    if (server?.pid !== undefined && server.exitCode === null) {
      process.kill(-server.pid, "SIGTERM");
      await Promise.race([once(server, "exit"), pause(10_000)]);
      if (server.exitCode === null && server.signalCode === null) process.kill(-server.pid, "SIGKILL");
    }
    await rm(folder, { recursive: true, force: true });
  });

  const ask = async (path: string): Promise<Record<string, never>> =>
    (await (await fetch(`${url}/api/2.0/mlflow/${path}`)).json()) as Record<string, never>;
  interface Run {
    readonly info: { readonly status: string; readonly end_time: number };
    readonly data: Record<"params" | "metrics" | "tags", { readonly key: string; readonly value: unknown }[]>;
  }
  const runOf = async (id: string): Promise<Run> => (await ask(`runs/get?run_id=${id}`))["run"] as unknown as Run;

  it("returns what the server refuses, and completes the same run later", async () => {
    const tooLong = { ...run, runId: "half", params: { ...run.params, ["k".repeat(300)]: "v" } };
    const refused = await new MlflowMirror(url).mirrorRun(tooLong);
    expect(refused).toMatchObject({ ok: false, code: "INVALID_PARAMETER_VALUE" });
    const mended = await new MlflowMirror(url).mirrorRun({ ...run, runId: "half" });
    expect(mended).toMatchObject({ ok: true, created: false });
  });

  it("shows everything of a run, in as many requests as MLflow's limits need", async () => {
    const result = await new MlflowMirror(url).mirrorRun(run);
    expect(result).toMatchObject({ ok: true, created: true });
    const id = result.ok ? result.mlflowRunId : "";
    const { info, data } = await runOf(id);
    expect(info).toMatchObject({ status: "FINISHED", end_time: run.endedMs });
    expect(data.params.length).toBe(250);
    expect(data.tags.filter(({ key }) => key.startsWith("tag-")).length).toBe(120);
    expect(data.metrics.map(({ key }) => key).sort()).toEqual(["auc", "loss", "undefined"]);
    const history = await ask(`metrics/get-history?run_id=${id}&metric_key=loss&max_results=5000`);
    expect((history["metrics"] as unknown as unknown[]).length).toBe(2500);
    const card = await fetch(`${url}/get-artifact?run_uuid=${id}&path=${encodeURIComponent("card/CARD ü.md")}`);
    expect(await card.text()).toBe("# A card\n");
  });

  it("changes nothing when the same run comes again", async () => {
    const mirror = new MlflowMirror(url);
    const [first, second] = [await mirror.mirrorRun(run), await mirror.mirrorRun(run)];
    expect(second).toEqual({ ...first, created: false });
    const id = second.ok ? second.mlflowRunId : "";
    const history = await ask(`metrics/get-history?run_id=${id}&metric_key=loss&max_results=5000`);
    expect((history["metrics"] as unknown as unknown[]).length).toBe(2500);
  });

  it("moves the alias to the version of a later run", async () => {
    const mirror = new MlflowMirror(url);
    const before = await mirror.mirrorRun(run);
    const later = await mirror.mirrorRun({ ...run, runId: "a later run", metrics: [], params: {} });
    const version = later.ok ? later.version : undefined;
    expect(version).not.toBe(before.ok ? before.version : undefined);
    const found = (await ask("registered-models/alias?name=cataract&alias=active"))["model_version"];
    expect(found).toMatchObject({ version, tags: [{ key: "fovea.digest", value: "a".repeat(64) }] });
  });
});
