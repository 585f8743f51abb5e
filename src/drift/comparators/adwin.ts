import type { Comparator } from "./comparator.ts";

/** Defaults as River 0.26 has them. */
const usual = { delta: 0.002, every: 32 } as const;
const bucketsPerRow = 5;
const windowMin = 5;
const casesMin = 10;

interface Bucket {
  readonly cases: number;
  readonly sum: number;
  /** Sum of squared distances from the bucket's mean. */
  readonly squares: number;
}

/**
 * Adaptive window: alarms and forgets its older part when the means of two parts differ by more than
 * sqrt((2 / m) var ln(2 / d')) + (2 / (3 m)) ln(2 / d'), with m the harmonic size and d' = delta / ln(n). Cuts are tried
 * at the edges of exponentially growing buckets, every 32nd case. Only growth of the mean is an alarm.
 *
 * @see Bifet and Gavalda 2007
 */
export class Adwin implements Comparator {
  readonly #delta: number;
  readonly #every: number;
  /** Oldest first; sizes fall. */
  #buckets: Bucket[] = [];
  #cases = 0;

  constructor(settings: { readonly delta?: number; readonly every?: number } = {}) {
    ({ delta: this.#delta, every: this.#every } = { ...usual, ...settings });
  }

  update(one: number): boolean {
    this.#cases++;
    this.#buckets.push({ cases: 1, sum: one, squares: 0 });
    this.#merge();
    return this.#cases % this.#every === 0 && this.#cut();
  }

  #merge(): void {
    for (let size = 1; ; size *= 2) {
      const first = this.#buckets.findIndex(({ cases }) => cases === size);
      const count = this.#buckets.filter(({ cases }) => cases === size).length;
      if (count <= bucketsPerRow) return;
      const [older, newer] = [this.#buckets[first] as Bucket, this.#buckets[first + 1] as Bucket];
      this.#buckets.splice(first, 2, joined(older, newer));
    }
  }

  #cut(): boolean {
    let grew = false;
    for (let again = true; again; ) {
      again = false;
      const whole = this.#buckets.reduce(joined);
      if (whole.cases < casesMin) return grew;
      let older: Bucket = { cases: 0, sum: 0, squares: 0 };
      for (const bucket of this.#buckets.slice(0, -1)) {
        older = joined(older, bucket);
        const newer = { cases: whole.cases - older.cases, sum: whole.sum - older.sum };
        const difference = newer.sum / newer.cases - older.sum / older.cases;
        if (older.cases < windowMin || newer.cases < windowMin) continue;
        if (Math.abs(difference) <= this.#boundOf(whole, older.cases, newer.cases)) continue;
        this.#buckets.shift();
        grew ||= difference > 0;
        again = true;
        break;
      }
    }
    return grew;
  }

  #boundOf(whole: Bucket, older: number, newer: number): number {
    const harmonic = 1 / (1 / older + 1 / newer);
    const log = Math.log((2 * Math.log(whole.cases)) / this.#delta);
    return Math.sqrt((2 / harmonic) * (whole.squares / whole.cases) * log) + (2 / (3 * harmonic)) * log;
  }
}

function joined(one: Bucket, other: Bucket): Bucket {
  const cases = one.cases + other.cases;
  const apart = one.cases === 0 || other.cases === 0 ? 0 : one.sum / one.cases - other.sum / other.cases;
  return {
    cases,
    sum: one.sum + other.sum,
    squares: one.squares + other.squares + (apart * apart * one.cases * other.cases) / cases,
  };
}
