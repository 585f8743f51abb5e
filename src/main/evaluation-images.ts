import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Programme } from "../contracts/index.ts";
import type { Config } from "../platform/index.ts";
import { DatasetError, type LabelledImage, readDataset } from "../training/index.ts";
import { trainedDir } from "./releases.ts";

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

/** The images that are measured, and what was left out. */
export interface Chosen {
  readonly images: readonly LabelledImage[];
  readonly split: string;
  readonly seen: number;
  readonly otherLabels: Record<string, number>;
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

/** @throws {DatasetError} when a folder cannot be read, or no image is left */
export async function chooseImages(config: Config, programme: Programme, wish: EvaluationWish): Promise<Chosen> {
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
export async function learntFrom(config: Config, programme: Programme): Promise<Set<string>> {
  const texts = await Promise.all(
    [config.MODELS_DIR, trainedDir(config)].map((folder) =>
      readFile(join(folder, programme.band.pack, "out-of-fold.csv"), "utf8").catch(() => ""),
    ),
  );
  const text = texts.join("\n");
  return new Set(
    text
      .split("\n")
      .slice(1)
      .map((line) => line.slice(0, 64)),
  );
}
