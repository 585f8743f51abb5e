import { execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Registry } from "../../src/registry/index.ts";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer, until } from "../support/server.ts";
import { shared } from "../support/shared.ts";

const source = shared("datasets", "cataract_eye");
const perLabel = 10;
const small = "?views=2&folds=2";
const lowest = "19";

interface Training {
  readonly status: string;
  readonly training_id: string;
  readonly training_time: number;
  readonly progress: { readonly stage: string } | null;
  readonly metrics: Record<string, { value: number; interval: [number, number]; n: number }> | null;
  readonly release: string | null;
  readonly message: string;
}

let folder: string;
let data: string;
let server: TestServer;
const start = (more: Record<string, string> = {}) =>
  startServer({ TRAIN_DATA_DIR: data, WORKERS: "2", ...more }, join(folder, "data"));
const post = async (path: string) => {
  const response = await fetch(`${server.url}${path}`, { method: "POST" });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const status = async (): Promise<Record<string, Training>> =>
  (await (await fetch(`${server.url}/training_status`)).json()) as Record<string, Training>;
const lgbm = async (): Promise<Training> => (await status())["lgbm_training"] as Training;

/** Children of the server whose program is the trainer. */
function trainers(): string[] {
  const children = execFileSync("pgrep", ["-P", String(server.process.pid)], { encoding: "utf8" })
    .trim()
    .split("\n");
  return children.filter((pid) =>
    execFileSync("ps", ["-o", "args=", "-p", pid], { encoding: "utf8" }).includes("trainer"),
  );
}
const nicenessOf = (pid: string): string[] =>
  execFileSync("ps", ["-L", "-o", "ni=", "-p", pid], { encoding: "utf8" }).trim().split(/\s+/);

async function layData(from: string): Promise<void> {
  const rows = parse(await readFile(join(from, "manifest.csv")), { columns: true }) as Record<string, string>[];
  const chosen = ["normal", "cataract"].flatMap((label) =>
    rows.filter((row) => row["label"] === label && row["split"] === "train").slice(0, perLabel),
  );
  for (const { file = "" } of chosen) {
    await mkdir(dirname(join(data, file)), { recursive: true });
    await copyFile(join(from, file), join(data, file));
  }
  const lines = chosen.map(({ file, label, group }) => `${file},${label},train,${group}`);
  await writeFile(join(data, "manifest.csv"), `file,label,split,group\n${lines.join("\n")}\n`);
}

describe.skipIf(source === undefined)("training over HTTP", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-train-endpoints-"));
    data = join(folder, "eyes");
    await mkdir(data);
    server = await start();
    await server.ready();
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("is refused while there is no data, and leaves no history", async () => {
    expect(await post("/train_clip")).toMatchObject({ status: 400, body: { detail: "Training data not found" } });
    expect(await status()).toEqual({ status: "no_training_history" });
    await layData(source as string);
  });

  it("ends when it is asked to, and starts again", async () => {
    expect(await post(`/train_lgbm${small}`)).toMatchObject({ status: 200, body: { status: "started" } });
    await until(() => trainers().length === 1, 20_000, "the trainer to begin");
    expect(await post("/p/cataract/train_cancel")).toMatchObject({ body: { status: "cancelling" } });
    await until(async () => (await lgbm()).status === "cancelled", 30_000, "the training to end");
    expect(trainers()).toEqual([]);
  });

  it("runs beside cases at the lowest priority, one at a time, to a candidate with measured figures", async () => {
    const { body } = await post(`/train_lgbm${small}`);
    expect(body).toMatchObject({ status: "started", model: "lgbm", training_time: 0, metrics: null });
    const eye = await drawEye(3);
    const stages = new Set<string>();
    let answered = 0;
    let second: unknown;
    for (;;) {
      const now = await lgbm();
      if (now.progress !== null) stages.add(now.progress.stage);
      if (now.status !== "queued" && now.status !== "running") break;
      expect(now).toMatchObject({ training_id: body["training_id"], metrics: null, release: null });
      if (second === undefined && now.status === "running") {
        second = (await post(`/train_clip${small}`)).body["status"];
        const [trainer, ...more] = trainers();
        expect(more).toEqual([]);
        if (trainer !== undefined) expect(new Set(nicenessOf(trainer))).toEqual(new Set([lowest]));
      }
      const form = new FormData();
      form.append("image", new Blob([new Uint8Array(eye)]), "eye.jpg");
      const read = await fetch(`${server.url}/predict_ensemble`, { method: "POST", body: form });
      expect(read.status).toBe(200);
      answered++;
    }
    expect(second).toBe("already_running");
    expect(answered).toBeGreaterThan(0);
    expect(stages).toContain("embed");
    const done = await lgbm();
    expect(done.status, done.message).toBe("completed");
    expect(done.training_time).toBeGreaterThan(0);
    const accuracy = done.metrics?.["accuracy"];
    expect(accuracy?.n).toBe(2 * perLabel);
    expect(accuracy?.interval[0]).toBeLessThanOrEqual(accuracy?.value as number);
    const [release, ...others] = await new Registry(join(server.dataDir, "registry/events.jsonl")).list("cataract");
    expect(others).toEqual([]);
    expect(release).toMatchObject({ state: "candidate", digest: done.release });
    const events = await readFile(join(server.dataDir, "registry/events.jsonl"), "utf8");
    expect(events).toContain('"actor":"loopback"');
    expect(JSON.stringify(server.log)).not.toContain(data);
    expect(JSON.stringify(await status())).not.toContain(folder);
  });

  it("goes down with its server, and after a kill says that it was interrupted", async () => {
    await rm(join(server.dataDir, "training/cache"), { recursive: true, force: true });
    await post("/train_clip?views=24");
    await until(() => trainers().length === 1, 20_000, "the trainer to begin");
    const [trainer] = trainers() as [string];
    expect(await server.stop()).toBe(0);
    expect(() => process.kill(Number(trainer), 0)).toThrow();
    server = await start();
    await server.ready();
    expect((await status())["clip_training"]).toMatchObject({ status: "cancelled" });

    await post("/train_clip?views=24");
    const running = async () => (await status())["clip_training"]?.status === "running";
    await until(async () => trainers().length === 1 && (await running()), 20_000, "the trainer to begin");
    const [orphan] = trainers() as [string];
    server.process.kill("SIGKILL");
    await until(() => gone(orphan), 30_000, "the trainer to notice that its server is gone");
    server = await start();
    await server.ready();
    expect((await status())["clip_training"]).toMatchObject({
      status: "failed",
      message: expect.stringMatching(/interrupted/),
      metrics: null,
    });
    expect(await readdir(join(server.dataDir, "trainings"))).not.toContain("in-use.json");
  });
});

function gone(pid: string): boolean {
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch {
    return true;
  }
}
