import type { Task } from "../contracts/pack.ts";
import type { TreeSettings } from "./trees/settings.ts";

/** One tree of 7 leaves is about 0.9 kB of text; a programme's fast pack must stay small. */
const treesMax = { binary: 4000, several: 1300 };

/**
 * Settings worth trying, the best known first. Many small steps at random thresholds: a few grey levels more or less
 * move the margin half as much as fewer steps at the best thresholds do, at the same out-of-fold loss.
 */
export function treeCandidates(task: Task, outputs: number, seed: number): readonly TreeSettings[] {
  const trees = task === "binary" ? treesMax.binary : Math.floor(treesMax.several / outputs);
  const first: TreeSettings = {
    leaves: 7,
    trees,
    rate: task === "binary" ? 0.0075 : Math.min(0.25, 20 / trees),
    columns: 0.02,
    rows: 0.3,
    smallestLeaf: 20,
    l2: 1,
    extra: true,
    seed,
  };
  return [
    first,
    { ...first, columns: 0.05 },
    { ...first, leaves: 4, rate: Math.min(0.25, first.rate * 1.5) },
    { ...first, smallestLeaf: 60, l2: 5 },
    { ...first, extra: false, columns: 0.05 },
    { ...first, leaves: 12, rate: first.rate * 0.7 },
  ];
}
