/** A change detector without a promise, for comparison: takes one value, says whether it alarms. */
export interface Comparator {
  update(one: number): boolean;
}

/** What every benchmark must beat: a detector that always alarms has no miss, one that never does no false alarm. */
export const alwaysAlarm = (): Comparator => ({ update: () => true });
export const neverAlarm = (): Comparator => ({ update: () => false });
