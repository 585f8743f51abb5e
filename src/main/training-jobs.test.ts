import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Origin, TrainingRecord } from "../contracts/index.ts";
import { type Config, newCaseId, readConfig } from "../platform/index.ts";
import { DatasetError, type TrainingEvent, type TrainingJob, type TrainingResult } from "../training/index.ts";
import { TrainingJobs, type TrainingSteps } from "./training-jobs.ts";

const root = resolve(import.meta.dirname, "../..");
const origin: Origin = { actor: "key:abc", requestId: "r" };
const request = { programme: "cataract", reader: "fast" } as const;

let folder: string;
let data: string;
let config: Config;
let lines: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-trainings-"));
  data = join(folder, "eyes of people");
  await mkdir(join(data, "normal"), { recursive: true });
  lines = [];
  config = readConfig({ DATA_DIR: join(folder, "data"), TRAIN_DATA_DIR: data, MODELS_DIR: join(root, "models") });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A training in the hands of a test. */
interface Held {
  readonly job: TrainingJob;
  readonly emit: (event: TrainingEvent) => void;
  readonly signal: AbortSignal;
  end(result: TrainingResult | Error): void;
}

function hold(more: Partial<TrainingSteps> = {}) {
  const begun: Held[] = [];
  let came = () => {};
  const train: TrainingSteps["train"] = (job, emit, signal) =>
    new Promise((done, failed) => {
      const end = (result: TrainingResult | Error) => (result instanceof Error ? failed(result) : done(result));
      signal.addEventListener("abort", () => failed(new Error("stopped")));
      begun.push({ job, emit, signal, end });
      came();
    });
  const actors: string[] = [];
  const finish: TrainingSteps["finish"] = async (_job, _result, actor) => {
    actors.push(actor);
    return "d".repeat(64);
  };
  const log = pino({ level: "trace" }, { write: (line) => void lines.push(line) });
  const jobs = new TrainingJobs(config, log, { train, finish, ...more });
  const next = async (): Promise<Held> => {
    if (begun.length === 0)
      await new Promise<void>((resolved) => {
        came = resolved;
      });
    return begun.shift() as Held;
  };
  return { jobs, next, actors };
}

const result: TrainingResult = {
  packs: ["cataract/fast-9", "cataract/fine-9", "cataract/cascade-9"],
  images: 48,
  groups: 48,
  leaks: 0,
  seconds: 1,
};
const figure = { value: 0.9, interval: [0.8, 0.95], n: 48, method: "wilson" };

async function writePack(job: TrainingJob): Promise<void> {
  await mkdir(join(job.out, "cataract/fast-9"), { recursive: true });
  const measured = [{ what: "grouped cross-validation", figures: { accuracy: figure } }];
  await writeFile(join(job.out, "cataract/fast-9/evaluation.json"), JSON.stringify({ measured }));
}

const latest = async (jobs: TrainingJobs): Promise<TrainingRecord> =>
  (await jobs.latestTrainings("cataract"))[0] as TrainingRecord;

async function ended(jobs: TrainingJobs): Promise<TrainingRecord> {
  for (;;) {
    const record = await latest(jobs);
    if (record.finishedAt !== undefined) return record;
    await new Promise((turn) => setImmediate(turn));
  }
}

describe("a training that cannot start", () => {
  it.each([
    ["no setting", () => undefined],
    ["a folder that is not there", () => join(folder, "absent")],
    ["a file", () => join(folder, "data.csv")],
    ["an empty folder", () => join(data, "normal")],
  ])("for %s says that there is no data, and leaves no record", async (_what, place) => {
    await writeFile(join(folder, "data.csv"), "file,label\n");
    config = { ...config, TRAIN_DATA_DIR: place() };
    const { jobs } = hold();
    await expect(jobs.startTraining(request, origin)).rejects.toMatchObject({ code: "training-data-missing" });
    expect(await jobs.latestTrainings("cataract")).toEqual([]);
  });

  it("says that the server shuts down", async () => {
    const { jobs } = hold();
    await jobs.close(10);
    await expect(jobs.startTraining(request, origin)).rejects.toMatchObject({ code: "draining" });
  });
});

describe("a training", () => {
  it("is told from its start to its end, and the figures of its reader with n and interval", async () => {
    const { jobs, next, actors } = hold();
    const { started, training } = await jobs.startTraining({ ...request, viewsPerImage: 3, folds: 2 }, origin);
    expect([started, training.state]).toEqual([true, "queued"]);
    const held = await next();
    expect(held.job).toMatchObject({ model: "both", viewsPerImage: 3, folds: 2, trials: 1, data: [data] });
    held.emit({ kind: "note", text: `${data}: 48 images` });
    held.emit({ kind: "progress", step: "embed", done: 3, of: 48 });
    expect(await latest(jobs)).toMatchObject({
      id: training.id,
      state: "running",
      progress: { stage: "embed", done: 3, of: 48 },
    });
    await writePack(held.job);
    held.end(result);
    const record = await ended(jobs);
    expect(record).toMatchObject({
      state: "done",
      figures: { accuracy: figure },
      measuredOn: "grouped cross-validation",
      packs: result.packs,
      release: "d".repeat(64),
    });
    expect(record).not.toHaveProperty("progress");
    expect(actors).toEqual(["key:abc"]);
    expect(await latest(hold().jobs)).toEqual(record);
    expect(await readdir(join(config.DATA_DIR, "trainings"))).toEqual([`${record.id}.json`]);
  });

  it("is never one of two, also of those that are asked for at once", async () => {
    const { jobs, next } = hold();
    const both = await Promise.all([
      jobs.startTraining(request, origin),
      jobs.startTraining({ ...request, reader: "fine" }, origin),
    ]);
    expect(both.map(({ started }) => started).sort()).toEqual([false, true]);
    expect(new Set(both.map(({ training }) => training.id)).size).toBe(1);
    const held = await next();
    held.end(new DatasetError("normal: 3 images to learn from; at least 8 are needed"));
    await ended(jobs);
    // Which of two that are asked for at once is first is not promised; the records are of the latest for each reader.
    const first = (await latest(jobs)).reader;
    const second = first === "fast" ? "fine" : "fast";
    while (!(await jobs.startTraining({ ...request, reader: second }, origin)).started);
    await next();
    expect((await jobs.latestTrainings("cataract")).map(({ reader }) => reader)).toEqual([second, first]);
    await jobs.close(1000);
  });

  it("that fails over its data says why, without a path or a file's name", async () => {
    const { jobs, next } = hold();
    await jobs.startTraining(request, origin);
    const held = await next();
    held.end(new DatasetError(`no image of ${data} has a label of this programme (normal, cataract)`));
    const { state, message } = await ended(jobs);
    expect(state).toBe("failed");
    expect(message).toMatch(/no image of TRAIN_DATA_DIR has a label of this programme \(normal, cataract\)/);
  });

  it("that fails otherwise tells the client nothing, and the log no name of a file", async () => {
    const { jobs, next } = hold();
    await jobs.startTraining(request, origin);
    (await next()).end(new Error(`ENOENT: no such file, open '${data}/normal/Jane Doe.jpg' in /opt/secret/place.js`));
    expect(await ended(jobs)).toMatchObject({ state: "failed", message: expect.stringMatching(/the server's log/) });
    expect(lines.join("")).toMatch(/ENOENT: no such file, open 'TRAIN_DATA_DIR' in <path>/);
    expect(lines.join("")).not.toMatch(/Jane|eyes of people|secret/);
  });

  it("that is cancelled ends as cancelled, and the next one starts", async () => {
    const { jobs, next } = hold();
    expect(await jobs.cancelTraining()).toBeUndefined();
    const { training } = await jobs.startTraining(request, origin);
    await next();
    expect((await jobs.cancelTraining())?.id).toBe(training.id);
    expect(await ended(jobs)).toMatchObject({ state: "cancelled", message: expect.stringMatching(/goes on from/) });
  });

  it("ends with the server, and a server that was killed left one that failed", async () => {
    const { jobs, next } = hold();
    await jobs.startTraining(request, origin);
    await next();
    await jobs.close(5000);
    expect(await latest(jobs)).toMatchObject({
      state: "cancelled",
      message: expect.stringMatching(/server was stopped/),
    });

    const id = newCaseId();
    const left = {
      ...(await latest(jobs)),
      id,
      state: "running",
      seconds: 3,
      progress: { stage: "x", done: 1, of: 2 },
    };
    const { finishedAt: _, ...killed } = left;
    await writeFile(join(config.DATA_DIR, "trainings", `${id}.json`), JSON.stringify(killed));
    const record = await latest(hold().jobs);
    expect(record).toMatchObject({ id, state: "failed", seconds: 3, message: expect.stringMatching(/interrupted/) });
    expect(record).not.toHaveProperty("progress");
    expect(JSON.parse(await readFile(join(config.DATA_DIR, "trainings", `${id}.json`), "utf8"))).toEqual(record);
  });

  it("of another server on the same folder is left alone, and no second one is started beside it", async () => {
    const trainings = join(config.DATA_DIR, "trainings");
    await mkdir(trainings, { recursive: true });
    // The process that runs these tests' parent is alive, and is not this one.
    await writeFile(join(trainings, "in-use.json"), JSON.stringify({ pid: process.ppid, began: "" }));
    const id = newCaseId();
    const theirs = { id, ...request, state: "running", startedAt: "2026-01-01T00:00:00.000Z", seconds: 9, message: "" };
    await writeFile(join(trainings, `${id}.json`), JSON.stringify(theirs));
    const { jobs } = hold();
    expect(await latest(jobs)).toEqual(theirs);
    expect(await jobs.startTraining(request, origin)).toEqual({ started: false, training: theirs });
  });

  it("is forgotten when many came after it", async () => {
    const { jobs, next } = hold();
    const trainings = join(config.DATA_DIR, "trainings");
    await mkdir(trainings, { recursive: true });
    for (let i = 0; i < 60; i++) await writeFile(join(trainings, `${newCaseId()}.json`), "{}");
    await jobs.startTraining(request, origin);
    (await next()).end(new DatasetError("x"));
    await ended(jobs);
    expect((await readdir(trainings)).filter((name) => /^[0-9a-f-]{36}\.json$/.test(name))).toHaveLength(50);
  });
});
