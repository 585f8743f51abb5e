import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { parse } from "csv-parse/sync";
import { type NetworkFile, preparations, type VerifiedFile } from "../contracts/pack.ts";
import { scoresOf } from "../ensemble/index.ts";
import { DatasetError } from "./dataset/dataset.ts";
import type { TrainingEvent, TrainingJob } from "./job.ts";
import { learnHead, outOfFold } from "./learn.ts";
import { hasLastMap, headModel } from "./onnx/head-model.ts";
import type { Prepared } from "./prepare-data.ts";

/** Cells along each side of the activation maps. */
export const mapSide = 7;

/** The fine network of a job, with the scores that it, or its like, gave to images it had not seen. */
export interface FineNetwork {
  readonly model: Uint8Array;
  readonly scores: readonly (readonly number[])[];
  readonly precision: string;
  readonly origin: object;
}

/**
 * Said before anything is computed.
 * @throws {DatasetError} when the fine reader cannot be made from this encoder
 */
export async function assertHasHead(job: TrainingJob, encoder: NetworkFile): Promise<void> {
  if (job.model === "fast" && job.network === undefined) return;
  if (job.network === undefined) {
    if (hasLastMap(await readFile(encoder.file.path))) return;
    throw new DatasetError(
      `${job.encoder} has no map that a fine head could be put on: train the fast reader alone (--model fast), or name a network that was trained elsewhere (--network)`,
    );
  }
  if (encoder.network.input.fit !== "squash")
    throw new DatasetError(
      `${job.encoder} sees other pixels than the network in ${job.network}: train the fast reader alone (--model fast, without --network)`,
    );
}

/** A linear head on the frozen encoder, or the network that was trained elsewhere. */
export async function fineNetwork(
  job: TrainingJob,
  images: readonly Prepared[],
  width: number,
  fold: readonly number[],
  encoder: VerifiedFile,
  { emit, signal }: { readonly emit: (event: TrainingEvent) => void; readonly signal: AbortSignal },
): Promise<FineNetwork> {
  if (job.network !== undefined) return readNetwork(job, job.network, images);
  let done = 0;
  const scores = await outOfFold(images, width, fold, async (some) => {
    // Fitting never waits for anything; without a turn of the loop nobody could stop it.
    await setImmediate();
    signal.throwIfAborted();
    const { scorer } = learnHead(some, width, job.question);
    emit({ kind: "progress", step: "fine head", done: ++done, of: job.folds + 1 });
    return scorer;
  });
  const { head } = learnHead(images, width, job.question);
  emit({ kind: "progress", step: "fine head", done: job.folds + 1, of: job.folds + 1 });
  // Without a fine pack only the scores are wanted, and not every encoder can carry a head.
  const model = job.model === "fast" ? new Uint8Array() : headModel(await readFile(encoder.path), head, mapSide);
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
