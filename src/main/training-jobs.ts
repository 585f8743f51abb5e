import { mkdir, readdir, readFile } from "node:fs/promises";
import { constants } from "node:os";
import { basename, join, resolve } from "node:path";
import {
  type Origin,
  Problem,
  type TrainedFigure,
  type TrainingRecord,
  type TrainingRequest,
  type Trainings,
} from "../contracts/index.ts";
import { type Clock, type Config, type Log, newCaseId, systemClock } from "../platform/index.ts";
import { lockData } from "../store/index.ts";
import { DatasetError, type TrainingEvent, type TrainingJob, type TrainingResult } from "../training/index.ts";
import { planTraining, runTraining, TrainingStopped } from "./train.ts";
import { TrainingFiles } from "./training-files.ts";
import { finishTraining } from "./training-run.ts";

/** As of `fovea train`. */
const usual = { viewsPerImage: 24, folds: 5, trials: 1, seed: 7 } as const;
/** Progress is written down no more often. */
const writeEveryMs = 1000;

/** What a training is made of; in tests something quicker. */
export interface TrainingSteps {
  readonly train: (
    job: TrainingJob,
    emit: (event: TrainingEvent) => void,
    signal: AbortSignal,
  ) => Promise<TrainingResult>;
  /** Keeps the run and registers what came of it as a candidate. @returns the digest of the release */
  readonly finish: (job: TrainingJob, result: TrainingResult, actor: string) => Promise<string | undefined>;
}

/** One that runs in this process's care. */
interface Running {
  training: TrainingRecord;
  readonly stop: AbortController;
  ended: Promise<void>;
}

/**
 * Trainings for clients of a running server: one at a time in `DATA_DIR`, each in a process of its own at the lowest
 * priority, so that cases go before. A reader is not trained alone: a band is true only of the pair it was measured on,
 * so each training fits both readers and their band, and registers the three as a candidate. Nothing is promoted here.
 *
 * A record outlives the server; one whose process is gone says so.
 */
export class TrainingJobs implements Trainings {
  readonly #config: Config;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #steps: TrainingSteps;
  readonly #files: TrainingFiles;
  #running: Running | undefined;
  #closed = false;

  constructor(config: Config, log: Log, steps: TrainingSteps = stepsOf(config), clock: Clock = systemClock) {
    this.#config = config;
    this.#log = log;
    this.#clock = clock;
    this.#steps = steps;
    this.#files = new TrainingFiles(join(config.DATA_DIR, "trainings"));
  }

  /** Those that a server before this one left behind are told as what they are. */
  static async open(config: Config, log: Log): Promise<TrainingJobs> {
    const trainings = new TrainingJobs(config, log.child({ room: "training" }));
    await trainings.settle();
    return trainings;
  }

  async startTraining(request: TrainingRequest, { actor }: Origin) {
    const data = await findData(this.#config.TRAIN_DATA_DIR);
    if (this.#closed) throw new Problem("draining");
    if (this.#running !== undefined) return { started: false, training: this.#running.training };
    // Taken before anything else is awaited, so that two requests cannot both start one.
    const running: Running = {
      training: this.#newTraining(request),
      stop: new AbortController(),
      ended: Promise.resolve(),
    };
    this.#running = running;
    try {
      const unlock = await this.#lock();
      const other = unlock === undefined && (await this.#files.read()).find(isUnfinished);
      if (unlock === undefined) {
        this.#running = undefined;
        return { started: false, training: other || running.training };
      }
      await this.#files.keep(running.training);
      const { training } = running;
      running.ended = this.#run(running, request, data, actor)
        .then(unlock)
        .catch((error: unknown) => this.#log.error({ err: error }, "the trainings stay locked"))
        .finally(() => {
          this.#running = undefined;
        });
      return { started: true, training };
    } catch (error) {
      this.#running = undefined;
      throw error;
    }
  }

  async latestTrainings(programme: string): Promise<readonly TrainingRecord[]> {
    const found = (await this.settle()).filter((each) => each.programme === programme);
    const newest = found.filter(({ reader }, i) => found.findIndex((each) => each.reader === reader) === i);
    return newest.map((each) => this.#asOfNow(each));
  }

  async cancelTraining(): Promise<TrainingRecord | undefined> {
    const running = this.#running;
    running?.stop.abort("it was cancelled");
    return running && this.#asOfNow(running.training);
  }

  /** Says of trainings whose process is gone that they failed. @returns all records, newest first */
  async settle(): Promise<TrainingRecord[]> {
    const seen = await this.#files.read();
    if (this.#running !== undefined || !seen.some(isUnfinished)) return seen;
    const unlock = await this.#lock();
    // Another server on the same folder runs it.
    if (unlock === undefined) return seen;
    try {
      // Again, because one may have ended while its record was being read.
      const records = await this.#files.read();
      const lost = (each: TrainingRecord): boolean => isUnfinished(each) && this.#running?.training.id !== each.id;
      const settled = records.map((each) => (lost(each) ? interrupted(each) : each));
      for (const [i, each] of settled.entries()) if (each !== records[i]) await this.#files.keep(each);
      return settled;
    } finally {
      if (this.#running === undefined) await unlock();
    }
  }

  /** Ends the training that runs, and waits for its process, but no longer than this. */
  async close(waitMs: number): Promise<void> {
    this.#closed = true;
    const running = this.#running;
    if (running === undefined) return;
    running.stop.abort("the server was stopped");
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((done) => {
      timer = setTimeout(done, waitMs);
    });
    await Promise.race([running.ended, enough]);
    clearTimeout(timer);
  }

  #newTraining({ programme, reader }: TrainingRequest): TrainingRecord {
    const startedAt = this.#clock.timestamp();
    return { id: newCaseId(), programme, reader, state: "queued", startedAt, seconds: 0, message: "It starts." };
  }

  /** Undefined when another process has it. */
  async #lock(): Promise<(() => Promise<void>) | undefined> {
    await mkdir(this.#files.folder, { recursive: true, mode: 0o700 });
    return lockData(this.#files.folder).catch((error: unknown) => {
      if (error instanceof Error && error.name === "DataInUse") return undefined;
      throw error;
    });
  }

  /** Never fails: how it ended is in its record. */
  async #run(running: Running, request: TrainingRequest, data: string, actor: string): Promise<void> {
    const log = this.#log.child({ training: running.training.id });
    log.info({ programme: request.programme, reader: request.reader }, "a training starts");
    try {
      await this.#files.forgetOld();
      const end = await this.#train(running, request, data, actor);
      this.#note(running, { ...end, state: "done", message: "It is done; its packs are a candidate, not served." });
    } catch (error) {
      const why = running.stop.signal.aborted ? stoppedBecause(running.stop.signal) : reasonOf(error, data);
      this.#note(running, { state: running.stop.signal.aborted ? "cancelled" : "failed", message: why });
      if (!running.stop.signal.aborted && !(error instanceof DatasetError))
        log.error({ reason: withoutPaths(String(error), data) }, "a training failed");
    }
    const { progress: _, ...ended } = this.#timed(running.training);
    const last = { ...ended, finishedAt: this.#clock.timestamp() };
    await this.#files
      .keep(last)
      .catch((error: unknown) => log.error({ err: error }, "how a training ended could not be written down"));
    running.training = last;
    log.info({ state: ended.state, seconds: ended.seconds }, "a training ended");
  }

  async #train(running: Running, request: TrainingRequest, data: string, actor: string) {
    const { signal } = running.stop;
    const planned = await planTraining(this.#config, {
      programme: request.programme,
      data: [data],
      model: "both",
      viewsPerImage: request.viewsPerImage ?? usual.viewsPerImage,
      folds: request.folds ?? usual.folds,
      trials: request.trials ?? usual.trials,
      seed: usual.seed,
    });
    // Half of the threads: a low priority alone does not give the caches back.
    const job = { ...planned, threads: Math.max(1, Math.floor(planned.threads / 2)) };
    signal.throwIfAborted();
    let writtenAt = Number.NEGATIVE_INFINITY;
    const result = await this.#steps.train(
      job,
      (event) => {
        if (event.kind !== "progress") return;
        const { step: stage, done, of } = event;
        this.#note(running, { state: "running", progress: { stage, done, of }, message: "It runs." });
        if (this.#clock.now() - writtenAt < writeEveryMs) return;
        writtenAt = this.#clock.now();
        // The next one is written as well; the end is what must not be lost.
        this.#files.keep(this.#timed(running.training)).catch(() => undefined);
      },
      signal,
    );
    this.#note(running, { progress: { stage: "register", done: 0, of: 1 } });
    const release = await this.#steps.finish(job, result, actor);
    const measured = await readFigures(job.out, result.packs, request.reader);
    return { packs: result.packs, ...(release !== undefined && { release }), ...measured };
  }

  #note(running: Running, news: Partial<TrainingRecord>): void {
    running.training = { ...running.training, ...news };
  }

  /** Of the one that runs here the file lags behind. */
  #asOfNow(kept: TrainingRecord): TrainingRecord {
    const training = this.#running?.training;
    return training?.id === kept.id ? this.#timed(training) : kept;
  }

  /** A clock that was set back does not make it negative. */
  #timed(training: TrainingRecord): TrainingRecord {
    if (training.finishedAt !== undefined) return training;
    const seconds = (this.#clock.wallMs() - Date.parse(training.startedAt)) / 1000;
    return { ...training, seconds: Math.max(0, seconds) };
  }
}

function stepsOf(config: Config): TrainingSteps {
  return {
    train: (job, emit, signal) => runTraining(job, emit, signal, constants.priority.PRIORITY_LOW),
    finish: async (job, result, actor) => (await finishTraining(config, job, result, actor)).release,
  };
}

/**
 * A folder that is there, can be read and is not empty; whether it can teach anything, the training itself finds out.
 * @throws {Problem} training-data-missing
 */
async function findData(folder: string | undefined): Promise<string> {
  if (folder === undefined) throw new Problem("training-data-missing", { detail: "TRAIN_DATA_DIR is not set." });
  const names = await readdir(folder).catch(() => []);
  if (names.length === 0)
    throw new Problem("training-data-missing", { detail: "TRAIN_DATA_DIR names no folder that holds anything." });
  return resolve(folder);
}

const isUnfinished = ({ state }: TrainingRecord): boolean => state === "queued" || state === "running";

function interrupted({ progress: _, ...training }: TrainingRecord): TrainingRecord {
  return { ...training, state: "failed", message: "It was interrupted; a new one goes on from what is cached." };
}

const stoppedBecause = ({ reason }: AbortSignal): string =>
  `It ended early: ${String(reason)}; a new one goes on from what is cached.`;

function reasonOf(error: unknown, data: string): string {
  if (error instanceof DatasetError) return `The data cannot be learnt from: ${withoutPaths(error.message, data)}`;
  if (error instanceof TrainingStopped) return "The training's process was stopped.";
  return "The training failed; the server's log says more.";
}

/** File names of images may be names of people, and folders are nobody's business. */
const withoutPaths = (text: string, data: string): string =>
  text
    .split(data)
    .reduce((kept, rest) => `${kept}TRAIN_DATA_DIR${rest.replace(/^\/[^'"\n]*/, "")}`)
    .replaceAll(/(?<![\w.<])\/[\w.-]+\/[^\s'"]*/g, "<path>");

interface PackEvaluation {
  readonly measured: readonly [{ readonly what: string; readonly figures: Readonly<Record<string, TrainedFigure>> }];
}

async function readFigures(out: string, packs: readonly string[], reader: string) {
  const pack = packs.find((id) => basename(id).startsWith(`${reader}-`));
  if (pack === undefined) return {};
  const { measured } = JSON.parse(await readFile(join(out, pack, "evaluation.json"), "utf8")) as PackEvaluation;
  return { figures: measured[0].figures, measuredOn: measured[0].what };
}
