import { embeddingOf, type Network } from "../contracts/pack.ts";
import { readEncoder } from "../programmes/index.ts";
import type { Measurement } from "./card.ts";
import { calibrateReader, combineReaders, type JudgedBy, judge, type Scored } from "./combine-readers.ts";
import { dealFolds } from "./dataset/groups.ts";
import { learnDomain } from "./domain.ts";
import { assertHasHead, fineNetwork } from "./fine-network.ts";
import type { TrainingEvent, TrainingJob, TrainingResult } from "./job.ts";
import { learnTrees, outOfFold } from "./learn.ts";
import { type Figures, type Judged, measure, measureRoutes } from "./measure.ts";
import { learnReference } from "./picture-reference.ts";
import { type Prepared, type PreparedData, prepareData } from "./prepare-data.ts";
import { isPositive } from "./targets.ts";
import { chooseTrees } from "./tree-search.ts";
import { digestOfImages, type Made, writePacks, writeProgramme } from "./write-packs.ts";

const path = "fovea train";

export interface TrainingTools {
  /** The file of the embedding worker thread. */
  readonly embedWorker: URL;
  readonly emit: (event: TrainingEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * One job from folders of images to packs: data, groups, embeddings, both readers by cross-validation and then on all
 * images, calibration, band, figures, packs. What was computed before is found again, so a run that was stopped goes
 * on where it was.
 *
 * @throws {DatasetError} when the data cannot teach what is asked
 * @throws the signal's reason once it is aborted
 */
export async function trainProgramme(job: TrainingJob, tools: TrainingTools): Promise<TrainingResult> {
  const started = performance.now();
  const { emit, signal } = tools;
  const { question } = job;
  const encoder = await readEncoder([job.modelsDir, ...job.moreDirs], job.encoder);
  await assertHasHead(job, encoder);
  const input: Network["input"] = { ...encoder.network.input, prepare: job.prepare };
  const { width } = embeddingOf(encoder.network);
  const prepared = { network: { ...encoder.network, input }, file: encoder.file };
  const data = await prepareData(job, prepared, tools.embedWorker, emit, signal);
  const images = data.learning;
  const fold = dealFolds(
    images.map(({ group }) => group),
    images.map(({ labels }) => labels),
    job.folds,
    job.seed,
  );

  const fast = await fastReader(job, images, width, fold, tools);
  const fine = await fineNetwork(job, images, width, fold, encoder.file, tools);
  signal.throwIfAborted();

  const scored = images.map(
    (image, i): Scored => ({
      id: image.sha256,
      group: image.group,
      split: image.split,
      labels: image.labels,
      fold: fold[i] as number,
      fast: fast.scores[i] as number[],
      fine: fine.scores[i] as number[],
    }),
  );
  const calibrations = {
    fast: calibrateReader(scored, "fast", question),
    fine: calibrateReader(scored, "fine", question),
  };
  const band = combineReaders(scored, calibrations, question);
  const rows = new Float32Array(images.length * width);
  for (const [i, image] of images.entries()) rows.set(image.embeddings.subarray(0, width), i * width);
  const domain = learnDomain(
    rows,
    width,
    images.map(({ group }) => group),
    job.seed,
  );

  const packs = await writePacks(job, {
    data,
    encoder,
    settings: fast.settings,
    trials: fast.trials,
    trees: fast.trees,
    fine,
    calibrations,
    band,
    domain,
    reference: referenceOf(job, images, width, emit),
    measured: measurements(job, data, judge(scored, calibrations, band, question)),
    scored,
  });
  await writeProgramme(job, packs);
  return {
    packs,
    images: images.length,
    groups: new Set(images.map(({ group }) => group)).size,
    leaks: data.leaks,
    seconds: (performance.now() - started) / 1000,
  };
}

function referenceOf(job: TrainingJob, images: readonly Prepared[], width: number, emit: TrainingTools["emit"]) {
  const reference = learnReference(images, width, job.quality);
  if (reference === undefined)
    emit({ kind: "note", text: "too few groups for a reference of pictures: the drift monitor watches scores only" });
  return reference;
}

/** Boosted trees on all images, and the scores that their like gave to images they had not seen. */
async function fastReader(
  job: TrainingJob,
  images: readonly Prepared[],
  width: number,
  fold: readonly number[],
  tools: TrainingTools,
) {
  const { emit, signal } = tools;
  const { settings, trials } = await chooseTrees(job, images, width, fold, tools);
  const steps = { step: "fast reader", of: job.folds + 1 };
  const watchFrom = (before: number) => ({
    signal,
    onProgress: (done: number, of: number) => emit({ kind: "progress", ...steps, done: before + done / of }),
  });
  const scores = await outOfFold(images, width, fold, async (some, left) => {
    const { scorer } = await learnTrees(some, width, job.question, settings, watchFrom(left));
    return scorer;
  });
  const { text } = await learnTrees(images, width, job.question, settings, watchFrom(job.folds));
  emit({ kind: "progress", ...steps, done: steps.of });
  return { settings, trials, scores, trees: text };
}

function measurements(job: TrainingJob, data: PreparedData, judged: JudgedBy): Made["measured"] {
  const { question } = job;
  return {
    fast: measurementsOf(job, data, judged.fast, (cases) => measure(question, cases)),
    fine: measurementsOf(job, data, judged.fine, (cases) => measure(question, cases)),
    cascade: measurementsOf(job, data, judged.cascade, (cases) => ({
      ...measure(question, cases),
      ...measureRoutes(cases, question),
    })),
  };
}

/** All cases, then each data set by itself where there are several. */
function measurementsOf<Case extends Judged>(
  job: TrainingJob,
  { learning }: PreparedData,
  cases: readonly Case[],
  figuresOf: (cases: readonly Case[]) => Figures,
): Measurement[] {
  const sets = [...new Set(learning.map(({ set }) => set))].sort();
  const entry = (keep: (image: Prepared) => boolean, subgroup?: string): Measurement => {
    const chosen = learning.flatMap((image, i) => (keep(image) ? [i] : []));
    const some = chosen.map((i) => cases[i] as Case);
    const of = chosen.map((i) => learning[i] as Prepared);
    const positives = some.filter(({ labels }) => isPositive(labels, job.question)).length;
    const few = subgroup !== undefined && (positives < 30 || some.length - positives < 30);
    return {
      what: "grouped cross-validation of the images to learn from",
      path,
      split: {
        set: sets.filter((set) => of.some((image) => image.set === set)).join("+"),
        name: "train+val",
        images: some.length,
        positives,
        groups: new Set(of.map(({ group }) => group)).size,
        filesSha256: digestOfImages(of),
      },
      figures: few ? {} : figuresOf(some),
      ...(subgroup !== undefined && { subgroup }),
      ...(few && { assessed: false as const, reason: "not assessed: fewer than 30 positives or negatives" }),
    };
  };
  return [
    entry(() => true),
    ...(sets.length > 1 ? sets.map((set) => entry((image) => image.set === set, `images of ${set}`)) : []),
  ];
}
