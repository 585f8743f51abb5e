import { describe, expect, it } from "vitest";
import { Random } from "../../contracts/random.ts";
import { BoostedTrees } from "../../workers/boosted-trees.ts";
import { lightGbmText } from "./light-gbm-text.ts";
import { type TreeModel, trainTrees } from "./train.ts";

const [n, width] = [300, 5];
const random = new Random(9);
const features = Float32Array.from({ length: n * width }, () => random.between(-1e3, 1e-3));
const labels = Array.from(
  { length: n },
  (_, i) => Number((features[i * width] as number) > -300) + Number((features[i * width + 1] as number) > -700),
);

const model = await trainTrees(
  { features, width, truth: { objective: "softmax", outputs: 3, labels } },
  { leaves: 5, trees: 20, rate: 0.1, columns: 0.6, rows: 0.7, smallestLeaf: 5, l2: 1, extra: true, seed: 2 },
);

/** Margins from the trees as they were grown. */
function grown({ trees, outputs }: TreeModel, row: number): number[] {
  const sums = Array.from({ length: outputs }, () => 0);
  for (const [i, { feature, threshold, left, right, leaf }] of trees.entries()) {
    let at = feature.length === 0 ? ~0 : 0;
    while (at >= 0) {
      const value = features[row * width + (feature[at] as number)] as number;
      at = (value <= (threshold[at] as number) ? left[at] : right[at]) as number;
    }
    sums[i % outputs] = (sums[i % outputs] as number) + (leaf[~at]?.value as number);
  }
  return sums;
}

describe("lightGbmText", () => {
  it("is read back with the very margins", () => {
    const trees = BoostedTrees.parse(lightGbmText(model));
    expect([trees.outputs, trees.trees, trees.features]).toEqual([3, 60, width]);
    for (let row = 0; row < n; row++) expect([...trees.margins(features, row * width)]).toEqual(grown(model, row));
  });

  it("says where each tree lies, to the byte", () => {
    const text = lightGbmText(model);
    const sizes = (/^tree_sizes=(.*)$/m.exec(text)?.[1] ?? "").split(" ").map(Number);
    expect(sizes).toHaveLength(model.trees.length);
    let at = text.indexOf("Tree=0\n");
    for (const [i, size] of sizes.entries()) {
      expect(text.slice(at, at + size)).toMatch(new RegExp(`^Tree=${i}\n`));
      at += size;
    }
    expect(text.slice(at)).toMatch(/^end of trees\n/);
    expect(Buffer.byteLength(text)).toBe(text.length);
  });
});
