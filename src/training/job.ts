import type { Preparation, Question } from "../contracts/pack.ts";
import type { QualityLimits } from "../contracts/programme.ts";
import type { Augmentation } from "../contracts/training.ts";

export const trainedModels = ["fast", "fine", "both"] as const;
export type TrainedModel = (typeof trainedModels)[number];

/** What is to be trained, from what, and where it goes: plain data, for a process on this machine or on another. */
export interface TrainingJob {
  readonly programme: string;
  readonly title: string;
  readonly description: string;
  readonly views: readonly string[];
  readonly question: Question;
  readonly aliases: Readonly<Record<string, string>>;
  readonly prepare: Preparation;
  readonly quality: QualityLimits;
  /** Folders of labelled images. */
  readonly data: readonly string[];
  readonly model: TrainedModel;
  /** Folder with a fine network that was trained elsewhere: fine.onnx, network.json, out-of-fold.csv. */
  readonly network?: string;
  /** Where encoder and the other reader's pack are. */
  readonly modelsDir: string;
  /** Where the encoder may be as well: those that were pulled. */
  readonly moreDirs: readonly string[];
  readonly encoder: string;
  /** A folder like `models`: gets the packs and programme.json. */
  readonly out: string;
  /** Embeddings and trials of earlier runs, kept between runs. */
  readonly cache: string;
  readonly augmentation: Augmentation;
  /** Views of each training image, the serving view among them. */
  readonly viewsPerImage: number;
  readonly folds: number;
  /** Settings of the trees that are tried; 1 takes the first without a trial. */
  readonly trials: number;
  readonly seed: number;
  readonly threads: number;
  /** Of the code, for the pack's lineage. */
  readonly codeVersion: string;
  /** RFC 3339 date on which the packs are made. */
  readonly createdAt: string;
}

export type TrainingEvent =
  | { readonly kind: "progress"; readonly step: string; readonly done: number; readonly of: number }
  /** A fact that the person should see. */
  | { readonly kind: "note"; readonly text: string };

export interface TrainingResult {
  /** Folders of the packs that were written, inside `out`. */
  readonly packs: readonly string[];
  readonly images: number;
  readonly groups: number;
  /** Groups that lay in more than one split and were made whole. */
  readonly leaks: number;
  readonly seconds: number;
}
