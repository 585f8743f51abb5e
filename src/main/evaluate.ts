import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Gradability, isProblem, Problem, type Programme } from "../contracts/index.ts";
import { areaUnderCurve, conformalPValue, type Figure, grade, wilson } from "../ensemble/index.ts";
import { acceptImage } from "../intake/index.ts";
import { type Config, createLog, newCaseId } from "../platform/index.ts";
import { readProgrammes } from "../programmes/index.ts";
import { resolveProgramme } from "../screening/index.ts";
import {
  DatasetError,
  type Figures,
  findImages,
  judge,
  type LabelledImage,
  measure,
  measureRoutes,
  readDataset,
  type Seen,
} from "../training/index.ts";
import { LocalPredictor } from "../workers/index.ts";

export interface EvaluationWish {
  readonly programme: string;
  readonly data: readonly string[];
  /** Default: test where the data has such a split, else everything. */
  readonly split?: string;
  /** Folders of images that the programme must not answer with confidence. */
  readonly foreign: readonly string[];
  /** Also measure on images that the packs learnt from; such a figure flatters. */
  readonly includeSeen: boolean;
}

export interface Evaluation {
  readonly programme: string;
  readonly packs: Readonly<Record<"fast" | "fine" | "cascade", string>>;
  readonly digests: Readonly<Record<"fast" | "fine", string>>;
  readonly data: {
    readonly sets: readonly string[];
    readonly split: string;
    readonly images: number;
    readonly groups: number;
    readonly perLabel: Readonly<Record<string, number>>;
    /** Left out because the packs learnt from them. */
    readonly seen: number;
    readonly otherLabels: Readonly<Record<string, number>>;
    readonly refused: readonly { readonly name: string; readonly reason: string }[];
  };
  readonly figures: Readonly<Record<"fast" | "fine" | "cascade", Figures>>;
  readonly bySet: Readonly<Record<string, Readonly<Record<"fast" | "fine" | "cascade", Figures>>>>;
  /** Of the images measured: how many count as foreign, and how many can be graded. */
  readonly domain: { readonly rejected: Figure };
  readonly quality: Readonly<Record<Gradability, Figure>>;
  readonly foreign: Readonly<Record<string, ForeignFigures>>;
  readonly seconds: number;
}

export interface ForeignFigures {
  readonly images: number;
  readonly refused: number;
  /** How well the similarity tells these images from those of the programme. */
  readonly auroc: Figure;
  /** Share that is handed to a person as foreign. */
  readonly detected: Figure;
}

const imageDeadlineMs = 60_000;
const filesPerWorker = 3;

/**
 * Measures a programme's packs on labelled images, through the engine that serves.
 * @throws {Problem} programme-unknown, pack-not-installed
 * @throws {DatasetError} when the data cannot be read or all of it was learnt from
 */
export async function evaluateProgramme(
  config: Config,
  wish: EvaluationWish,
  onProgress: (step: string, done: number, of: number) => void,
): Promise<Evaluation> {
  const started = performance.now();
  const programme = resolveProgramme(await readProgrammes(config.MODELS_DIR), wish.programme);
  const { manifest } = programme;
  const chosen = await chooseImages(config, programme, wish);
  const predictor = new LocalPredictor({
    packs: [programme.fast.load, programme.fine.load],
    workers: config.WORKERS,
    queueItemsMax: config.QUEUE_ITEMS_MAX,
    queueBytesMax: config.QUEUE_BYTES_MAX,
    queueSecondsMax: config.QUEUE_SECONDS_MAX,
    log: createLog(config.LOG_LEVEL === "info" ? "warn" : config.LOG_LEVEL, "evaluate"),
  });
  await predictor.start();
  try {
    const refused = [...chosen.refused];
    const seen: (Seen & { readonly similarity: number | undefined; readonly set: string })[] = [];
    await each(
      chosen.images,
      config.WORKERS * filesPerWorker,
      async (image) => {
        const looked = await look(predictor, programme, config, image.path);
        if (typeof looked === "string") refused.push({ name: image.name, reason: looked });
        else seen.push({ ...looked, labels: image.labels, group: image.group, set: image.set });
      },
      (done) => onProgress("evaluate", done, chosen.images.length),
    );
    if (seen.length === 0) throw new DatasetError("not one image could be read");
    const foreign: Record<string, ForeignFigures> = {};
    for (const folder of wish.foreign)
      foreign[basename(folder)] = await measureForeign(predictor, programme, config, folder, seen, onProgress);
    const figuresOf = (cases: typeof seen) => {
      const judged = judge(
        cases,
        { fast: programme.fast.calibration, fine: programme.fine.calibration },
        programme.band,
        manifest,
      );
      return {
        fast: measure(manifest, judged.fast),
        fine: measure(manifest, judged.fine),
        cascade: { ...measure(manifest, judged.cascade), ...measureRoutes(judged.cascade, manifest) },
      };
    };
    const sets = [...new Set(seen.map(({ set }) => set))].sort();
    const share = (count: number): Figure => wilson(count, seen.length);
    const graded = (which: Gradability): Figure =>
      share(seen.filter(({ gradability }) => gradability === which).length);
    return {
      programme: manifest.id,
      packs: { fast: programme.fast.id, fine: programme.fine.id, cascade: programme.band.pack },
      digests: { fast: programme.fast.digest, fine: programme.fine.digest },
      data: {
        sets,
        split: chosen.split,
        images: seen.length,
        groups: new Set(seen.map(({ group }) => group)).size,
        perLabel: Object.fromEntries(
          manifest.labels.map((label, i) => [label, seen.filter(({ labels }) => labels.includes(i)).length]),
        ),
        seen: chosen.seen,
        otherLabels: chosen.otherLabels,
        refused,
      },
      figures: figuresOf(seen),
      bySet:
        sets.length < 2
          ? {}
          : Object.fromEntries(sets.map((set) => [set, figuresOf(seen.filter((one) => one.set === set))])),
      domain: { rejected: share(seen.filter(({ outOfDomain }) => outOfDomain === true).length) },
      quality: { gradable: graded("gradable"), usable: graded("usable"), ungradable: graded("ungradable") },
      foreign,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await predictor.drain(config.DRAIN_MS);
  }
}

interface Chosen {
  readonly images: readonly LabelledImage[];
  readonly split: string;
  readonly seen: number;
  readonly otherLabels: Record<string, number>;
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

async function chooseImages(config: Config, programme: Programme, wish: EvaluationWish): Promise<Chosen> {
  const known = programme.manifest;
  const sets = await Promise.all(wish.data.map((folder) => readDataset(folder, known)));
  const all = [...new Map(sets.flatMap(({ images }) => images).map((image) => [image.sha256, image])).values()];
  const split = wish.split ?? (all.some((image) => image.split === "test") ? "test" : "all");
  const inSplit = split === "all" ? all : all.filter((image) => image.split === split);
  const learnt = wish.includeSeen ? new Set<string>() : await learntFrom(config, programme);
  const images = inSplit.filter(({ sha256 }) => !learnt.has(sha256));
  if (images.length === 0)
    throw new DatasetError(
      inSplit.length === 0 ? `no image is in the split ${split}` : "the packs learnt from every one of these images",
    );
  const otherLabels: Record<string, number> = {};
  for (const set of sets)
    for (const [label, n] of Object.entries(set.otherLabels)) otherLabels[label] = (otherLabels[label] ?? 0) + n;
  return {
    images,
    split,
    seen: inSplit.length - images.length,
    otherLabels,
    refused: sets.flatMap(({ refused }) => refused),
  };
}

/** Digests of the images whose scores chose the band: those the packs learnt from. */
async function learntFrom(config: Config, programme: Programme): Promise<Set<string>> {
  const text = await readFile(join(config.MODELS_DIR, programme.band.pack, "out-of-fold.csv"), "utf8").catch(() => "");
  return new Set(
    text
      .split("\n")
      .slice(1)
      .map((line) => line.slice(0, 64)),
  );
}

type Looked = Pick<Seen, "fast" | "fine" | "gradability" | "outOfDomain"> & { readonly similarity: number | undefined };

/** Both readers' raw scores of one file, or why there are none. */
async function look(
  predictor: LocalPredictor,
  programme: Programme,
  config: Config,
  path: string,
): Promise<Looked | string> {
  const limits = {
    imageBytesMax: config.IMAGE_BYTES_MAX,
    imagePixelsMax: config.IMAGE_PIXELS_MAX,
    batchBytesMax: config.BATCH_BYTES_MAX,
    batchImagesMax: config.BATCH_IMAGES_MAX,
  };
  const { fast, fine, manifest } = programme;
  try {
    const image = acceptImage(await readFile(path), limits);
    const task = {
      id: newCaseId(),
      packs: [fast.digest, fine.digest],
      image,
      lane: "bulk" as const,
      remainingMs: imageDeadlineMs,
    };
    const { readings, quality } = await predictor.predict(task, new AbortController().signal);
    const [first, second] = readings;
    if (first === undefined || second === undefined) throw new Problem("inference-failed");
    const { domain } = fast.calibration;
    const outOfDomain =
      domain !== undefined &&
      first.similarity !== undefined &&
      conformalPValue(first.similarity, domain.similarities) < domain.pValueMin;
    return {
      fast: first.scores,
      fine: second.scores,
      similarity: first.similarity,
      outOfDomain,
      gradability: grade(quality, manifest.quality),
    };
  } catch (error) {
    if (!isProblem(error)) throw error;
    return error.detail === undefined ? error.code : `${error.code}: ${error.detail}`;
  }
}

async function measureForeign(
  predictor: LocalPredictor,
  programme: Programme,
  config: Config,
  folder: string,
  own: readonly Looked[],
  onProgress: (step: string, done: number, of: number) => void,
): Promise<ForeignFigures> {
  const files = await findImages(folder);
  const found: Looked[] = [];
  let refused = 0;
  await each(
    files,
    config.WORKERS * filesPerWorker,
    async (path) => {
      const looked = await look(predictor, programme, config, path);
      if (typeof looked === "string") refused++;
      else found.push(looked);
    },
    (done) => onProgress(`foreign: ${basename(folder)}`, done, files.length),
  );
  const strange = ({ similarity }: Looked): number => -(similarity ?? 1);
  return {
    images: found.length,
    refused,
    auroc: areaUnderCurve([...own.map(() => 0), ...found.map(() => 1)], [...own.map(strange), ...found.map(strange)]),
    detected: wilson(found.filter(({ outOfDomain }) => outOfDomain === true).length, found.length),
  };
}

/** At most `width` at once. */
async function each<T>(
  items: readonly T[],
  width: number,
  act: (item: T) => Promise<void>,
  onDone: (done: number) => void,
): Promise<void> {
  let next = 0;
  let done = 0;
  const walk = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      await act(item);
      onDone(++done);
    }
  };
  await Promise.all(Array.from({ length: width }, walk));
}
