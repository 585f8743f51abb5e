import { setImmediate } from "node:timers/promises";
import { Random } from "../../contracts/random.ts";
import { type Bins, binFeatures } from "./bins.ts";
import { type Tree, TreeGrower } from "./grow.ts";
import { objectiveOf, type Truth } from "./objective.ts";
import { assertTreeSettings, binsMax, type TreeSettings } from "./settings.ts";

/** Rows to learn from. */
export interface TreeData {
  /** float32 [n, width], finite. */
  readonly features: Float32Array;
  readonly width: number;
  readonly truth: Truth;
  /** Weight of each row; each 1 when absent. */
  readonly weight?: ArrayLike<number>;
}

/** Trained trees; tree i belongs to output i % outputs, and an output's margin is the sum of its trees' leaves. */
export interface TreeModel {
  /** The loss in LightGBM's words. */
  readonly objective: string;
  readonly outputs: number;
  readonly ranges: Bins["ranges"];
  readonly trees: readonly Tree[];
  readonly settings: TreeSettings;
}

export interface TreeWatch {
  readonly signal?: AbortSignal;
  /** Told the iterations done; not each of them. */
  readonly onProgress?: (done: number, of: number) => void;
}

/** How long training holds its thread before others get a turn. */
const turnMsMax = 50;

/** Iterations in a row without a split, after which nothing is expected of another bag. */
const fruitlessMax = 20;

/**
 * Gradient-boosted trees as LightGBM grows them: by leaf, over binned features. The same data, settings and seed give
 * the same trees. There are fewer trees than asked for when nothing is left to learn.
 *
 * @throws {RangeError} for settings, labels or weights that make no sense
 * @throws {TypeError} when a feature is not finite
 * @throws the signal's reason once it is aborted
 * @see Ke et al., LightGBM: A Highly Efficient Gradient Boosting Decision Tree, 2017
 */
export async function trainTrees(data: TreeData, settings: TreeSettings, watch: TreeWatch = {}): Promise<TreeModel> {
  const steps = boost(data, settings);
  for (;;) {
    watch.signal?.throwIfAborted();
    const until = performance.now() + turnMsMax;
    let step = steps.next();
    while (!step.done && performance.now() < until) step = steps.next();
    if (step.done) return step.value;
    watch.onProgress?.(step.value, settings.trees);
    await setImmediate();
  }
}

/** Yields the iterations done whenever another could have a turn. */
function* boost({ features, width, truth, weight }: TreeData, settings: TreeSettings): Generator<number, TreeModel> {
  assertTreeSettings(settings);
  const n = features.length / width;
  if (!Number.isInteger(n) || n < 1) throw new RangeError(`${features.length} values are no rows of ${width}`);
  const objective = objectiveOf(truth, n, weight);
  const binning = binFeatures(features, width, settings.bins ?? binsMax, settings.seed);
  let binned = binning.next();
  for (; !binned.done; binned = binning.next()) yield 0;
  const bins = binned.value;
  const round = new Round(bins, objective, settings);
  const trees: Tree[] = [];
  for (let done = 0, fruitless = 0; done < settings.trees && fruitless < fruitlessMax; done++) {
    yield done;
    const grown = round.next(trees.length === 0);
    const bare = grown.every((tree) => tree.feature.length === 0);
    fruitless = bare ? fruitless + 1 : 0;
    // The first trees carry the scores that all start from.
    if (!bare || trees.length === 0) trees.push(...grown);
  }
  return { objective: objective.text, outputs: objective.outputs, ranges: bins.ranges, trees, settings };
}

/** One iteration after another: a bag of rows, derivatives, and a tree for each output. */
class Round {
  readonly #bins: Bins;
  readonly #objective: ReturnType<typeof objectiveOf>;
  readonly #share: number;
  readonly #random: Random;
  readonly #grower: TreeGrower;
  /** Features with more than one bin, in an order of chance; the first `#many` are a tree's. */
  readonly #columns: Int32Array;
  readonly #many: number;
  readonly #bag: Uint32Array;
  readonly #scores: Float64Array;
  readonly #gradient: Float64Array;
  readonly #hessian: Float64Array;

  constructor(bins: Bins, objective: ReturnType<typeof objectiveOf>, settings: TreeSettings) {
    const cells = bins.n * objective.outputs;
    this.#bins = bins;
    this.#objective = objective;
    this.#share = settings.rows;
    this.#random = new Random(settings.seed);
    this.#columns = Int32Array.from(bins.thresholds.flatMap((cuts, feature) => (cuts.length > 0 ? [feature] : [])));
    this.#many = Math.min(this.#columns.length, Math.max(1, Math.round(this.#columns.length * settings.columns)));
    this.#grower = new TreeGrower(bins, settings, this.#many, this.#random);
    this.#bag = Uint32Array.from({ length: bins.n }, (_, i) => i);
    this.#scores = Float64Array.from({ length: cells }, (_, i) => objective.start[Math.floor(i / bins.n)] as number);
    this.#gradient = new Float64Array(cells);
    this.#hessian = new Float64Array(cells);
  }

  next(first: boolean): Tree[] {
    const { n } = this.#bins;
    const size = this.#share < 1 ? this.#drawRows() : n;
    this.#objective.derive(this.#scores, this.#bag, size, this.#gradient, this.#hessian);
    return Array.from(this.#objective.start, (start, k) => {
      const [from, to] = [k * n, (k + 1) * n];
      const varied = this.#objective.varied[k] as boolean;
      this.#drawColumns();
      const tree = this.#grower.grow(
        this.#gradient.subarray(from, to),
        this.#hessian.subarray(from, to),
        this.#bag,
        varied ? size : 0,
        this.#columns,
        this.#many,
      );
      if (tree.feature.length === 0) for (const leaf of tree.leaf) leaf.value = 0;
      this.#grower.addTo(this.#scores.subarray(from, to), tree);
      if (first) for (const leaf of [...tree.leaf, ...tree.inner]) leaf.value += start;
      return tree;
    });
  }

  /** Each row by itself, as LightGBM draws its bags. */
  #drawRows(): number {
    let size = 0;
    for (let row = 0; row < this.#bins.n; row++) if (this.#random.next() < this.#share) this.#bag[size++] = row;
    return size;
  }

  #drawColumns(): void {
    const columns = this.#columns;
    for (let i = 0; i < this.#many && this.#many < columns.length; i++) {
      const other = i + Math.floor(this.#random.next() * (columns.length - i));
      const kept = columns[i] as number;
      columns[i] = columns[other] as number;
      columns[other] = kept;
    }
  }
}
