/**
 * Gradient-boosted trees in LightGBM's text format, over numerical features. Flat arrays: one evaluation touches a few
 * cache lines per tree.
 *
 * @see https://lightgbm.readthedocs.io (Booster.save_model)
 */
export class BoostedTrees {
  readonly features: number;
  readonly trees: number;
  /** Margins of one evaluation; tree i belongs to margin `i % outputs`. */
  readonly outputs: number;
  readonly #roots: Int32Array;
  readonly #feature: Int32Array;
  readonly #threshold: Float64Array;
  /** Index of a node when >= 0, of a leaf when negative (as ~leaf). */
  readonly #left: Int32Array;
  readonly #right: Int32Array;
  /** 1 where a missing value goes left. */
  readonly #defaultLeft: Uint8Array;
  /** 0 none, 1 zero, 2 NaN: which values count as missing. */
  readonly #missing: Uint8Array;
  readonly #leaf: Float64Array;

  private constructor(parsed: readonly ParsedTree[], features: number, outputs: number) {
    const nodes = parsed.reduce((sum, tree) => sum + tree.feature.length, 0);
    const leaves = parsed.reduce((sum, tree) => sum + tree.leaf.length, 0);
    this.features = features;
    this.trees = parsed.length;
    this.outputs = outputs;
    this.#roots = new Int32Array(parsed.length);
    this.#feature = new Int32Array(nodes);
    this.#threshold = new Float64Array(nodes);
    this.#left = new Int32Array(nodes);
    this.#right = new Int32Array(nodes);
    this.#defaultLeft = new Uint8Array(nodes);
    this.#missing = new Uint8Array(nodes);
    this.#leaf = new Float64Array(leaves);
    let node = 0;
    let leaf = 0;
    for (const [i, tree] of parsed.entries()) {
      const child = (index: number): number => (index >= 0 ? node + index : ~(leaf + ~index));
      this.#roots[i] = tree.feature.length === 0 ? ~leaf : node;
      this.#feature.set(tree.feature, node);
      this.#threshold.set(tree.threshold, node);
      this.#left.set(tree.left.map(child), node);
      this.#right.set(tree.right.map(child), node);
      this.#defaultLeft.set(
        tree.decision.map((type) => (type >> 1) & 1),
        node,
      );
      this.#missing.set(
        tree.decision.map((type) => (type >> 2) & 3),
        node,
      );
      this.#leaf.set(tree.leaf, leaf);
      node += tree.feature.length;
      leaf += tree.leaf.length;
    }
  }

  /** @throws {TypeError} when the text is not a model over numerical features, or contradicts itself */
  static parse(text: string): BoostedTrees {
    const [head = "", ...rest] = text.split(/\n(?=Tree=\d+\n)/);
    const header = fields(head);
    const features = Number(header.get("max_feature_idx")) + 1;
    const outputs = Number(header.get("num_tree_per_iteration"));
    if (
      !head.startsWith("tree\n") ||
      !Number.isInteger(features) ||
      features < 1 ||
      !Number.isInteger(outputs) ||
      outputs < 1 ||
      header.get("num_class") !== String(outputs)
    )
      throw new TypeError("not a LightGBM model");
    if (head.includes("\naverage_output")) throw new TypeError("averaged forests are not read");
    const parsed = rest.map((block) => parseTree(block.split("\nend of trees")[0] as string, features));
    const sizes = header.get("tree_sizes")?.split(" ").length;
    if (parsed.length === 0 || sizes !== parsed.length) throw new TypeError("the model holds fewer trees than it says");
    if (parsed.length % outputs !== 0) throw new TypeError("the model's last round is not whole");
    return new BoostedTrees(parsed, features, outputs);
  }

  /**
   * @param values features from `offset` on; float32 values are compared as doubles, as LightGBM does
   * @returns raw margin of each output, unbounded
   */
  margins(values: Float32Array | Float64Array, offset = 0): Float64Array {
    const sums = new Float64Array(this.outputs);
    for (let tree = 0; tree < this.trees; tree++) {
      let at = this.#roots[tree] as number;
      while (at >= 0)
        at = this.#goesLeft(at, values[offset + (this.#feature[at] as number)] as number)
          ? (this.#left[at] as number)
          : (this.#right[at] as number);
      const output = tree % this.outputs;
      sums[output] = (sums[output] as number) + (this.#leaf[~at] as number);
    }
    return sums;
  }

  /** The margin of a model with one output; of another there is none. */
  margin(values: Float32Array | Float64Array, offset = 0): number {
    if (this.outputs !== 1) throw new TypeError(`one margin is asked of ${this.outputs}`);
    return this.margins(values, offset)[0] as number;
  }

  #goesLeft(node: number, raw: number): boolean {
    const missing = this.#missing[node];
    const value = missing !== 2 && Number.isNaN(raw) ? 0 : raw;
    const isMissing = missing === 2 ? Number.isNaN(value) : missing === 1 && Math.abs(value) <= 1e-35;
    return isMissing ? this.#defaultLeft[node] === 1 : value <= (this.#threshold[node] as number);
  }
}

interface ParsedTree {
  readonly feature: number[];
  readonly threshold: number[];
  readonly left: number[];
  readonly right: number[];
  readonly decision: number[];
  readonly leaf: number[];
}

function fields(block: string): Map<string, string> {
  return new Map(
    block
      .split("\n")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

function parseTree(block: string, features: number): ParsedTree {
  const values = fields(block);
  const numbers = (name: string, count: number): number[] => {
    const list = (values.get(name) ?? "")
      .split(" ")
      .filter((each) => each !== "")
      .map(Number);
    if (list.length !== count || list.some((each) => Number.isNaN(each)))
      throw new TypeError(`a tree's ${name} is damaged`);
    return list;
  };
  const leaves = Number(values.get("num_leaves"));
  if (!Number.isInteger(leaves) || leaves < 1 || values.get("num_cat") !== "0")
    throw new TypeError("a tree's size is damaged");
  const nodes = leaves - 1;
  const tree: ParsedTree = {
    feature: numbers("split_feature", nodes),
    threshold: numbers("threshold", nodes),
    left: numbers("left_child", nodes),
    right: numbers("right_child", nodes),
    decision: numbers("decision_type", nodes),
    leaf: numbers("leaf_value", leaves),
  };
  assertTree(tree, features);
  return tree;
}

/** Children point forward, so that no evaluation can loop, and every node and leaf is reached at most once. */
function assertTree({ feature, left, right, decision, leaf }: ParsedTree, features: number): void {
  if (feature.some((each) => !Number.isInteger(each) || each < 0 || each >= features))
    throw new TypeError("a split names no feature");
  if (decision.some((type) => (type & 1) === 1)) throw new TypeError("categorical splits are not read");
  const reached = new Set<number>();
  for (const [node, child] of [...left.entries(), ...right.entries()]) {
    const inside = child >= 0 ? child > node && child < feature.length : ~child < leaf.length;
    if (!Number.isInteger(child) || !inside || reached.has(child)) throw new TypeError("a tree's children are damaged");
    reached.add(child);
  }
}
