import type { Question } from "../contracts/pack.ts";
import { BoostedTrees } from "../workers/embedding.ts";
import { fitHead, headScores, type LinearHead } from "./linear-head.ts";
import type { Prepared } from "./prepare-data.ts";
import { classWeights, targetsOf, truthOf } from "./targets.ts";
import { lightGbmText } from "./trees/light-gbm-text.ts";
import type { TreeSettings } from "./trees/settings.ts";
import { type TreeWatch, trainTrees } from "./trees/train.ts";

/** How much smaller classes are raised: trees half way, because they overfit what is rare; heads fully. */
const treeBalance = 0.5;
const headBalance = 1;

/** A reader of embeddings: raw scores of one image's serving view. */
export type Scorer = (embedding: Float32Array) => number[];

export interface LearntTrees {
  readonly text: string;
  readonly scorer: Scorer;
}

export async function learnTrees(
  images: readonly Prepared[],
  width: number,
  question: Question,
  settings: TreeSettings,
  watch: TreeWatch,
): Promise<LearntTrees> {
  const rows = rowsOf(images, width);
  const labels = rows.of.map((i) => (images[i] as Prepared).labels);
  const weights = classWeights(
    images.map((image) => image.labels),
    question,
    treeBalance,
  );
  const model = await trainTrees(
    {
      features: rows.values,
      width,
      truth: truthOf(labels, question, 1),
      weight: Float32Array.from(rows.of, (i) => weights[i] as number),
    },
    settings,
    watch,
  );
  const text = lightGbmText(model);
  const trees = BoostedTrees.parse(text);
  return { text, scorer: (embedding) => [...trees.margins(embedding)] };
}

export function learnHead(
  images: readonly Prepared[],
  width: number,
  question: Question,
): { head: LinearHead; scorer: Scorer } {
  const rows = rowsOf(images, width);
  const weights = classWeights(
    images.map((image) => image.labels),
    question,
    headBalance,
  );
  const targets = targetsOf(
    rows.of.map((i) => (images[i] as Prepared).labels),
    question,
  );
  const outputs = targets.length / rows.of.length;
  const head = fitHead(
    { values: rows.values, width, targets, outputs, weights: Float32Array.from(rows.of, (i) => weights[i] as number) },
    question.task,
  );
  return { head, scorer: (embedding) => headScores(head, embedding, 0) };
}

/** All views of all images under each other, with the image each row belongs to. */
function rowsOf(images: readonly Prepared[], width: number): { values: Float32Array; of: number[] } {
  const total = images.reduce((sum, { embeddings }) => sum + embeddings.length, 0);
  const values = new Float32Array(total);
  const of: number[] = [];
  let at = 0;
  for (const [i, { embeddings }] of images.entries()) {
    values.set(embeddings, at);
    at += embeddings.length;
    for (let view = 0; view < embeddings.length / width; view++) of.push(i);
  }
  return { values, of };
}

/**
 * Scores of every image by a reader that did not see its fold.
 * @param learn trains on the images it is given
 */
export async function outOfFold(
  images: readonly Prepared[],
  width: number,
  fold: readonly number[],
  learn: (images: readonly Prepared[], fold: number) => Promise<Scorer> | Scorer,
): Promise<number[][]> {
  const out: number[][] = images.map(() => []);
  for (const left of [...new Set(fold)].sort((one, other) => one - other)) {
    const scorer = await learn(
      images.filter((_, i) => fold[i] !== left),
      left,
    );
    for (const [i, { embeddings }] of images.entries())
      if (fold[i] === left) out[i] = scorer(embeddings.subarray(0, width));
  }
  return out;
}
