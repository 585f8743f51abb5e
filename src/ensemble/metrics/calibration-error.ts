import { bootstrap, type Figure, type Resampling, wilson } from "./intervals.ts";
import { normalCdf, normalDensity } from "./normal.ts";
import { allFinite, allLabels, allProbabilities, bothSides, sameLength } from "./refuse.ts";

/** A probability of 0 or 1 that is wrong costs infinitely much; it is counted as this far from either. */
const probabilityMin = 1e-7;

/**
 * Log loss of a probability of the positive side, in nats a case, with a bootstrap interval.
 *
 * @throws {RangeError} on lists that differ in length, a value that is no probability, or a side without cases
 */
export function logLoss(truth: readonly number[], probability: readonly number[], resampling: Resampling = {}): Figure {
  checked(truth, probability);
  return meanOf(lossesOf(truth, probability), resampling);
}

/** The number alone, for fits; nothing is checked. */
export function meanLogLoss(truth: readonly number[], probability: readonly number[]): number {
  return lossesOf(truth, probability).reduce((sum, loss) => sum + loss, 0) / truth.length;
}

/**
 * Log loss of a probability for each label, in nats a case, with a bootstrap interval.
 *
 * @param probabilities one list a case, which sums to 1
 * @throws {RangeError} as `logLoss`; a label may be without cases
 */
export function classLogLoss(
  truth: readonly number[],
  probabilities: readonly (readonly number[])[],
  resampling: Resampling = {},
): Figure {
  sameLength(truth, probabilities);
  for (const row of probabilities) {
    sameLength(row, probabilities[0] as readonly number[]);
    allProbabilities(row);
    if (Math.abs(row.reduce((sum, p) => sum + p, 0) - 1) > 1e-6) throw new RangeError("probabilities do not sum to 1");
  }
  allLabels(truth, (probabilities[0] as readonly number[]).length);
  const losses = probabilities.map((row, i) => -Math.log(Math.max(row[truth[i] as number] as number, probabilityMin)));
  return meanOf(losses, resampling);
}

/** Cases whose probabilities are neighbours. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  /** Mean probability that was claimed. */
  readonly claimed: number;
  /** Share of positives that was found, with Wilson's interval and the number of cases. */
  readonly found: Figure;
}

/**
 * Bins of nearly equal count, ascending. Equal probabilities stay in one bin, so that the order of cases means nothing;
 * there may be fewer bins than asked for.
 *
 * @throws {RangeError} as `logLoss`
 */
export function reliabilityBins(truth: readonly number[], probability: readonly number[], bins = 10): ReliabilityBin[] {
  checked(truth, probability);
  return binned(truth, probability, bins).map((bin) => ({
    from: bin.from,
    to: bin.to,
    claimed: bin.claimed / bin.n,
    found: wilson(bin.positives, bin.n),
  }));
}

export interface CalibrationError {
  /** Mean gap between claimed and found over bins of equal count; biased upwards by the noise of small bins. */
  readonly error: Figure;
  /** The same with the gap taken off that a perfectly calibrated reader of these shares would show by noise alone. */
  readonly debiased: number;
  readonly bins: number;
  readonly n: number;
}

/**
 * Expected calibration error.
 *
 * @throws {RangeError} as `logLoss`
 * @see Kumar, Liang and Ma 2019 (debiasing by a normal approximation; here in closed form)
 */
export function calibrationError(
  truth: readonly number[],
  probability: readonly number[],
  bins = 10,
  resampling: Resampling = {},
): CalibrationError {
  checked(truth, probability);
  const whole = binned(truth, probability, bins);
  const gap = (cases: Int32Array): number =>
    gapOf(binned(pick(truth, cases), pick(probability, cases), bins), cases.length);
  const noise = whole.reduce((sum, bin) => {
    const share = bin.positives / bin.n;
    const distance = Math.abs(bin.claimed / bin.n - share);
    const spread = Math.sqrt((share * (1 - share)) / bin.n);
    return sum + (bin.n / truth.length) * (foldedMean(distance, spread) - distance);
  }, 0);
  return {
    error: bootstrap(gap, truth.length, resampling),
    debiased: Math.max(0, gapOf(whole, truth.length) - noise),
    bins: whole.length,
    n: truth.length,
  };
}

/** `brier.value = reliability - resolution + uncertainty + withinBins`, but for rounding. */
export interface BrierParts {
  /** Mean squared distance of probability and truth, with a bootstrap interval. */
  readonly brier: Figure;
  /** Squared gap between claimed and found; 0 is perfect. */
  readonly reliability: number;
  /** How far the bins' shares lie from the overall share; more is better. */
  readonly resolution: number;
  /** Brier score of the overall share. */
  readonly uncertainty: number;
  /** What the probabilities' spread within bins adds. */
  readonly withinBins: number;
  readonly n: number;
}

/**
 * @throws {RangeError} as `logLoss`
 * @see Murphy 1973; Stephenson, Coelho and Jolliffe 2008 (within bins)
 */
export function brierParts(
  truth: readonly number[],
  probability: readonly number[],
  bins = 10,
  resampling: Resampling = {},
): BrierParts {
  const { positives } = checked(truth, probability);
  const n = truth.length;
  const share = positives / n;
  let reliability = 0;
  let resolution = 0;
  for (const bin of binned(truth, probability, bins)) {
    const found = bin.positives / bin.n;
    reliability += (bin.n / n) * (bin.claimed / bin.n - found) ** 2;
    resolution += (bin.n / n) * (found - share) ** 2;
  }
  const uncertainty = share * (1 - share);
  const squares = truth.map((each, i) => (each - (probability[i] as number)) ** 2);
  const score = squares.reduce((sum, each) => sum + each, 0) / n;
  const withinBins = score - (reliability - resolution + uncertainty);
  return { brier: meanOf(squares, resampling), reliability, resolution, uncertainty, withinBins, n };
}

interface Bin {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  readonly positives: number;
  /** Sum of probabilities. */
  readonly claimed: number;
}

function checked(truth: readonly number[], probability: readonly number[]): { positives: number; negatives: number } {
  sameLength(truth, probability);
  allFinite(probability);
  allProbabilities(probability);
  return bothSides(truth);
}

const lossesOf = (truth: readonly number[], probability: readonly number[]): number[] =>
  probability.map((each, i) => {
    const p = Math.min(1 - probabilityMin, Math.max(probabilityMin, each));
    return -Math.log(truth[i] === 1 ? p : 1 - p);
  });

const pick = (values: readonly number[], cases: Int32Array): number[] => Array.from(cases, (i) => values[i] as number);

function meanOf(values: readonly number[], resampling: Resampling): Figure {
  const mean = (cases: Int32Array): number => {
    let sum = 0;
    for (const i of cases) sum += values[i] as number;
    return sum / cases.length;
  };
  return bootstrap(mean, values.length, resampling);
}

const gapOf = (bins: readonly Bin[], n: number): number =>
  bins.reduce((sum, bin) => sum + Math.abs(bin.claimed - bin.positives), 0) / n;

function binned(truth: readonly number[], probability: readonly number[], bins: number): Bin[] {
  if (!Number.isInteger(bins) || bins < 1) throw new RangeError(`${bins} bins`);
  const n = truth.length;
  const order = Int32Array.from({ length: n }, (_, i) => i).sort(
    (i, j) => (probability[i] as number) - (probability[j] as number),
  );
  const value = (at: number): number => probability[order[at] as number] as number;
  const out: Bin[] = [];
  let start = 0;
  for (let k = 1; k <= bins; k++) {
    const wanted = Math.round((k * n) / bins);
    if (wanted <= start) continue;
    const end = tieEdge(value, wanted, start, n);
    const own = order.subarray(start, end);
    out.push({
      from: value(start),
      to: value(end - 1),
      n: own.length,
      positives: own.reduce((sum, i) => sum + (truth[i] as number), 0),
      claimed: own.reduce((sum, i) => sum + (probability[i] as number), 0),
    });
    start = end;
  }
  return out;
}

/** The edge of a run of equal values that is nearest to `wanted`, beyond `start`. */
function tieEdge(value: (at: number) => number, wanted: number, start: number, n: number): number {
  let low = wanted;
  let high = wanted;
  while (low > start && low < n && value(low) === value(low - 1)) low--;
  while (high < n && value(high) === value(high - 1)) high++;
  return low > start && wanted - low <= high - wanted ? low : high;
}

/** E|X| for X normal around `centre`. */
function foldedMean(centre: number, spread: number): number {
  if (spread === 0) return Math.abs(centre);
  const z = centre / spread;
  return 2 * spread * normalDensity(z) + centre * (1 - 2 * normalCdf(-z));
}
