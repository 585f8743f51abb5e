import type { Leaf, Tree } from "./grow.ts";
import { binsMax, type TreeSettings } from "./settings.ts";
import type { TreeModel } from "./train.ts";

/** A numerical split on a feature without missing values; the bit for their way is set as LightGBM sets it. */
const numericalSplit = 2;

/**
 * The model in LightGBM's text format, version 4, as `Booster.save_model` writes it and its loaders read it.
 *
 * @see LightGBM src/boosting/gbdt_model_text.cpp, src/io/tree.cpp
 */
export function lightGbmText(model: TreeModel): string {
  const width = model.ranges.length;
  const { outputs } = model;
  const trees = model.trees.map((tree, i) => treeText(tree, i, i < outputs ? 1 : model.settings.rate));
  const head = [
    "tree",
    "version=v4",
    `num_class=${outputs}`,
    `num_tree_per_iteration=${outputs}`,
    "label_index=0",
    `max_feature_idx=${width - 1}`,
    `objective=${model.objective}`,
    `feature_names=${Array.from({ length: width }, (_, i) => nameOf(i)).join(" ")}`,
    `feature_infos=${model.ranges.map(([least, most]) => (least === most ? "none" : `[${least}:${most}]`)).join(" ")}`,
    // Bytes, by which a loader finds the trees; the text is ASCII.
    `tree_sizes=${trees.map((text) => text.length).join(" ")}`,
  ];
  return `${head.join("\n")}\n\n${trees.join("")}end of trees\n\n${importances(model)}\n${parameters(model)}`;
}

function nameOf(feature: number): string {
  return `Column_${feature}`;
}

/** Shrinkage says by what the leaves were multiplied; 1 for the first trees, to which the start was added. */
function treeText(tree: Tree, i: number, shrinkage: number): string {
  const of = (leaves: readonly Leaf[], name: keyof Leaf): string =>
    leaves.map((leaf) => (name === "count" ? leaf[name] : rounded(leaf[name]))).join(" ");
  const exact = (leaves: readonly Leaf[]): string => leaves.map(({ value }) => value).join(" ");
  return [
    `Tree=${i}`,
    `num_leaves=${tree.leaf.length}`,
    "num_cat=0",
    `split_feature=${tree.feature.join(" ")}`,
    `split_gain=${tree.gain.map(rounded).join(" ")}`,
    `threshold=${tree.threshold.join(" ")}`,
    `decision_type=${tree.feature.map(() => numericalSplit).join(" ")}`,
    `left_child=${tree.left.join(" ")}`,
    `right_child=${tree.right.join(" ")}`,
    `leaf_value=${exact(tree.leaf)}`,
    `leaf_weight=${of(tree.leaf, "weight")}`,
    `leaf_count=${of(tree.leaf, "count")}`,
    `internal_value=${of(tree.inner, "value")}`,
    `internal_weight=${of(tree.inner, "weight")}`,
    `internal_count=${of(tree.inner, "count")}`,
    "is_linear=0",
    `shrinkage=${shrinkage}`,
    "\n\n",
  ].join("\n");
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** How often each feature splits, the most first. */
function importances({ trees }: TreeModel): string {
  const splits = new Map<number, number>();
  for (const feature of trees.flatMap((tree) => tree.feature)) splits.set(feature, (splits.get(feature) ?? 0) + 1);
  const sorted = [...splits].sort(([f, a], [g, b]) => b - a || f - g);
  return ["feature_importances:", ...sorted.map(([feature, count]) => `${nameOf(feature)}=${count}`), ""].join("\n");
}

function parameters({ objective, outputs, settings }: TreeModel): string {
  const values: Readonly<Record<string, string | number>> = {
    boosting: "gbdt",
    objective: objective.split(" ")[0] as string,
    num_iterations: settings.trees,
    ...shared(settings),
    num_class: outputs,
  };
  const lines = Object.entries(values).map(([name, value]) => `[${name}: ${value}]`);
  return ["parameters:", ...lines, "", "end of parameters", ""].join("\n");
}

function shared(settings: TreeSettings): Record<string, number> {
  return {
    learning_rate: settings.rate,
    num_leaves: settings.leaves,
    min_data_in_leaf: settings.smallestLeaf,
    bagging_fraction: settings.rows,
    bagging_freq: settings.rows < 1 ? 1 : 0,
    feature_fraction: settings.columns,
    extra_trees: settings.extra ? 1 : 0,
    lambda_l2: settings.l2,
    max_bin: settings.bins ?? binsMax,
    seed: settings.seed,
  };
}
