import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BoostedTrees } from "./boosted-trees.ts";

interface Golden {
  readonly made: string;
  readonly model: string;
  /** null stands for a missing value. */
  readonly inputs: readonly (readonly (number | null)[])[];
  readonly margins: readonly number[];
}

// Margins by LightGBM from PyPI, for the three ways in which it treats missing values.
const golden = JSON.parse(
  readFileSync(new URL("../../test/support/fixtures/lightgbm.json", import.meta.url), "utf8"),
) as Golden[];

// Made by LightGBM 4.7.0 from PyPI: objective multiclass, 3 classes, 3 leaves, 2 iterations, raw_score of four rows; lines
// that say nothing about margins are left out.
const threeClasses = {
  model: `tree
version=v4
num_class=3
num_tree_per_iteration=3
max_feature_idx=2
objective=multiclass num_class:3
feature_names=Column_0 Column_1 Column_2
tree_sizes=450 453 447 456 457 458

Tree=0
num_leaves=3
num_cat=0
split_feature=0 1
threshold=4.5000000000000009 5.5000000000000009
decision_type=2 2
left_child=1 -1
right_child=-2 -3
leaf_value=-0.87097415275146173 -1.1659920334857246 -1.1659920334857246

Tree=1
num_leaves=3
num_cat=0
split_feature=0 1
threshold=4.5000000000000009 5.5000000000000009
decision_type=2 2
left_child=-1 -2
right_child=1 -3
leaf_value=-0.86086424757499025 -0.67915254619572807 -0.95040334680535143

Tree=2
num_leaves=3
num_cat=0
split_feature=1 0
threshold=5.5000000000000009 4.5000000000000009
decision_type=2 2
left_child=-1 -2
right_child=1 -3
leaf_value=-1.5995978156258837 -1.5995978156258837 -1.2110974478439303

Tree=3
num_leaves=3
num_cat=0
split_feature=0 1
threshold=4.5000000000000009 5.5000000000000009
decision_type=2 2
left_child=1 -1
right_child=-2 -3
leaf_value=0.16618226183796833 -0.096446994261638594 -0.099917435853062495

Tree=4
num_leaves=3
num_cat=0
split_feature=0 1
threshold=4.5000000000000009 5.5000000000000009
decision_type=2 2
left_child=1 -1
right_child=-2 -3
leaf_value=-0.11209046290807596 0.026986240637046695 0.14764983841052079

Tree=5
num_leaves=3
num_cat=0
split_feature=1 0
threshold=5.5000000000000009 4.5000000000000009
decision_type=2 2
left_child=-1 -2
right_child=1 -3
leaf_value=-0.082865545006142183 -0.085001360580329477 0.22293124491784241

end of trees
`,
  inputs: [
    [0, 0, 0],
    [8, 8, 3],
    [5, 2, 7],
    [3, 7, 1],
  ],
  margins: [
    [-0.7047918909134934, -0.9729547104830663, -1.6824633606320258],
    [-1.2624390277473632, -0.9234171061683047, -0.9881662029260878],
    [-1.2624390277473632, -0.6521663055586814, -1.6824633606320258],
    [-1.2659094693387871, -0.7132144091644694, -1.6845991762062131],
  ],
};

describe("BoostedTrees", () => {
  it.each(golden)("gives the margins of $made", ({ model, inputs, margins }) => {
    const trees = BoostedTrees.parse(model);
    expect(trees.trees).toBe(12);
    expect(inputs.length).toBeGreaterThan(30);
    for (const [i, row] of inputs.entries()) {
      const values = Float32Array.from(row, (each) => each ?? Number.NaN);
      expect(Math.abs((trees.margins(values)[0] as number) - (margins[i] as number))).toBeLessThan(1e-9);
    }
  });

  it("reads each row of a batch by its offset", () => {
    const { model, inputs, margins } = golden[0] as Golden;
    const trees = BoostedTrees.parse(model);
    const batch = Float32Array.from(inputs.flat(), (each) => each ?? Number.NaN);
    expect(trees.margins(batch, 3 * trees.features)[0]).toBeCloseTo(margins[3] as number, 9);
  });

  it("gives every class its own trees", () => {
    const trees = BoostedTrees.parse(threeClasses.model);
    expect([trees.outputs, trees.trees, trees.features]).toEqual([3, 6, 3]);
    const batch = Float32Array.from(threeClasses.inputs.flat());
    for (const [i, wanted] of threeClasses.margins.entries())
      for (const [k, margin] of trees.margins(batch, 3 * i).entries())
        expect(Math.abs(margin - (wanted[k] as number))).toBeLessThan(1e-12);
  });

  it("gives no single margin of several", () => {
    expect(() => BoostedTrees.parse(threeClasses.model).margin(new Float32Array(3))).toThrow(TypeError);
  });

  it("refuses a class that lacks a tree", () => {
    const text = threeClasses.model.replace(/Tree=5\n[\s\S]*$/, "").replace("456 457 458", "456 457");
    expect(() => BoostedTrees.parse(text)).toThrow("round is not whole");
  });

  const { model } = golden[0] as Golden;
  it.each([
    ["another file", "not a model"],
    ["classes without trees of their own", model.replace("num_class=1", "num_class=3")],
    [
      "no classes",
      model.replace("num_tree_per_iteration=1", "num_tree_per_iteration=0").replace("num_class=1", "num_class=0"),
    ],
    ["a tree less than promised", model.replace(/Tree=11\n[\s\S]*?\n\n/, "")],
    ["a child that points back", model.replace(/left_child=(\S+)/, (all, first: string) => all.replace(first, "0"))],
    ["a feature that is not there", model.replace(/split_feature=\d+/, "split_feature=99")],
    ["a leaf value missing", model.replace(/leaf_value=\S+ /, "leaf_value=")],
    ["a threshold that is no number", model.replace(/threshold=\S+/, "threshold=x")],
    ["a categorical split", model.replace(/decision_type=\d+/, "decision_type=1")],
  ])("refuses %s", (_, text) => {
    expect(text).not.toBe(model);
    expect(() => BoostedTrees.parse(text)).toThrow(TypeError);
  });
});
