import type { Random } from "../../contracts/random.ts";
import type { Bins } from "./bins.ts";
import { binsMax, type TreeSettings } from "./settings.ts";

/**
 * One tree as LightGBM numbers it: node 0 is the root, a child >= 0 is a node, a negative one the leaf ~child; a split
 * leaves its left child the old leaf's number. A tree of one leaf has no nodes.
 */
export interface Tree {
  readonly feature: number[];
  /** Bin and value up to which a row goes left. */
  readonly bin: number[];
  readonly threshold: number[];
  readonly gain: number[];
  readonly left: number[];
  readonly right: number[];
  /** Value, sum of hessians and rows that each node would have as a leaf. */
  readonly inner: Leaf[];
  readonly leaf: Leaf[];
}

export interface Leaf {
  value: number;
  readonly weight: number;
  readonly count: number;
}

/** Least sum of hessians of a leaf. @see LightGBM min_sum_hessian_in_leaf */
const weightMin = 1e-3;

/** Numbers of one bin: sums of gradients and hessians, and rows. */
const perBin = 3;

const perFeature = binsMax * perBin;

/** Features whose histograms are summed in one pass. */
const atOnce = 4;

/** A leaf under construction: rows [start, start + count) of the grower, its sums, and its best split if any. */
interface Growing {
  start: number;
  count: number;
  gradient: number;
  hessian: number;
  /** Its histograms' place. */
  slot: number;
  /** Node and side that point here. */
  parent: number;
  isLeft: boolean;
  split: Split | undefined;
}

interface Split {
  readonly gain: number;
  readonly feature: number;
  readonly bin: number;
  readonly gradient: number;
  readonly hessian: number;
  readonly count: number;
}

/** Grows one tree after another over the same bins; all large arrays are made once. */
export class TreeGrower {
  readonly #bins: Bins;
  readonly #settings: TreeSettings;
  readonly #random: Random;
  /** Rows of the bag, each leaf's together. */
  readonly #rows: Uint32Array;
  readonly #spare: Uint32Array;
  readonly #gradient: Float64Array;
  readonly #hessian: Float64Array;
  readonly #histograms: Float64Array;
  readonly #stride: number;

  /** @param columns features of one tree at most */
  constructor(bins: Bins, settings: TreeSettings, columns: number, random: Random) {
    this.#bins = bins;
    this.#settings = settings;
    this.#random = random;
    this.#rows = new Uint32Array(bins.n);
    this.#spare = new Uint32Array(bins.n);
    this.#gradient = new Float64Array(bins.n);
    this.#hessian = new Float64Array(bins.n);
    this.#stride = Math.ceil(columns / atOnce) * atOnce * perFeature;
    this.#histograms = new Float64Array(settings.leaves * this.#stride);
  }

  /**
   * Splits the leaf that gains most until there are enough leaves or nothing gains.
   *
   * @param gradient of each row of the bins, as `hessian`
   * @param bag rows to learn from, the first `size` of it
   * @param columns features to look at, the first `many` of it
   */
  grow(
    gradient: Float64Array,
    hessian: Float64Array,
    bag: Uint32Array,
    size: number,
    columns: Int32Array,
    many: number,
  ): Tree {
    const tree: Tree = { feature: [], bin: [], threshold: [], gain: [], left: [], right: [], inner: [], leaf: [] };
    this.#rows.set(bag.subarray(0, size));
    const root = this.#root(gradient, hessian, size);
    const leaves = [root];
    if (this.#splittable(root)) {
      this.#fill(root, gradient, hessian, columns, many);
      root.split = this.#bestSplit(root, columns, many);
    }
    while (leaves.length < this.#settings.leaves) {
      const at = best(leaves);
      const leaf = leaves[at] as Growing;
      if (leaf.split === undefined) break;
      const [left, right] = this.#divide(leaf, leaf.split, tree, leaves.length);
      leaves[at] = left;
      leaves.push(right);
      // The last leaves are not split, so nobody asks for their histograms.
      if (leaves.length === this.#settings.leaves) break;
      const [smaller, larger] = left.count <= right.count ? [left, right] : [right, left];
      if (!this.#splittable(larger)) continue;
      smaller.slot = leaves.length - 1;
      this.#fill(smaller, gradient, hessian, columns, many);
      this.#subtract(larger, smaller, many);
      if (this.#splittable(smaller)) smaller.split = this.#bestSplit(smaller, columns, many);
      larger.split = this.#bestSplit(larger, columns, many);
    }
    for (const [i, leaf] of leaves.entries()) {
      if (leaf.parent >= 0) (leaf.isLeft ? tree.left : tree.right)[leaf.parent] = ~i;
      tree.leaf.push(this.#leafOf(leaf.gradient, leaf.hessian, leaf.count));
    }
    return tree;
  }

  /** Adds the tree's values to the scores of the rows of all bins, in the bag or not. */
  addTo(scores: Float64Array, { feature, bin, left, right, leaf }: Tree): void {
    const { n, index } = this.#bins;
    const column = Int32Array.from(feature, (each) => each * n);
    const most = Uint8Array.from(bin);
    const [lefts, rights] = [Int32Array.from(left), Int32Array.from(right)];
    const values = Float64Array.from(leaf, ({ value }) => value);
    const root = feature.length === 0 ? ~0 : 0;
    for (let row = 0; row < n; row++) {
      let at = root;
      while (at >= 0)
        at = (
          (index[(column[at] as number) + row] as number) <= (most[at] as number) ? lefts[at] : rights[at]
        ) as number;
      scores[row] = (scores[row] as number) + (values[~at] as number);
    }
  }

  #root(gradient: Float64Array, hessian: Float64Array, count: number): Growing {
    let [g, h] = [0, 0];
    for (let i = 0; i < count; i++) {
      g += gradient[this.#rows[i] as number] as number;
      h += hessian[this.#rows[i] as number] as number;
    }
    return { start: 0, count, gradient: g, hessian: h, slot: 0, parent: -1, isLeft: false, split: undefined };
  }

  #splittable(leaf: Growing): boolean {
    return leaf.count >= 2 * this.#settings.smallestLeaf && leaf.hessian >= 2 * weightMin;
  }

  #leafOf(gradient: number, hessian: number, count: number): Leaf {
    const { rate, l2 } = this.#settings;
    const weight = hessian + l2;
    return { value: weight > 0 ? (-gradient / weight) * rate : 0, weight: hessian, count };
  }

  /** Sums of every looked-at feature's bins over the rows of a leaf. */
  #fill(leaf: Growing, gradient: Float64Array, hessian: Float64Array, columns: Int32Array, many: number): void {
    const { n, index } = this.#bins;
    const { start, count } = leaf;
    const histograms = this.#histograms;
    const rows = this.#rows.subarray(start, start + count);
    const g = this.#gradient;
    const h = this.#hessian;
    for (let i = 0; i < count; i++) {
      g[i] = gradient[rows[i] as number] as number;
      h[i] = hessian[rows[i] as number] as number;
    }
    const from = leaf.slot * this.#stride;
    histograms.fill(0, from, from + this.#stride);
    // Several features in one pass: their sums do not wait for each other, and rows and derivatives are read once. Where
    // the features run out, the last one is summed again into places that nobody reads.
    const column = (c: number): number => (columns[Math.min(c, many - 1)] as number) * n;
    for (let c = 0; c < many; c += atOnce) {
      const [c0, c1, c2, c3] = [column(c), column(c + 1), column(c + 2), column(c + 3)];
      const h0 = from + c * perFeature;
      const [h1, h2, h3] = [h0 + perFeature, h0 + 2 * perFeature, h0 + 3 * perFeature];
      for (let i = 0; i < count; i++) {
        const row = rows[i] as number;
        const addedG = g[i] as number;
        const addedH = h[i] as number;
        add(histograms, h0 + (index[c0 + row] as number) * perBin, addedG, addedH);
        add(histograms, h1 + (index[c1 + row] as number) * perBin, addedG, addedH);
        add(histograms, h2 + (index[c2 + row] as number) * perBin, addedG, addedH);
        add(histograms, h3 + (index[c3 + row] as number) * perBin, addedG, addedH);
      }
    }
  }

  /** The larger child's histograms are the parent's, whose place it keeps, less the smaller child's. */
  #subtract(larger: Growing, smaller: Growing, many: number): void {
    const histograms = this.#histograms;
    const to = larger.slot * this.#stride;
    const of = smaller.slot * this.#stride;
    for (let i = 0; i < many * perFeature; i++)
      histograms[to + i] = (histograms[to + i] as number) - (histograms[of + i] as number);
  }

  #bestSplit(leaf: Growing, columns: Int32Array, many: number): Split | undefined {
    const { l2, smallestLeaf, extra } = this.#settings;
    const { gradient, hessian, count } = leaf;
    const histograms = this.#histograms;
    const alone = gradient ** 2 / (hessian + l2);
    let gain = 0;
    let [column, bin, g, h, rows] = [-1, 0, 0, 0, 0];
    for (let c = 0; c < many; c++) {
      const cuts = (this.#bins.thresholds[columns[c] as number] as Float32Array).length;
      const only = extra ? Math.floor(this.#random.next() * cuts) : -1;
      let at = leaf.slot * this.#stride + c * perFeature;
      let [leftG, leftH, leftRows] = [0, 0, 0];
      for (let t = 0; t < (extra ? only + 1 : cuts); t++, at += perBin) {
        leftG += histograms[at] as number;
        leftH += histograms[at + 1] as number;
        leftRows += histograms[at + 2] as number;
        if ((extra && t !== only) || leftRows < smallestLeaf || leftH < weightMin) continue;
        const rightH = hessian - leftH;
        if (count - leftRows < smallestLeaf || rightH < weightMin) break;
        const gained = leftG ** 2 / (leftH + l2) + (gradient - leftG) ** 2 / (rightH + l2) - alone;
        if (gained > gain) {
          gain = gained;
          [column, bin, g, h, rows] = [c, t, leftG, leftH, leftRows];
        }
      }
    }
    if (column < 0) return undefined;
    return { gain, feature: columns[column] as number, bin, gradient: g, hessian: h, count: rows };
  }

  /** Makes a node of a leaf: its rows come apart, each side in its old order. */
  #divide(leaf: Growing, split: Split, tree: Tree, leaves: number): [Growing, Growing] {
    const node = leaves - 1;
    if (leaf.parent >= 0) (leaf.isLeft ? tree.left : tree.right)[leaf.parent] = node;
    tree.feature.push(split.feature);
    tree.bin.push(split.bin);
    tree.threshold.push(this.#bins.thresholds[split.feature]?.[split.bin] as number);
    tree.gain.push(split.gain);
    tree.left.push(~0);
    tree.right.push(~0);
    tree.inner.push(this.#leafOf(leaf.gradient, leaf.hessian, leaf.count));
    this.#partition(leaf.start, leaf.count, split.feature * this.#bins.n, split.bin);
    const { gradient, hessian, count } = split;
    const { start, slot } = leaf;
    return [
      { start, count, gradient, hessian, slot, parent: node, isLeft: true, split: undefined },
      {
        start: start + count,
        count: leaf.count - count,
        gradient: leaf.gradient - gradient,
        hessian: leaf.hessian - hessian,
        slot,
        parent: node,
        isLeft: false,
        split: undefined,
      },
    ];
  }

  #partition(start: number, count: number, column: number, bin: number): void {
    const { index } = this.#bins;
    const rows = this.#rows;
    const spare = this.#spare;
    let left = start;
    let right = 0;
    for (let i = start; i < start + count; i++) {
      const row = rows[i] as number;
      if ((index[column + row] as number) <= bin) rows[left++] = row;
      else spare[right++] = row;
    }
    rows.set(spare.subarray(0, right), left);
  }
}

/** Place of the leaf that gains most; of equals the first. */
function best(leaves: readonly Growing[]): number {
  let at = 0;
  for (const [i, leaf] of leaves.entries()) if ((leaf.split?.gain ?? 0) > (leaves[at]?.split?.gain ?? 0)) at = i;
  return at;
}

function add(histograms: Float64Array, at: number, gradient: number, hessian: number): void {
  histograms[at] = (histograms[at] as number) + gradient;
  histograms[at + 1] = (histograms[at + 1] as number) + hessian;
  histograms[at + 2] = (histograms[at + 2] as number) + 1;
}
