import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Config, systemClock } from "../platform/index.ts";
import { type MirroredRun, type MirrorResult, MlflowMirror } from "../registry/index.ts";
import type { TrainingJob, TrainingResult } from "../training/index.ts";
import { registerRelease } from "./model-releases.ts";
import { trainedDir } from "./releases.ts";

/** Runs are kept here whether anybody mirrors them or not. */
const runsDir = (config: Config): string => join(config.DATA_DIR, "training", "runs");

type KeptRun = Omit<MirroredRun, "artefacts"> & { readonly packs: readonly string[]; readonly out: string };

/** Writes down a finished training: its settings, figures and packs. */
async function keepRun(config: Config, job: TrainingJob, result: TrainingResult, endedMs: number): Promise<string> {
  const runId = `${job.programme}-${new Date(endedMs).toISOString().replaceAll(/[:.]/g, "-")}`;
  const run: KeptRun = {
    runId,
    experiment: `fovea/${job.programme}`,
    name: runId,
    startedMs: Math.round(endedMs - result.seconds * 1000),
    endedMs,
    params: {
      model: job.model,
      data: job.data.map((folder) => basename(folder)).join(","),
      encoder: job.encoder,
      prepare: job.prepare,
      viewsPerImage: String(job.viewsPerImage),
      folds: String(job.folds),
      trials: String(job.trials),
      seed: String(job.seed),
      codeVersion: job.codeVersion,
      images: String(result.images),
      groups: String(result.groups),
    },
    metrics: await figuresOf(job.out, result.packs),
    tags: { packs: result.packs.join(",") },
    packs: result.packs,
    out: job.out,
  };
  await mkdir(runsDir(config), { recursive: true });
  await writeFile(join(runsDir(config), `${runId}.json`), `${JSON.stringify(run, undefined, 2)}\n`);
  return runId;
}

/** Every figure of every pack, as `fast.auc` and its interval as `fast.auc.low`, `fast.auc.high`. */
async function figuresOf(out: string, packs: readonly string[]): Promise<MirroredRun["metrics"]> {
  const metrics: { key: string; value: number }[] = [];
  for (const pack of packs) {
    const { measured } = JSON.parse(await readFile(join(out, pack, "evaluation.json"), "utf8")) as {
      measured: { figures: Record<string, { value: number; interval: [number, number]; n: number }> }[];
    };
    const kind = basename(pack).replace(/-\d+$/, "");
    for (const [name, { value, interval, n }] of Object.entries(measured[0]?.figures ?? {})) {
      const key = `${kind}.${name.replaceAll(/[^A-Za-z0-9_./-]+/g, "_")}`;
      metrics.push(
        { key, value },
        { key: `${key}.low`, value: interval[0] },
        { key: `${key}.high`, value: interval[1] },
        { key: `${key}.n`, value: n },
      );
    }
  }
  return metrics;
}

/** Shows every kept run in the MLflow of MLFLOW_TRACKING_URI; posting one twice changes nothing. */
export async function* mirrorRuns(
  config: Config,
  only?: string,
): AsyncGenerator<{ readonly run: string; readonly result: MirrorResult }> {
  if (config.MLFLOW_TRACKING_URI === undefined) return;
  const mirror = new MlflowMirror(config.MLFLOW_TRACKING_URI);
  const names = (await readdir(runsDir(config)).catch(() => [])).filter((name) => name.endsWith(".json")).sort();
  for (const name of names) {
    if (only !== undefined && name !== `${only}.json`) continue;
    const { packs, out, ...run } = JSON.parse(await readFile(join(runsDir(config), name), "utf8")) as KeptRun;
    const artefacts: Record<string, Uint8Array> = {};
    for (const pack of packs)
      for (const file of ["CARD.md", "evaluation.json", "manifest.json"]) {
        const bytes = await readFile(join(out, pack, file)).catch(() => undefined);
        if (bytes !== undefined) artefacts[`${pack}/${file}`] = bytes;
      }
    yield { run: run.runId, result: await mirror.mirrorRun({ ...run, artefacts }) };
  }
}

export interface FinishedTraining {
  readonly run: string;
  /** Digest of the release that was registered as a candidate; absent when not all three packs were made. */
  readonly release?: string;
  readonly mirror?: MirrorResult;
}

/** Keeps the run, registers its packs as a candidate, and shows the run in MLflow where there is one. */
export async function finishTraining(
  config: Config,
  job: TrainingJob,
  result: TrainingResult,
  actor = "fovea train",
): Promise<FinishedTraining> {
  const run = await keepRun(config, job, result, systemClock.wallMs());
  const ids = Object.fromEntries(result.packs.map((id) => [basename(id).replace(/-\d+$/, ""), id]));
  const { fast, fine, cascade } = ids;
  let release: string | undefined;
  if (job.out === trainedDir(config) && fast !== undefined && fine !== undefined && cascade !== undefined) {
    const decision = { actor, reason: `trained by ${run}`, evidence: { run } };
    release = (await registerRelease(config, job.programme, { fast, fine, cascade }, decision)).digest;
  }
  let mirror: MirrorResult | undefined;
  for await (const mirrored of mirrorRuns(config, run)) mirror = mirrored.result;
  return { run, ...(release !== undefined && { release }), ...(mirror !== undefined && { mirror }) };
}
