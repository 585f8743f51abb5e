/** @throws {RangeError} when the lists are empty or not of one length */
export function sameLength(...lists: readonly ArrayLike<unknown>[]): void {
  const [first] = lists;
  if (first === undefined || first.length === 0) throw new RangeError("no cases");
  for (const list of lists)
    if (list.length !== first.length) throw new RangeError(`${list.length} values beside ${first.length}`);
}

/** @throws {RangeError} when a value is NaN or infinite */
export function allFinite(values: readonly number[]): void {
  for (const value of values) if (!Number.isFinite(value)) throw new RangeError(`${value} is not a finite number`);
}

/** @throws {RangeError} when a value lies outside [0, 1] */
export function allProbabilities(values: readonly number[]): void {
  for (const value of values) if (!(value >= 0 && value <= 1)) throw new RangeError(`${value} is not a probability`);
}

/** @throws {RangeError} when a value is no label index below `classes` */
export function allLabels(values: readonly number[], classes: number): void {
  for (const value of values)
    if (!Number.isInteger(value) || value < 0 || value >= classes)
      throw new RangeError(`${value} is not a label index below ${classes}`);
}

/**
 * @param truth 1 for a positive case, 0 for a negative one
 * @throws {RangeError} when something else is in it, or one side is absent
 */
export function bothSides(truth: readonly number[]): { readonly positives: number; readonly negatives: number } {
  allLabels(truth, 2);
  const positives = truth.reduce((sum, each) => sum + each, 0);
  if (positives === 0) throw new RangeError("no positive case");
  if (positives === truth.length) throw new RangeError("no negative case");
  return { positives, negatives: truth.length - positives };
}
