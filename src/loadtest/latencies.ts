/** A power of two is cut into so many parts: no value is off by more than 1 part in 256. */
const partsPerOctave = 256;
/** Shorter times are counted as this, ms. */
const leastMs = 0.001;
/** From a microsecond to a little over an hour; longer times are counted as that. */
const octaves = 32;

/** What is said of many times, ms. A percentile with fewer than one time above it on average is not known. */
export interface LatencySummary {
  readonly n: number;
  readonly mean: number | null;
  readonly min: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
}

/** Shares at which the curve of percentiles is drawn. */
const curveShares = [
  0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.993, 0.995, 0.997, 0.998,
  0.999, 0.9995, 0.9999, 0.99995, 0.99999,
];

/**
 * Times counted in parts of octaves, as HdrHistogram does it: bounded in memory whatever is counted, within 0.4 % of each
 * time, and two of them add up to one without loss. Least, greatest and mean are exact.
 */
export class Latencies {
  readonly #counts = new Uint32Array(octaves * partsPerOctave);
  #n = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  get n(): number {
    return this.#n;
  }

  add(ms: number): void {
    const at = Math.floor(Math.log2(Math.max(ms, leastMs) / leastMs) * partsPerOctave);
    const part = Math.min(at, this.#counts.length - 1);
    this.#counts[part] = (this.#counts[part] ?? 0) + 1;
    this.#n++;
    this.#sum += ms;
    this.#min = Math.min(this.#min, ms);
    this.#max = Math.max(this.#max, ms);
  }

  addAll(others: Latencies): void {
    for (const [i, count] of others.#counts.entries()) if (count > 0) this.#counts[i] = (this.#counts[i] ?? 0) + count;
    this.#n += others.#n;
    this.#sum += others.#sum;
    this.#min = Math.min(this.#min, others.#min);
    this.#max = Math.max(this.#max, others.#max);
  }

  /**
   * The time that this share of all stayed at or below; by nearest rank.
   * @returns null where the tail above it holds less than one time on average
   */
  at(share: number): number | null {
    // Shares such as 0.99 are not exact: 1000 * (1 - 0.999) is a little less than 1.
    if (this.#n === 0 || (share < 1 && this.#n * (1 - share) < 1 - 1e-9 && share > 0.5)) return null;
    if (share >= 1) return this.#max;
    if (share <= 0) return this.#min;
    const rank = Math.max(1, Math.ceil(share * this.#n - 1e-9));
    let seen = 0;
    for (const [i, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= rank) return Math.min(this.#max, Math.max(this.#min, leastMs * 2 ** ((i + 0.5) / partsPerOctave)));
    }
    return this.#max;
  }

  summary(): LatencySummary {
    const known = this.#n > 0;
    return {
      n: this.#n,
      mean: known ? rounded(this.#sum / this.#n) : null,
      min: known ? rounded(this.#min) : null,
      p50: rounded(this.at(0.5)),
      p90: rounded(this.at(0.9)),
      p95: rounded(this.at(0.95)),
      p99: rounded(this.at(0.99)),
      p999: rounded(this.at(0.999)),
      max: known ? rounded(this.#max) : null,
    };
  }

  /** Pairs of share and ms, as far as the tail is known, ending with the greatest time as the share of all but one. */
  curve(): readonly (readonly [share: number, ms: number])[] {
    if (this.#n < 2) return [];
    const points = curveShares.flatMap((share): [number, number][] => {
      const ms = rounded(this.at(share));
      return ms === null ? [] : [[share, ms]];
    });
    return [...points, [1 - 1 / this.#n, rounded(this.#max)]];
  }
}

function rounded(ms: number): number;
function rounded(ms: number | null): number | null;
function rounded(ms: number | null): number | null {
  return ms === null ? null : Number(ms.toPrecision(5));
}
