import { readFile } from "node:fs/promises";
import { embeddingOf, type NetworkFile } from "../contracts/pack.ts";
import { isProblem } from "../contracts/problems.ts";
import { acceptImage } from "../intake/index.ts";
import { EmbeddingPool } from "../workers/embedding.ts";
import { type Dataset, DatasetError, type LabelledImage } from "./dataset/dataset.ts";
import { joinLookAlikes } from "./dataset/groups.ts";
import { readDataset } from "./dataset/read-dataset.ts";
import { type Embedded, EmbeddingCache } from "./embedding-cache.ts";
import type { TrainingEvent, TrainingJob } from "./job.ts";

const MiB = 1024 * 1024;
const limits = { imageBytesMax: 64 * MiB, imagePixelsMax: 100_000_000, batchBytesMax: 64 * MiB, batchImagesMax: 1 };
/** Images in work for each thread: one runs, one waits. */
const ahead = 2;
/** Fewer images of one label than this teach nothing. */
const perLabelMin = 8;

/** One image with its embeddings and the group that never comes apart. */
export interface Prepared extends LabelledImage, Embedded {}

export interface PreparedData {
  /** Images to learn from; also those whose look-alike is among them. */
  readonly learning: readonly Prepared[];
  /** Images of the test split; they have one view, and no look-alike among the others. */
  readonly testing: readonly Prepared[];
  readonly leaks: number;
}

/**
 * Reads all data sets, embeds every image with the serving session and makes groups whole.
 * @throws {DatasetError} when a set cannot be read or a label has too few images
 */
export async function prepareData(
  job: TrainingJob,
  encoder: NetworkFile,
  entry: URL,
  emit: (event: TrainingEvent) => void,
  signal: AbortSignal,
): Promise<PreparedData> {
  const images = await readAll(job, emit);
  const pool = new EmbeddingPool(entry, encoder, job.threads);
  try {
    const prepared = await embedAll(job, images, encoder, pool, emit, signal);
    return divide(prepared, job, emit);
  } finally {
    await pool.close();
  }
}

async function readAll(job: TrainingJob, emit: (event: TrainingEvent) => void): Promise<LabelledImage[]> {
  const known = { ...job.question, aliases: job.aliases };
  const images = new Map<string, LabelledImage>();
  for (const [i, folder] of job.data.entries()) {
    const found = await readDataset(folder, known);
    emit({ kind: "note", text: summary(folder, found) });
    // Two sets may name their groups alike and mean different patients only if they are different sets of names.
    for (const image of found.images) if (!images.has(image.sha256)) images.set(image.sha256, image);
    emit({ kind: "progress", step: "read", done: i + 1, of: job.data.length });
  }
  return [...images.values()].sort((one, other) => (one.sha256 < other.sha256 ? -1 : 1));
}

function summary(folder: string, { images, layout, copies, refused, otherLabels }: Dataset): string {
  const others = Object.entries(otherLabels).map(([label, n]) => `${n} labelled ${label}`);
  const parts = [
    `${folder}: ${images.length} images (${layout})`,
    ...(copies > 0 ? [`${copies} byte-equal copies left out`] : []),
    ...(refused.length > 0 ? [`${refused.length} refused, the first: ${refused[0]?.name}, ${refused[0]?.reason}`] : []),
    ...(others.length > 0 ? [`not of this programme: ${others.join(", ")}`] : []),
  ];
  return parts.join("; ");
}

async function embedAll(
  job: TrainingJob,
  images: readonly LabelledImage[],
  encoder: NetworkFile,
  pool: EmbeddingPool,
  emit: (event: TrainingEvent) => void,
  signal: AbortSignal,
): Promise<Prepared[]> {
  const cache = new EmbeddingCache(job.cache);
  const { width } = embeddingOf(encoder.network);
  const out: (Prepared | undefined)[] = [];
  const unreadable: string[] = [];
  let at = 0;
  let done = 0;
  let known = 0;
  const one = async (): Promise<void> => {
    for (let i = at++; i < images.length; i = at++) {
      signal.throwIfAborted();
      const image = images[i] as LabelledImage;
      const views = image.split === "test" ? 1 : job.viewsPerImage;
      const task = { sha256: image.sha256, views, seed: job.seed, augmentation: job.augmentation };
      const key = { ...task, encoderSha256: encoder.file.sha256, input: encoder.network.input };
      const held = await cache.get(key, width);
      if (held !== undefined) {
        known++;
        out[i] = { ...image, ...held };
      } else {
        const made = await embedOne(image, task, pool);
        if (typeof made === "string") unreadable.push(`${image.name}: ${made}`);
        else {
          await cache.put(key, made);
          out[i] = { ...image, ...made };
        }
      }
      emit({ kind: "progress", step: "embed", done: ++done, of: images.length });
    }
  };
  const walks = Array.from({ length: pool.threads * ahead }, () =>
    one().catch((error: unknown) => {
      at = images.length;
      throw error;
    }),
  );
  // All of them: a thread that is ended while it embeds aborts the process.
  for (const walk of await Promise.allSettled(walks)) if (walk.status === "rejected") throw walk.reason;
  if (known > 0) emit({ kind: "note", text: `${known} of ${images.length} embeddings were there from an earlier run` });
  if (unreadable.length > 0)
    emit({ kind: "note", text: `${unreadable.length} images cannot be read, the first: ${unreadable[0]}` });
  return out.filter((each): each is Prepared => each !== undefined);
}

async function embedOne(
  image: LabelledImage,
  task: { sha256: string; views: number; seed: number; augmentation: TrainingJob["augmentation"] },
  pool: EmbeddingPool,
): Promise<Embedded | string> {
  try {
    const { bytes, mediaType } = acceptImage(await readFile(image.path), limits);
    const answer = await pool.embed({ ...task, bytes, mediaType });
    return answer.ok ? answer : answer.reason;
  } catch (error) {
    if (isProblem(error)) return error.code;
    throw error;
  }
}

/** Makes groups whole: a test image that looks like a training image is a training image. */
function divide(
  images: readonly Prepared[],
  { question, network }: TrainingJob,
  emit: (event: TrainingEvent) => void,
): PreparedData {
  const joined = joinLookAlikes(
    images,
    images.map((image) => image.thumbnail),
  );
  const whole = images.map((image, i): Prepared => ({ ...image, group: joined.groups[i] as string }));
  const learnt = new Set(whole.filter(({ split }) => split !== "test").map(({ group }) => group));
  // A network that was trained elsewhere has not seen them: there they are left out altogether.
  const learning = whole.filter(({ group, split }) => learnt.has(group) && (split !== "test" || !network));
  const testing = whole.filter(({ group }) => !learnt.has(group));
  const moved = whole.length - testing.length - whole.filter(({ split }) => split !== "test").length;
  emit({
    kind: "note",
    text: `${joined.pairs} look-alike pairs joined; ${joined.acrossSplits} groups lay in more than one split and were made whole${moved > 0 ? `, ${moved} test images with them` : ""}`,
  });
  for (const [index, label] of question.labels.entries()) {
    const count = learning.filter(({ labels }) => labels.includes(index)).length;
    if (count >= perLabelMin) continue;
    const text = `${label}: ${count} images to learn from; at least ${perLabelMin} are needed`;
    if (question.task !== "findings") throw new DatasetError(text);
    emit({ kind: "note", text });
  }
  return { learning, testing, leaks: joined.acrossSplits };
}
