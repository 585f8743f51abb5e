import { mkdir, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Band, embeddingOf, type Network, type VerifiedFile } from "../contracts/pack.ts";
import { scoresOf } from "../ensemble/index.ts";
import { cardOf, type Measurement } from "./card.ts";
import type { FittedCalibration, Scored } from "./combine-readers.ts";
import { type Domain, domainModel, neighbours } from "./domain.ts";
import { type FineNetwork, mapSide } from "./fine-network.ts";
import type { TrainingJob } from "./job.ts";
import { jsonText, nextVersion, PackFolder, sha256 } from "./pack-folder.ts";
import { type PictureReference, projectionFile, referenceFile } from "./picture-reference.ts";
import type { Prepared, PreparedData } from "./prepare-data.ts";
import type { Trial } from "./tree-search.ts";
import type { TreeSettings } from "./trees/settings.ts";

const pValueMin = 0.01;
const licence = "Research only: trained on images of unknown licence; backbone weights Apache-2.0";

/** All that a job has made, before it is written. */
export interface Made {
  readonly data: PreparedData;
  readonly encoder: { readonly id: string; readonly file: VerifiedFile; readonly network: Network };
  readonly settings: TreeSettings;
  readonly trials: readonly Trial[];
  readonly trees: string;
  readonly fine: FineNetwork;
  readonly calibrations: { readonly fast: FittedCalibration; readonly fine: FittedCalibration };
  readonly band: Band;
  readonly domain: Domain;
  /** Left out when there are too few images for one. */
  readonly reference: PictureReference | undefined;
  readonly measured: Readonly<Record<"fast" | "fine" | "cascade", Measurement[]>>;
  readonly scored: readonly Scored[];
}

/** A pack on its way: its files, and what its manifest says beside the common part. */
interface Draft {
  readonly folder: PackFolder;
  readonly title: string;
  readonly rest: object;
}

/**
 * Writes the packs that the job asks for.
 * @returns their ids, folders inside `out`
 */
export async function writePacks(job: TrainingJob, made: Made): Promise<string[]> {
  const drafts = {
    ...(job.model !== "fine" && { fast: fastPack(job, made) }),
    ...((job.model !== "fast" || job.network !== undefined) && { fine: finePack(job, made) }),
    ...((job.model === "both" || job.network !== undefined) && { cascade: cascadePack(job, made) }),
  };
  const { task, labels, positive } = job.question;
  const written: string[] = [];
  for (const [kind, { folder, title, rest }] of Object.entries(drafts)) {
    const version = await nextVersion(kind, [join(job.out, job.programme), join(job.modelsDir, job.programme)]);
    const id = `${job.programme}/${kind}-${version}`;
    const head = { id, kind, version: String(version), title, licence };
    const trained = { ...lineageOf(job, made), ...(kind === "fine" && { network: made.fine.origin }) };
    await folder.write(join(job.out, id), head, { ...rest, task, labels, positive, trained });
    written.push(id);
  }
  return written;
}

function lineageOf(job: TrainingJob, { data: { learning } }: Made): object {
  return {
    recipe: "fovea train",
    code: job.codeVersion,
    data: {
      sets: [...new Set(learning.map(({ set }) => set))].sort(),
      splits: ["train", "val"],
      images: learning.length,
      groups: new Set(learning.map(({ group }) => group)).size,
      filesSha256: digestOfImages(learning),
    },
    seed: job.seed,
    createdAt: job.createdAt,
  };
}

/** SHA-256 of the images' digests, a line each, sorted. */
export function digestOfImages(images: readonly Pick<Prepared, "sha256">[]): string {
  const lines = images.map(({ sha256: digest }) => `${digest}\n`);
  return sha256(lines.sort().join(""));
}

function fastPack(job: TrainingJob, made: Made): Draft {
  const folder = new PackFolder();
  const title = `${job.title}, fast reader (boosted trees on a frozen embedding)`;
  const about =
    "Boosted trees on the embedding of the shared encoder, and a check whether a picture is of the trained kind.";
  const round = (value: number): number => Math.round(value * 1e5) / 1e5;
  folder.put("trees.txt", made.trees);
  folder.put("domain.onnx", domainModel(made.domain));
  if (made.reference !== undefined) {
    folder.put(referenceFile, made.reference.record);
    folder.put(projectionFile, made.reference.model);
  }
  folder.put("calibration.json", {
    ...made.calibrations.fast,
    domain: { similarities: made.domain.similarities.map(round), pValueMin, neighbours },
  });
  folder.put("evaluation.json", { format: 1, measured: made.measured.fast });
  folder.put("trials.json", { chosen: made.settings, trials: made.trials });
  folder.put("CARD.md", cardOf(job, title, about, made.measured.fast));
  const rest = {
    encoder: job.encoder,
    encoderSha256: made.encoder.file.sha256,
    prepare: job.prepare,
    trees: { file: "trees.txt", features: embeddingOf(made.encoder.network).width },
    domain: { file: "domain.onnx", neighbours },
    ...(made.reference && { reference: { file: referenceFile, projection: projectionFile } }),
    calibration: { file: "calibration.json" },
  };
  return { folder, title, rest };
}

function finePack(job: TrainingJob, made: Made): Draft {
  const folder = new PackFolder();
  const what = job.network === undefined ? "linear head on the frozen encoder" : "fine-tuned network";
  const title = `${job.title}, fine reader (${what})`;
  const about = "A network that sees the picture itself, and says where the evidence lies.";
  const outputs = scoresOf(job.question);
  folder.put("fine.onnx", made.fine.model);
  folder.put("calibration.json", made.calibrations.fine);
  folder.put("evaluation.json", { format: 1, measured: made.measured.fine });
  folder.put("CARD.md", cardOf(job, title, about, made.measured.fine));
  const rest = {
    network: {
      ...made.encoder.network,
      file: "fine.onnx",
      input: { ...made.encoder.network.input, prepare: job.prepare },
      outputs: { logit: [outputs], cam: [outputs, mapSide, mapSide] },
      precision: made.fine.precision,
    },
    calibration: { file: "calibration.json" },
  };
  return { folder, title, rest };
}

function cascadePack(job: TrainingJob, made: Made): Draft {
  const folder = new PackFolder();
  const title = `${job.title}, cascade of the fast and the fine reader`;
  const about = "Which cases the fast reader may decide, how both opinions are joined, and what goes to a person.";
  folder.put("band.json", made.band);
  folder.put("evaluation.json", { format: 1, measured: made.measured.cascade });
  folder.put("out-of-fold.csv", outOfFoldText(made.scored, job.question.labels));
  folder.put("CARD.md", cardOf(job, title, about, made.measured.cascade, made.band));
  return { folder, title, rest: {} };
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
export async function writeProgramme(job: TrainingJob, packs: readonly string[]): Promise<void> {
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
