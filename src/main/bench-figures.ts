/** What one image took, ms; from its acceptance to its record. */
export interface BenchCase {
  /** When it was answered, ms after the phase began. */
  readonly endedAt: number;
  readonly totalMs: number;
  readonly decodeMs: number;
  readonly networkMs: number;
  /** Storing the image and the record after the last reading. */
  readonly recordsMs: number;
  /** Readings that had all cores. */
  readonly wide: boolean;
  readonly secondLook: boolean;
}

const slices = 10;
/** Student's t for ten slices, 95 %. */
const t = 2.262;
/** Workers that are busy this share of the time are what limits. */
const busyMin = 0.8;

export interface Rate {
  readonly perSecond: number;
  /** 95 % of the mean over ten slices of the time; the machine may be slower at another hour. */
  readonly interval: readonly [low: number, high: number];
  readonly n: number;
  readonly seconds: number;
}

/** @param endedAt ms after the phase began, of each image; those answered after it do not count */
export function rateOf(endedAt: readonly number[], seconds: number): Rate {
  const within = endedAt.filter((ms) => ms < 1000 * seconds);
  const counts = Array.from({ length: slices }, () => 0);
  for (const ms of within) {
    const slice = Math.min(slices - 1, Math.floor((ms / 1000 / seconds) * slices));
    counts[slice] = (counts[slice] as number) + 1;
  }
  const perSecond = within.length / seconds;
  const rates = counts.map((count) => (count * slices) / seconds);
  const variance = rates.reduce((sum, rate) => sum + (rate - perSecond) ** 2, 0) / (slices - 1);
  const reach = t * Math.sqrt(variance / slices);
  return { perSecond, interval: [Math.max(0, perSecond - reach), perSecond + reach], n: within.length, seconds };
}

export interface Median {
  readonly ms: number;
  /** 95 %, by ranks. */
  readonly interval: readonly [low: number, high: number];
  readonly n: number;
}

/** @throws {RangeError} of nothing */
export function medianOf(values: readonly number[]): Median {
  if (values.length === 0) throw new RangeError("a median of nothing");
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const half = 0.98 * Math.sqrt(n);
  const at = (rank: number): number => sorted[Math.max(0, Math.min(n - 1, rank))] as number;
  const middle = (at((n - 1) >> 1) + at(n >> 1)) / 2;
  return { ms: middle, interval: [at(Math.floor(n / 2 - half)), at(Math.ceil(n / 2 + half) - 1)], n };
}

export interface Shares {
  readonly decode: number;
  readonly network: number;
  readonly records: number;
  readonly other: number;
}

/** Where the time of one image goes while nothing else is there; the four make 1. */
export function sharesOf(cases: readonly BenchCase[]): Shares {
  const sum = (of: (each: BenchCase) => number): number => cases.reduce((total, each) => total + of(each), 0);
  const total = sum(({ totalMs }) => totalMs);
  const decode = sum(({ decodeMs }) => decodeMs) / total;
  const network = sum(({ networkMs }) => networkMs) / total;
  const records = sum(({ recordsMs }) => recordsMs) / total;
  return { decode, network, records, other: Math.max(0, 1 - decode - network - records) };
}

export interface Bottleneck {
  /** `records`: what surrounds the workers, which is keeping the cases above all. */
  readonly what: "decode" | "network" | "records";
  /** Share of the workers' time in which they decoded or ran a network. */
  readonly workersBusy: number;
}

/** What limits the images a second, from a phase in which there was always more to do. */
export function bottleneckOf(cases: readonly BenchCase[], seconds: number, workers: number): Bottleneck {
  const decode = cases.reduce((sum, { decodeMs }) => sum + decodeMs, 0);
  const network = cases.reduce((sum, { networkMs }) => sum + networkMs, 0);
  const workersBusy = Math.min(1, (decode + network) / 1000 / seconds / workers);
  if (workersBusy < busyMin) return { what: "records", workersBusy };
  return { what: decode > network ? "decode" : "network", workersBusy };
}
