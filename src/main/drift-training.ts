import { mkdir, rm, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { join, resolve } from "node:path";
import type { CaseAudit, CaseRecord, LabelledCase, Labels, ObjectStore } from "../contracts/index.ts";
import { type ActionOutcome, humanWeight, labelSplit } from "../drift/index.ts";
import type { Config, Log } from "../platform/index.ts";
import { groupOf } from "../screening/index.ts";
import { lockData } from "../store/index.ts";
import { DatasetError, type TrainingJob, type TrainingResult } from "../training/index.ts";
import { type DriftReleases, driftActor } from "./drift-releases.ts";
import { planTraining, runTraining } from "./train.ts";
import { finishTraining } from "./training-run.ts";

/** As of `fovea train`. */
const usual = { viewsPerImage: 24, folds: 5, trials: 1, seed: 7 } as const;
const pageMax = 200;
/** Labelled cases that one training learns from, newest first. */
const casesMax = 20_000;
const endings = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "image/tiff": "tiff",
  "image/bmp": "bmp",
};

export interface DriftTrainingDeps {
  readonly config: Config;
  readonly labels: Pick<Labels, "labelledCases">;
  readonly objects: Pick<ObjectStore, "getObject">;
  readonly releases: Pick<DriftReleases, "registeredBy">;
  readonly log: Log;
  /** In tests something quicker. */
  readonly steps?: {
    readonly train: (job: TrainingJob, signal: AbortSignal) => Promise<TrainingResult>;
    readonly finish: (job: TrainingJob, result: TrainingResult, actor: string) => Promise<string | undefined>;
  };
}

export interface LabelledOne {
  readonly record: CaseRecord;
  readonly labelled: LabelledCase;
  readonly audit?: CaseAudit;
}

/** Where a group's labels go, for ever: to learn from, to calibrate, or to judge candidates. */
export const splitOf = (programme: string, record: LabelledOne["record"]): ReturnType<typeof labelSplit> =>
  labelSplit(groupOf(record), `fovea/${programme}`);

/** Pages through all labelled cases, newest first. */
export async function* allLabelled(
  labels: Pick<Labels, "labelledCases">,
  programme: string,
): AsyncGenerator<LabelledOne> {
  let before: string | undefined;
  for (let seen = 0; seen < casesMax; seen += pageMax) {
    const page = await labels.labelledCases(programme, { limit: pageMax, ...(before !== undefined && { before }) });
    yield* page;
    before = page.at(-1)?.record.id;
    if (page.length < pageMax) return;
  }
}

/**
 * Trains both readers and their band on the images of TRAIN_DATA_DIR and on the cases that people have labelled, whose
 * subjects agreed, and registers what comes of it. A training that was done under this action is found, not repeated.
 *
 * @throws when another training runs, or this one was stopped: it is tried again
 */
export async function trainFor(
  { config, labels, objects, releases, log, steps = stepsOf(config) }: DriftTrainingDeps,
  { id, incident }: { readonly id: string; readonly incident: string },
  programme: string,
  signal: AbortSignal,
): Promise<ActionOutcome> {
  const actor = `${driftActor}: ${id}`;
  const known = await releases.registeredBy(actor);
  if (known !== undefined) return { kind: "trained", candidate: known, evidence: { action: id } };
  const unlock = await lockTrainings(config);
  const folder = join(config.DATA_DIR, "training", "incidents", incident);
  try {
    const laid = await layDown(folder, { labels, objects }, programme);
    log.info({ incident, ...laid }, "a training for an incident starts");
    const data = [...(config.TRAIN_DATA_DIR === undefined ? [] : [resolve(config.TRAIN_DATA_DIR)]), folder];
    const job = await planTraining(config, { programme, data, model: "both", ...usual });
    const result = await steps.train(job, signal);
    signal.throwIfAborted();
    const candidate = await steps.finish(job, result, actor);
    if (candidate === undefined) return { kind: "not-trained", why: "not all three packs were made" };
    return { kind: "trained", candidate, evidence: { ...laid, images: result.images, seconds: result.seconds } };
  } catch (error) {
    // What is wrong with the data is wrong the next time too.
    if (error instanceof DatasetError) return { kind: "not-trained", why: error.message.slice(0, 300) };
    throw error;
  } finally {
    // Images of people do not stay longer than they are needed.
    await rm(folder, { recursive: true, force: true });
    await unlock();
  }
}

/** One training at a time in a folder, whoever started it. */
async function lockTrainings(config: Config): Promise<() => Promise<void>> {
  const folder = join(config.DATA_DIR, "trainings");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return lockData(folder);
}

/** Writes labelled images as a data set with manifest.csv. @returns how many of which kind */
export async function layDown(
  folder: string,
  { labels, objects }: Pick<DriftTrainingDeps, "labels" | "objects">,
  programme: string,
): Promise<{ readonly labelled: number; readonly withoutConsent: number; readonly keptApart: number }> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, "images"), { recursive: true, mode: 0o700 });
  const rows: string[] = [];
  let [withoutConsent, keptApart] = [0, 0];
  for await (const { record, labelled, audit } of allLabelled(labels, programme)) {
    const { truth, conflict } = labelled;
    if (truth === undefined || truth === "ungradable" || conflict) continue;
    const split = splitOf(programme, record);
    if (record.trainingConsent !== true) withoutConsent++;
    else if (split === "fresh-holdout") keptApart++;
    else {
      const bytes = await objects.getObject(record.image.sha256);
      if (bytes === undefined) continue;
      const name = `images/${record.image.sha256}.${endings[record.image.mediaType]}`;
      await writeFile(join(folder, name), bytes, { mode: 0o600 });
      const weight = audit?.human.chosen === true ? humanWeight(audit.human.probability) : 1;
      rows.push([name, truth, split === "calibrate" ? "val" : "train", groupOf(record), weight].join(","));
    }
  }
  await writeFile(join(folder, "manifest.csv"), `file,label,split,group,weight\n${rows.join("\n")}\n`, { mode: 0o600 });
  return { labelled: rows.length, withoutConsent, keptApart };
}

const stepsOf = (config: Config): NonNullable<DriftTrainingDeps["steps"]> => ({
  train: (job, signal) => runTraining(job, () => undefined, signal, constants.priority.PRIORITY_LOW),
  finish: async (job, result, actor) => (await finishTraining(config, job, result, actor)).release,
});
