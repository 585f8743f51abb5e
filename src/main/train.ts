import { fork } from "node:child_process";
import { once } from "node:events";
import { setPriority } from "node:os";
import { join } from "node:path";
import type { ProgrammeManifest } from "../contracts/index.ts";
import { type Config, childEnvironment, systemClock, version } from "../platform/index.ts";
import { PackError, readEncoder, readProgrammes } from "../programmes/index.ts";
import {
  DatasetError,
  type TrainedModel,
  type TrainingEvent,
  type TrainingJob,
  type TrainingResult,
} from "../training/index.ts";
import { encoderPack } from "./models.ts";
import { trainedDir } from "./releases.ts";

export type ToTrainer = { readonly kind: "train"; readonly job: TrainingJob } | { readonly kind: "stop" };

export type FromTrainer =
  | { readonly kind: "event"; readonly event: TrainingEvent }
  | { readonly kind: "done"; readonly result: TrainingResult }
  | { readonly kind: "stopped" }
  /** `known`: the person can mend it. */
  | { readonly kind: "failed"; readonly known: boolean; readonly message: string };

/** What a person asks for. */
export interface TrainingWish {
  readonly programme: string;
  readonly data: readonly string[];
  readonly model: TrainedModel;
  readonly network?: string;
  /** Pack of the encoder, or its name in the catalogue; default: the one that comes with the program. */
  readonly encoder?: string;
  readonly out?: string;
  readonly viewsPerImage: number;
  readonly folds: number;
  readonly trials: number;
  readonly seed: number;
}

const ownEncoder = "encoders/efficientnet-lite0-int8";
/** How far views of each programme may differ from the picture: a foot's arch is an angle, an eye has none. */
const augmentations: Readonly<Record<string, TrainingJob["augmentation"]>> = {
  "hallux-valgus": { rotation: 6, areaMin: 0.85, aspect: 0.05, mirror: true },
  "chest-xray": { rotation: 8, areaMin: 0.85, aspect: 0.06, mirror: true },
};
const augmentation: TrainingJob["augmentation"] = { rotation: 20, areaMin: 0.72, aspect: 0.15, mirror: true };

/** The training was stopped by whoever asked for it; the next run goes on where this one was. */
export class TrainingStopped extends Error {
  override readonly name = "TrainingStopped";
}

/**
 * Turns a wish into a job.
 * @throws {DatasetError} when there is no such programme or encoder
 */
export async function planTraining(config: Config, wish: TrainingWish): Promise<TrainingJob> {
  const found = (await readProgrammes(config.MODELS_DIR)).programmes.get(wish.programme)?.manifest;
  if (found === undefined)
    throw new DatasetError(
      `there is no programme ${wish.programme}; describe it in ${config.MODELS_DIR}/${wish.programme}/programme.json`,
    );
  return {
    ...described(found),
    data: wish.data,
    model: wish.model,
    ...(wish.network !== undefined && { network: wish.network }),
    modelsDir: config.MODELS_DIR,
    moreDirs: [trainedDir(config)],
    encoder: wish.encoder === undefined ? ownEncoder : await findEncoder(config, wish.encoder),
    out: wish.out ?? join(config.DATA_DIR, "training", "models"),
    cache: join(config.DATA_DIR, "training", "cache"),
    augmentation: augmentations[wish.programme] ?? augmentation,
    viewsPerImage: wish.viewsPerImage,
    folds: wish.folds,
    trials: wish.trials,
    seed: wish.seed,
    threads: Math.max(1, config.WORKERS),
    codeVersion: version,
    createdAt: systemClock.timestamp().slice(0, 10),
  };
}

async function findEncoder(config: Config, name: string): Promise<string> {
  const id = name.includes("/") ? name : encoderPack(name);
  await readEncoder([config.MODELS_DIR, trainedDir(config)], id).catch((cause: unknown) => {
    throw cause instanceof PackError ? new DatasetError(`--encoder: ${cause.message}`) : cause;
  });
  return id;
}

const described = ({
  id,
  title,
  description,
  views,
  task,
  labels,
  positive,
  aliases,
  prepare,
  quality,
}: ProgrammeManifest) => ({
  programme: id,
  title,
  description,
  views,
  question: { task, labels, positive },
  aliases,
  prepare,
  quality,
});

/**
 * Runs a job in a process of its own.
 * @param priority of that process, as the operating system counts; default: ours
 * @throws {DatasetError | TrainingStopped}
 */
export async function runTraining(
  job: TrainingJob,
  emit: (event: TrainingEvent) => void,
  signal: AbortSignal,
  priority?: number,
): Promise<TrainingResult> {
  const child = fork(new URL("./trainer.js", import.meta.url), {
    env: childEnvironment({}),
    serialization: "advanced",
  });
  // At once: a thread has the priority that its process had when it began.
  if (priority !== undefined && child.pid !== undefined) setPriority(child.pid, priority);
  const stop = (): void => {
    if (child.connected) child.send({ kind: "stop" } satisfies ToTrainer);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await new Promise<TrainingResult>((resolve, reject) => {
      child.on("message", (message: FromTrainer) => {
        if (message.kind === "event") emit(message.event);
        else if (message.kind === "done") resolve(message.result);
        else if (message.kind === "stopped") reject(new TrainingStopped("stopped"));
        else reject(message.known ? new DatasetError(message.message) : new Error(message.message));
      });
      child.once("exit", (code, by) => reject(new Error(`the trainer ended with ${by ?? code}`)));
      child.once("error", reject);
      child.send({ kind: "train", job } satisfies ToTrainer);
    });
  } finally {
    signal.removeEventListener("abort", stop);
    // Whoever starts another one next must not have two of them.
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
}
