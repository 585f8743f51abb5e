import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  type AcceptedImage,
  isProblem,
  type Labels,
  type ObjectStore,
  type Predictor,
  type Programme,
} from "../contracts/index.ts";
import type { Action, ActionOutcome, GatePair } from "../drift/index.ts";
import { combine, opinionOf } from "../ensemble/index.ts";
import { acceptImage, limitsOf } from "../intake/index.ts";
import { type Config, newCaseId } from "../platform/index.ts";
import { Registry } from "../registry/index.ts";
import { groupOf, readBoth } from "../screening/index.ts";
import { DatasetError, readDataset } from "../training/index.ts";
import { allLabelled, splitOf } from "./drift-training.ts";
import { learntFrom } from "./evaluation-images.ts";
import { goldenDifference, goldenScores } from "./golden.ts";
import { recordedGolden, registryPath } from "./releases.ts";

const imageDeadlineMs = 60_000;
/** Images that are read at the same time, in the background. */
const width = 2;
/** Images that one gate reads at most. */
const imagesMax = 4000;
const holdoutSplits: readonly string[] = ["test", "holdout"];

export interface DriftGateDeps {
  readonly config: Config;
  readonly predictor: Predictor;
  readonly labels: Pick<Labels, "labelledCases">;
  readonly objects: Pick<ObjectStore, "getObject">;
}

interface HeldOut {
  readonly id: string;
  readonly group: string;
  readonly positive: boolean;
  readonly subgroups: readonly string[];
  readonly alarmed: boolean;
  readonly image: () => Promise<AcceptedImage | undefined>;
}

/**
 * Has champion and candidate read the same labelled images: the test split of TRAIN_DATA_DIR, which nobody learns from,
 * and cases that people audited by chance and whose groups are kept apart for this. A label that was asked for because a
 * reader was in doubt, or of an alarm, judges nobody.
 *
 * @throws what passes, e.g. engine-not-ready
 */
export async function compareReleases(
  deps: DriftGateDeps,
  action: Extract<Action, { kind: "compare" }>,
  { champion, candidate }: { readonly champion: Programme; readonly candidate: Programme },
  signal: AbortSignal,
): Promise<ActionOutcome> {
  const { config, predictor } = deps;
  const held = onePerGroup([...(await frozen(config, champion)), ...(await audited(deps, champion, action.region))]);
  const learnt = await learntFrom(config, candidate);
  const before = await learntFrom(config, champion);
  const faults = [
    ...(held.some(({ id }) => learnt.has(id)) ? ["the candidate learnt from images that are to judge it"] : []),
    ...(await goldenFaults(config, predictor, action.candidate, candidate)),
  ];
  const usable = held.filter(({ id }) => !before.has(id)).slice(0, imagesMax);
  const pairs = faults.length > 0 ? [] : await readAll(predictor, usable, { champion, candidate }, signal);
  const holdout = createHash("sha256")
    .update(
      usable
        .map(({ id }) => `${id}\n`)
        .sort()
        .join(""),
    )
    .digest("hex");
  return { kind: "compared", faults, pairs, selection: "random-audit", holdout };
}

/** G0: it computes what it computed when it was registered. */
async function goldenFaults(config: Config, predictor: Predictor, digest: string, candidate: Programme) {
  const registry = new Registry(registryPath(config));
  const { release } = await registry.show(digest);
  const recorded = await recordedGolden(registry, release);
  const difference = recorded && goldenDifference(await goldenScores(predictor, candidate), recorded);
  return difference === undefined ? [] : [difference];
}

async function frozen(config: Config, { manifest }: Programme): Promise<HeldOut[]> {
  if (config.TRAIN_DATA_DIR === undefined) return [];
  const found = await readDataset(config.TRAIN_DATA_DIR, manifest).catch((error: unknown) => {
    if (error instanceof DatasetError) return { images: [] };
    throw error;
  });
  return found.images
    .filter(({ split }) => holdoutSplits.includes(split))
    .map(({ sha256, group, labels, path, set }) => ({
      id: sha256,
      group: `${set}/${group}`,
      positive: labels.some((label) => manifest.positive.includes(manifest.labels[label] as string)),
      subgroups: [],
      alarmed: false,
      image: async () => acceptImage(await readFile(path), limitsOf(config)),
    }));
}

async function audited(
  { labels, objects }: Pick<DriftGateDeps, "labels" | "objects">,
  { manifest }: Programme,
  region: readonly string[],
): Promise<HeldOut[]> {
  const out: HeldOut[] = [];
  for await (const { record, labelled, audit } of allLabelled(labels, manifest.id)) {
    const { truth, conflict } = labelled;
    if (truth === undefined || truth === "ungradable" || conflict || audit?.human.chosen !== true) continue;
    if (splitOf(manifest.id, record) !== "fresh-holdout") continue;
    const { sha256, mediaType, width: w, height, bytes: uploadedBytes } = record.image;
    out.push({
      id: sha256,
      group: groupOf(record),
      positive: manifest.positive.includes(truth),
      subgroups: record.site === undefined ? [] : [`site=${record.site}`],
      alarmed: region.includes(record.id),
      image: async () => {
        const bytes = await objects.getObject(sha256);
        return bytes && { bytes, sha256, mediaType, width: w, height, uploadedBytes };
      },
    });
  }
  return out;
}

/** The one with the lowest id: a choice that knows neither label nor score. */
function onePerGroup(all: readonly HeldOut[]): HeldOut[] {
  const chosen = new Map<string, HeldOut>();
  for (const each of [...all].sort((one, other) => (one.id < other.id ? -1 : 1)))
    if (!chosen.has(each.group)) chosen.set(each.group, each);
  return [...chosen.values()];
}

async function readAll(
  predictor: Predictor,
  held: readonly HeldOut[],
  { champion, candidate }: { readonly champion: Programme; readonly candidate: Programme },
  signal: AbortSignal,
): Promise<GatePair[]> {
  const pairs: GatePair[] = [];
  let next = 0;
  const walk = async (): Promise<void> => {
    for (let one = held[next++]; one !== undefined; one = held[next++]) {
      signal.throwIfAborted();
      const image = await one.image();
      if (image === undefined) continue;
      try {
        const reads = {
          champion: await read(predictor, champion, image, signal),
          candidate: await read(predictor, candidate, image, signal),
        };
        const { id, group, positive, subgroups, alarmed } = one;
        pairs.push({ id, group, positive, subgroups, alarmed, ...reads });
      } catch (error) {
        // What no reader can decode judges neither.
        if (!isProblem(error) || !/^image-|^input-/.test(error.code)) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: width }, walk));
  return pairs.sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** Both readers of a release together, at even odds: its band is certified by itself, and asks people where it is not sure. */
async function read(predictor: Predictor, programme: Programme, image: AcceptedImage, signal: AbortSignal) {
  const { manifest, fast, fine, band } = programme;
  const { readings } = await readBoth((packs) => {
    const task = { id: newCaseId(), packs, image, lane: "bulk" as const, remainingMs: imageDeadlineMs };
    return predictor.predict(task, signal);
  }, programme);
  const opinion = (reader: typeof fast) =>
    opinionOf(readings.find(({ pack }) => pack === reader.digest)?.scores ?? [], reader.calibration, manifest);
  const { positive } = combine("cascade", { fast: opinion(fast), fine: opinion(fine) }, band.fuse, manifest);
  return { calledPositive: positive >= 0.5, probability: positive };
}
