import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { scoresOf } from "../ensemble/index.ts";
import type { TrainingEvent, TrainingJob } from "./job.ts";
import { learnTrees } from "./learn.ts";
import { jsonText, sha256 } from "./pack-folder.ts";
import type { Prepared } from "./prepare-data.ts";
import { targetsOf } from "./targets.ts";
import { treeCandidates } from "./tree-settings.ts";
import type { TreeSettings } from "./trees/settings.ts";

/** One setting on one rung of the search. */
export interface Trial {
  readonly settings: TreeSettings;
  /** Share of the full number of trees. */
  readonly share: number;
  /** Out-of-fold log loss, nats a score; for classes nats an image. */
  readonly loss: number;
  readonly seconds: number;
}

/** Rungs of successive halving: with so much of the trees, then the better half goes on. */
const shares = [0.1, 0.3];

/**
 * Successive halving over settings of the trees. Each trial is kept on disk, so a stopped search goes on.
 * @see Jamieson and Talwalkar 2016
 */
export async function chooseTrees(
  job: TrainingJob,
  images: readonly Prepared[],
  width: number,
  fold: readonly number[],
  { emit, signal }: { readonly emit: (event: TrainingEvent) => void; readonly signal: AbortSignal },
): Promise<{ readonly settings: TreeSettings; readonly trials: readonly Trial[] }> {
  const candidates = treeCandidates(job.question.task, scoresOf(job.question), job.seed).slice(
    0,
    Math.max(1, job.trials),
  );
  const trials: Trial[] = [];
  let left: readonly TreeSettings[] = candidates;
  const total = candidates.length + Math.ceil(candidates.length / 2);
  for (const share of shares) {
    if (left.length === 1) break;
    const rung: Trial[] = [];
    for (const settings of left) {
      signal.throwIfAborted();
      rung.push(await tried(job, images, width, fold, settings, share, signal));
      trials.push(rung.at(-1) as Trial);
      emit({ kind: "progress", step: "trials", done: Math.min(trials.length, total), of: total });
    }
    rung.sort((one, other) => one.loss - other.loss);
    left = rung.slice(0, Math.ceil(rung.length / 2)).map(({ settings }) => settings);
  }
  return { settings: left[0] as TreeSettings, trials };
}

async function tried(
  job: TrainingJob,
  images: readonly Prepared[],
  width: number,
  fold: readonly number[],
  settings: TreeSettings,
  share: number,
  signal: AbortSignal,
): Promise<Trial> {
  const name = sha256(
    JSON.stringify([
      settings,
      share,
      job.question,
      fold,
      job.viewsPerImage,
      job.augmentation,
      job.prepare,
      job.encoder,
      images.map((image) => image.sha256),
    ]),
  );
  const path = join(job.cache, "trials", `${name}.json`);
  const known = await readFile(path, "utf8").then(
    (text) => JSON.parse(text) as Trial,
    () => undefined,
  );
  if (known !== undefined) return known;
  const started = performance.now();
  // Fewer and larger steps: what a setting is worth shows long before the last tree.
  const short = {
    ...settings,
    trees: Math.max(10, Math.round(settings.trees * share)),
    rate: Math.min(0.5, settings.rate / share),
  };
  // One fold is left out: enough to rank settings, a fifth of the time.
  const learn = images.filter((_, i) => fold[i] !== 0);
  const held = images.filter((_, i) => fold[i] === 0);
  const { scorer } = await learnTrees(learn, width, job.question, short, { signal });
  const targets = targetsOf(
    held.map(({ labels }) => labels),
    job.question,
  );
  const scores = held.flatMap(({ embeddings }) => scorer(embeddings.subarray(0, width)));
  const outputs = scoresOf(job.question);
  const loss = job.question.task === "classes" ? softmaxLoss(scores, targets, outputs) : logisticLoss(scores, targets);
  const trial: Trial = { settings, share, loss, seconds: (performance.now() - started) / 1000 };
  await mkdir(join(job.cache, "trials"), { recursive: true });
  await writeFile(`${path}.${process.pid}`, jsonText(trial));
  await rename(`${path}.${process.pid}`, path);
  return trial;
}

function logisticLoss(scores: readonly number[], targets: Float32Array): number {
  const losses = scores.map((z, i) => Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - z * (targets[i] as number));
  return losses.reduce((sum, each) => sum + each, 0) / losses.length;
}

/** Scores of classes mean something only beside each other. */
function softmaxLoss(scores: readonly number[], targets: Float32Array, outputs: number): number {
  let sum = 0;
  for (let from = 0; from < scores.length; from += outputs) {
    const row = scores.slice(from, from + outputs);
    const top = Math.max(...row);
    const own = row.reduce((all, z, k) => all + z * (targets[from + k] as number), 0);
    sum += top + Math.log(row.reduce((all, z) => all + Math.exp(z - top), 0)) - own;
  }
  return (sum * outputs) / scores.length;
}
