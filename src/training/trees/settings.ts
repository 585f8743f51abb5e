/** Bins of one feature, so that a bin fits a byte and a histogram a few cache lines. */
export const binsMax = 63;

/** How trees are grown. LightGBM's name of each in brackets. */
export interface TreeSettings {
  /** Leaves of one tree [num_leaves]. */
  readonly leaves: number;
  /** Iterations; each gives one tree for every output [num_iterations]. */
  readonly trees: number;
  /** Share of a leaf's best value that is added [learning_rate]. */
  readonly rate: number;
  /** Share of the features a tree may look at, drawn for each tree [feature_fraction]. */
  readonly columns: number;
  /** Share of the rows an iteration learns from, drawn for each iteration [bagging_fraction, bagging_freq=1]. */
  readonly rows: number;
  /** Rows of the smallest leaf [min_data_in_leaf]. */
  readonly smallestLeaf: number;
  /** Added to the hessian of every leaf [lambda_l2]. */
  readonly l2: number;
  /** Bins of one feature, at most and by default 63 [max_bin]. */
  readonly bins?: number;
  /** One random threshold for each feature and leaf instead of the best one [extra_trees]. */
  readonly extra: boolean;
  readonly seed: number;
}

/** @throws {RangeError} when a setting is none that trees can be grown with */
export function assertTreeSettings(settings: TreeSettings): void {
  const { leaves, trees, rate, columns, rows, smallestLeaf, l2, bins = binsMax, seed } = settings;
  const wholes = { leaves: [leaves, 2], trees: [trees, 1], smallestLeaf: [smallestLeaf, 1], bins: [bins, 2] } as const;
  for (const [name, [value, least]] of Object.entries(wholes))
    if (!Number.isInteger(value) || value < least)
      throw new RangeError(`${name} is ${value}, not a whole number >= ${least}`);
  for (const [name, value] of Object.entries({ rate, columns, rows }))
    if (!(value > 0 && value <= 1)) throw new RangeError(`${name} is ${value}, not a share`);
  if (bins > binsMax) throw new RangeError(`bins is ${bins}, more than ${binsMax}`);
  if (!(l2 >= 0 && Number.isFinite(l2))) throw new RangeError(`l2 is ${l2}`);
  if (!Number.isInteger(seed)) throw new RangeError(`seed is ${seed}`);
}
