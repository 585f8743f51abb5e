import { readFile } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { type Gradability, isProblem, Problem, type Programme } from "../contracts/index.ts";
import { areaUnderCurve, conformalPValue, type Figure, grade, wilson } from "../ensemble/index.ts";
import { acceptImage, limitsOf } from "../intake/index.ts";
import { type Config, createLog, newCaseId } from "../platform/index.ts";
import { readBoth, resolveProgramme } from "../screening/index.ts";
import {
  DatasetError,
  drawEvaluation,
  type Figures,
  findImages,
  judge,
  type LabelledImage,
  measure,
  measureRoutes,
  type Seen,
} from "../training/index.ts";
import { LocalPredictor } from "../workers/index.ts";
import { type Chosen, chooseImages, type EvaluationWish } from "./evaluation-images.ts";
import { readActive } from "./releases.ts";

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
  /** SVG by file name. */
  readonly drawings: Readonly<Record<string, string>>;
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
  const programme = resolveProgramme(await readActive(config), wish.programme);
  const chosen = await chooseImages(config, programme, wish);
  const predictor = new LocalPredictor({
    packs: [programme.fast.load, programme.fine.load],
    workers: Math.max(1, config.WORKERS),
    queueItemsMax: config.QUEUE_ITEMS_MAX,
    queueBytesMax: config.QUEUE_BYTES_MAX,
    queueSecondsMax: config.QUEUE_SECONDS_MAX,
    log: createLog(config.LOG_LEVEL === "info" ? "warn" : config.LOG_LEVEL, "evaluate"),
  });
  await predictor.start();
  try {
    const refused = [...chosen.refused];
    const seen: Measured[] = [];
    await each(
      chosen.images,
      Math.max(1, config.WORKERS) * filesPerWorker,
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
      foreign[nameOf(folder)] = await measureForeign(predictor, programme, config, folder, seen, onProgress);
    return {
      programme: programme.manifest.id,
      packs: { fast: programme.fast.id, fine: programme.fine.id, cascade: programme.band.pack },
      digests: { fast: programme.fast.digest, fine: programme.fine.digest },
      ...evaluationOf(programme, { ...chosen, refused }, seen),
      foreign,
      drawings: drawEvaluation(programme.manifest.title, judgedBy(programme, seen), programme.manifest),
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await predictor.drain(config.DRAIN_MS);
  }
}

/** One labelled image as both readers saw it. */
type Measured = Looked & Pick<LabelledImage, "labels" | "group" | "set">;

/** What follows from the programme's own images. */
function evaluationOf(
  programme: Programme,
  { split, seen: alreadySeen, otherLabels, refused }: Chosen,
  cases: readonly Measured[],
): Pick<Evaluation, "data" | "figures" | "bySet" | "domain" | "quality"> {
  const sets = [...new Set(cases.map(({ set }) => set))].sort();
  const share = (test: (each: Measured) => boolean): Figure => wilson(cases.filter(test).length, cases.length);
  const graded = (which: Gradability): Figure => share(({ gradability }) => gradability === which);
  const { labels: names } = programme.manifest;
  return {
    data: {
      sets,
      split,
      images: cases.length,
      groups: new Set(cases.map(({ group }) => group)).size,
      perLabel: Object.fromEntries(
        names.map((label, i) => [label, cases.filter(({ labels }) => labels.includes(i)).length]),
      ),
      seen: alreadySeen,
      otherLabels,
      refused,
    },
    figures: figuresOf(programme, cases),
    bySet:
      sets.length < 2
        ? {}
        : Object.fromEntries(
            sets.map((set) => [
              set,
              figuresOf(
                programme,
                cases.filter((one) => one.set === set),
              ),
            ]),
          ),
    domain: { rejected: share(({ outOfDomain }) => outOfDomain === true) },
    quality: { gradable: graded("gradable"), usable: graded("usable"), ungradable: graded("ungradable") },
  };
}

const judgedBy = ({ manifest, fast, fine, band }: Programme, cases: readonly Seen[]) =>
  judge(cases, { fast: fast.calibration, fine: fine.calibration }, band, manifest);

function figuresOf(programme: Programme, cases: readonly Seen[]): Evaluation["figures"] {
  const { manifest } = programme;
  const judged = judgedBy(programme, cases);
  return {
    fast: measure(manifest, judged.fast),
    fine: measure(manifest, judged.fine),
    cascade: { ...measure(manifest, judged.cascade), ...measureRoutes(judged.cascade, manifest) },
  };
}

type Looked = Pick<Seen, "fast" | "fine" | "gradability" | "outOfDomain"> & { readonly similarity: number | undefined };

/** Both readers' raw scores of one file, or why there are none. */
async function look(
  predictor: LocalPredictor,
  programme: Programme,
  config: Config,
  path: string,
): Promise<Looked | string> {
  const { fast, manifest } = programme;
  try {
    const image = acceptImage(await readFile(path), limitsOf(config));
    const { readings, quality } = await readBoth((packs) => {
      const task = { id: newCaseId(), packs, image, lane: "bulk" as const, remainingMs: imageDeadlineMs };
      return predictor.predict(task, new AbortController().signal);
    }, programme);
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
    Math.max(1, config.WORKERS) * filesPerWorker,
    async (path) => {
      const looked = await look(predictor, programme, config, path);
      if (typeof looked === "string") refused++;
      else found.push(looked);
    },
    (done) => onProgress(`foreign: ${nameOf(folder)}`, done, files.length),
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

/** The last two parts of a path: `cataract_eye/images` says more than `images`. */
const nameOf = (folder: string): string => resolve(folder).split(sep).slice(-2).join("/");
