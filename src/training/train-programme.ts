import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parse } from "csv-parse/sync";
import { type Band, type Network, preparations, type VerifiedFile } from "../contracts/pack.ts";
import { scoresOf } from "../ensemble/index.ts";
import { readEncoder } from "../programmes/index.ts";
import { cardOf, type Measurement } from "./card.ts";
import { calibrateReader, combineReaders, type FittedCalibration, judge, type Scored } from "./combine-readers.ts";
import { DatasetError } from "./dataset/dataset.ts";
import { dealFolds } from "./dataset/groups.ts";
import { type Domain, domainModel, learnDomain, neighbours } from "./domain.ts";
import type { TrainingEvent, TrainingJob, TrainingResult } from "./job.ts";
import { learnHead, learnTrees, outOfFold } from "./learn.ts";
import { type Figures, type Judged, measure, measureRoutes } from "./measure.ts";
import { headModel } from "./onnx/head-model.ts";
import { jsonText, nextVersion, PackFolder, sha256 } from "./pack-folder.ts";
import { type Prepared, type PreparedData, prepareData } from "./prepare-data.ts";
import { isPositive } from "./targets.ts";
import { chooseTrees, type Trial } from "./tree-search.ts";
import type { TreeSettings } from "./trees/settings.ts";

const pValueMin = 0.01;
const mapSide = 7;
const licence = "Research only: trained on images of unknown licence; backbone weights Apache-2.0";
const path = "fovea train";

export interface TrainingTools {
  /** The file of the embedding worker thread. */
  readonly embedWorker: URL;
  readonly emit: (event: TrainingEvent) => void;
  readonly signal: AbortSignal;
}

/** The fine network of a job, with the scores that it, or its like, gave to images it had not seen. */
interface FineNetwork {
  readonly model: Uint8Array;
  readonly scores: readonly (readonly number[])[];
  readonly precision: string;
  readonly origin: object;
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
  const encoder = await readEncoder(job.modelsDir, job.encoder);
  const input: Network["input"] = { ...encoder.network.input, prepare: job.prepare };
  const width = encoder.network.outputs["embedding"]?.[0] ?? 0;
  const prepared = { network: { ...encoder.network, input }, file: encoder.file };
  const data = await prepareData(job, prepared, tools.embedWorker, emit, signal);
  const images = data.learning;
  const fold = dealFolds(
    images.map(({ group }) => group),
    images.map(({ labels }) => labels),
    job.folds,
    job.seed,
  );

  const { settings, trials } = await chooseTrees(job, images, width, fold, tools);
  const steps = { step: "fast reader", of: job.folds + 1 };
  const watchFrom = (before: number) => ({
    signal,
    onProgress: (done: number, of: number) => emit({ kind: "progress", ...steps, done: before + done / of }),
  });
  const fastScores = await outOfFold(images, width, fold, async (some, left) => {
    const { scorer } = await learnTrees(some, width, question, settings, watchFrom(left));
    return scorer;
  });
  const trees = await learnTrees(images, width, question, settings, watchFrom(job.folds));
  emit({ kind: "progress", ...steps, done: steps.of });
  const fine = await fineNetwork(job, images, width, fold, encoder.file, tools);
  signal.throwIfAborted();

  const scored = images.map(
    (image, i): Scored => ({
      id: image.sha256,
      group: image.group,
      split: image.split,
      labels: image.labels,
      fold: fold[i] as number,
      fast: fastScores[i] as number[],
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

  const judged = judge(scored, calibrations, band, question);
  const measured = {
    fast: measurements(job, data, judged.fast, (cases) => measure(question, cases)),
    fine: measurements(job, data, judged.fine, (cases) => measure(question, cases)),
    cascade: measurements(job, data, judged.cascade, (cases) => ({
      ...measure(question, cases),
      ...measureRoutes(cases, question),
    })),
  };
  const packs = await writePacks(job, {
    data,
    encoder,
    settings,
    trials,
    trees: trees.text,
    fine,
    calibrations,
    band,
    domain,
    measured,
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

/** A linear head on the frozen encoder, or the network that was trained elsewhere. */
async function fineNetwork(
  job: TrainingJob,
  images: readonly Prepared[],
  width: number,
  fold: readonly number[],
  encoder: VerifiedFile,
  { emit, signal }: TrainingTools,
): Promise<FineNetwork> {
  if (job.network !== undefined) return readNetwork(job, job.network, images);
  let done = 0;
  const scores = await outOfFold(images, width, fold, (some) => {
    signal.throwIfAborted();
    const { scorer } = learnHead(some, width, job.question);
    emit({ kind: "progress", step: "fine head", done: ++done, of: job.folds + 1 });
    return scorer;
  });
  const { head } = learnHead(images, width, job.question);
  emit({ kind: "progress", step: "fine head", done: job.folds + 1, of: job.folds + 1 });
  const model = headModel(await readFile(encoder.path), head, mapSide);
  return {
    model,
    scores,
    precision: "int8-static",
    origin: { recipe: "fovea train", what: "linear head on the frozen encoder" },
  };
}

async function readNetwork(job: TrainingJob, folder: string, images: readonly Prepared[]): Promise<FineNetwork> {
  const facts = JSON.parse(await readFile(join(folder, "network.json"), "utf8")) as Record<string, unknown>;
  const same = facts["task"] === job.question.task && String(facts["labels"]) === String(job.question.labels);
  if (!same || facts["prepare"] !== job.prepare || !preparations.includes(job.prepare))
    throw new DatasetError(`${folder}/network.json was made for another question or preparation than ${job.programme}`);
  const rows = parse(await readFile(join(folder, "out-of-fold.csv")), { columns: true }) as Record<string, string>[];
  const outputs = scoresOf(job.question);
  const byImage = new Map(
    rows.map((row) => [row["sha256"], Array.from({ length: outputs }, (_, k) => Number(row[`score_${k}`]))]),
  );
  const scores = images.map(({ sha256: digest, name }) => {
    const found = byImage.get(digest);
    if (found === undefined || !found.every(Number.isFinite))
      throw new DatasetError(
        `${folder}/out-of-fold.csv has no scores of ${name}: the network was trained on other images`,
      );
    return found;
  });
  return {
    model: await readFile(join(folder, "fine.onnx")),
    scores,
    precision: String(facts["precision"]),
    origin: facts,
  };
}

/** All cases, then each data set by itself where there are several. */
function measurements<Case extends Judged>(
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
        filesSha256: sha256(
          of
            .map(({ sha256: digest }) => `${digest}\n`)
            .sort()
            .join(""),
        ),
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

interface Made {
  readonly data: PreparedData;
  readonly encoder: { readonly id: string; readonly file: VerifiedFile; readonly network: Network };
  readonly settings: TreeSettings;
  readonly trials: readonly Trial[];
  readonly trees: string;
  readonly fine: FineNetwork;
  readonly calibrations: { readonly fast: FittedCalibration; readonly fine: FittedCalibration };
  readonly band: Band;
  readonly domain: Domain;
  readonly measured: Readonly<Record<"fast" | "fine" | "cascade", Measurement[]>>;
  readonly scored: readonly Scored[];
}

async function writePacks(job: TrainingJob, made: Made): Promise<string[]> {
  const { question } = job;
  const places = [join(job.out, job.programme), join(job.modelsDir, job.programme)];
  const written: string[] = [];
  const filesSha256 = sha256(
    made.data.learning
      .map(({ sha256: digest }) => `${digest}\n`)
      .sort()
      .join(""),
  );
  const lineage = {
    recipe: "fovea train",
    code: job.codeVersion,
    data: {
      sets: [...new Set(made.data.learning.map(({ set }) => set))].sort(),
      splits: ["train", "val"],
      images: made.data.learning.length,
      groups: new Set(made.data.learning.map(({ group }) => group)).size,
      filesSha256,
    },
    seed: job.seed,
    createdAt: job.createdAt,
  };
  const write = async (
    kind: "fast" | "fine" | "cascade",
    folder: PackFolder,
    title: string,
    rest: object,
  ): Promise<void> => {
    const version = await nextVersion(kind, places);
    const id = `${job.programme}/${kind}-${version}`;
    const head = { id, kind, version: String(version), title, licence };
    const labelled = { task: question.task, labels: question.labels, positive: question.positive };
    await folder.write(join(job.out, id), head, {
      ...rest,
      ...labelled,
      trained: { ...lineage, ...(kind === "fine" && { network: made.fine.origin }) },
    });
    written.push(id);
  };
  const round = (value: number): number => Math.round(value * 1e5) / 1e5;

  if (job.model !== "fine") {
    const fast = new PackFolder();
    const title = `${job.title}, fast reader (boosted trees on a frozen embedding)`;
    fast.put("trees.txt", made.trees);
    fast.put("domain.onnx", domainModel(made.domain));
    fast.put("calibration.json", {
      ...made.calibrations.fast,
      domain: { similarities: made.domain.similarities.map(round), pValueMin, neighbours },
    });
    fast.put("evaluation.json", { format: 1, measured: made.measured.fast });
    fast.put("trials.json", { chosen: made.settings, trials: made.trials });
    fast.put(
      "CARD.md",
      cardOf(
        job,
        title,
        "Boosted trees on the embedding of the shared encoder, and a check whether a picture is of the trained kind.",
        made.measured.fast,
      ),
    );
    await write("fast", fast, title, {
      encoder: job.encoder,
      encoderSha256: made.encoder.file.sha256,
      prepare: job.prepare,
      trees: { file: "trees.txt", features: made.encoder.network.outputs["embedding"]?.[0] },
      domain: { file: "domain.onnx", neighbours },
      calibration: { file: "calibration.json" },
    });
  }
  if (job.model !== "fast" || job.network !== undefined) {
    const fine = new PackFolder();
    const title = `${job.title}, fine reader (${job.network === undefined ? "linear head on the frozen encoder" : "fine-tuned network"})`;
    const outputs = scoresOf(question);
    fine.put("fine.onnx", made.fine.model);
    fine.put("calibration.json", made.calibrations.fine);
    fine.put("evaluation.json", { format: 1, measured: made.measured.fine });
    fine.put(
      "CARD.md",
      cardOf(
        job,
        title,
        "A network that sees the picture itself, and says where the evidence lies.",
        made.measured.fine,
      ),
    );
    await write("fine", fine, title, {
      network: {
        ...made.encoder.network,
        file: "fine.onnx",
        input: { ...made.encoder.network.input, prepare: job.prepare },
        outputs: { logit: [outputs], cam: [outputs, mapSide, mapSide] },
        precision: made.fine.precision,
      },
      calibration: { file: "calibration.json" },
    });
  }
  if (job.model === "both" || job.network !== undefined) {
    const cascade = new PackFolder();
    const title = `${job.title}, cascade of the fast and the fine reader`;
    cascade.put("band.json", made.band);
    cascade.put("evaluation.json", { format: 1, measured: made.measured.cascade });
    cascade.put("out-of-fold.csv", outOfFoldText(made.scored, question.labels));
    cascade.put(
      "CARD.md",
      cardOf(
        job,
        title,
        "Which cases the fast reader may decide, how both opinions are joined, and what goes to a person.",
        made.measured.cascade,
        made.band,
      ),
    );
    await write("cascade", cascade, title, {});
  }
  return written;
}

function outOfFoldText(scored: readonly Scored[], labels: readonly string[]): string {
  const [first] = scored as readonly [Scored];
  const names = (kind: string, scores: readonly number[]): string[] =>
    scores.map((_, k) => (scores.length === 1 ? `${kind}_raw` : `${kind}_${k}`));
  const head = ["sha256", "fold", "label", ...names("fast", first.fast), ...names("fine", first.fine)];
  const rows = scored.map((each) =>
    [
      each.id,
      each.fold,
      each.labels.map((label) => labels[label]).join("|"),
      ...each.fast.map((value) => value.toFixed(6)),
      ...each.fine.map((value) => value.toFixed(6)),
    ].join(","),
  );
  return `${[head.join(","), ...rows].join("\n")}\n`;
}

/** A new programme gets its description; of one that is there only the packs are named anew by promotion. */
async function writeProgramme(job: TrainingJob, packs: readonly string[]): Promise<void> {
  const file = join(job.out, job.programme, "programme.json");
  const there = await stat(file).then(
    () => true,
    () => false,
  );
  const one = (kind: string): string | undefined => packs.find((id) => basename(id).startsWith(`${kind}-`));
  const [fast, fine, cascade] = [one("fast"), one("fine"), one("cascade")];
  if (there || fast === undefined || fine === undefined || cascade === undefined) return;
  await mkdir(join(job.out, job.programme), { recursive: true });
  await writeFile(
    file,
    jsonText({
      format: 1,
      id: job.programme,
      title: job.title,
      description: job.description,
      task: job.question.task,
      labels: job.question.labels,
      positive: job.question.positive,
      aliases: job.aliases,
      prepare: job.prepare,
      views: job.views,
      readers: { fast, fine },
      cascade,
      quality: job.quality,
    }),
  );
}
