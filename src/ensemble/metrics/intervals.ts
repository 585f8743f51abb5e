import { reach } from "./normal.ts";
import { sameLength } from "./refuse.ts";

/** A measured number with its interval; the same shape as in a pack's evaluation.json. */
export interface Figure {
  readonly value: number;
  readonly interval: readonly [low: number, high: number];
  /** Cases it was measured on. */
  readonly n: number;
  readonly method: string;
}

const digits = 5;
const rounded = (value: number): number => Number(value.toFixed(digits));

/** @throws {RangeError} without cases, or when a number is NaN */
export function figure(value: number, low: number, high: number, n: number, method: string): Figure {
  if (!(n > 0)) throw new RangeError("a figure needs cases");
  if (Number.isNaN(value + low + high)) throw new RangeError(`${method} gives no number on these ${n} cases`);
  return { value: rounded(value), interval: [rounded(low), rounded(high)], n, method };
}

/**
 * A share with Wilson's score interval.
 *
 * @throws {RangeError} without cases: a share of nothing is no share
 * @see Wilson 1927
 */
export function wilson(hits: number, n: number, confidence = 0.95): Figure {
  if (!Number.isInteger(hits) || !Number.isInteger(n) || hits < 0 || hits > n || n === 0)
    throw new RangeError(`${hits} of ${n} is not a share`);
  const [low, high] = wilsonInterval(hits / n, n, confidence);
  return figure(hits / n, low, high, n, "wilson");
}

export function wilsonInterval(share: number, n: number, confidence: number): [low: number, high: number] {
  const z = reach(confidence);
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

export interface Resampling {
  /** Patient or look-alike group of each case, drawn whole; without it each case is its own group. */
  readonly groups?: readonly string[];
  readonly draws?: number;
  readonly seed?: number;
  readonly confidence?: number;
}

/** How many draws may be thrown away, for each draw that counts, because the statistic is not defined on them. */
const wasteMax = 20;

/**
 * A statistic with its percentile interval over groups drawn with replacement.
 *
 * @param statistic of a list of case indices; NaN where it is not defined (a class is absent), which is drawn again
 * @param n cases
 * @throws {RangeError} with fewer than two groups, or when the statistic is hardly ever defined
 * @see Efron 1979
 */
export function bootstrap(statistic: (cases: Int32Array) => number, n: number, resampling: Resampling = {}): Figure {
  const { groups, draws = 1000, seed = 0, confidence = 0.95 } = resampling;
  const members = membersOf(groups, n);
  if (members.length < 2) throw new RangeError(`${members.length} group cannot be resampled`);
  const whole = statistic(Int32Array.from({ length: n }, (_, i) => i));
  const random = seeded(seed);
  const values: number[] = [];
  for (let tries = 0; values.length < draws; tries++) {
    if (tries > draws * wasteMax) throw new RangeError("too few groups: the statistic is undefined on most draws");
    const value = statistic(draw(members, random));
    if (!Number.isNaN(value)) values.push(value);
  }
  values.sort((one, other) => one - other);
  const tail = (1 - confidence) / 2;
  const what = groups === undefined ? "bootstrap" : "group bootstrap";
  return figure(whole, quantile(values, tail), quantile(values, 1 - tail), n, `${what}, ${draws} draws`);
}

/**
 * The q-quantile of sorted values, interpolated between neighbours (type 7, what numpy gives).
 *
 * @param sorted ascending
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0 || !(q >= 0 && q <= 1)) throw new RangeError(`no ${q}-quantile of ${sorted.length} values`);
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (at - below) * (high - low);
}

function membersOf(groups: readonly string[] | undefined, n: number): number[][] {
  if (groups === undefined) return Array.from({ length: n }, (_, i) => [i]);
  sameLength(groups, { length: n });
  const members = new Map<string, number[]>();
  for (const [i, group] of groups.entries()) {
    const own = members.get(group);
    if (own === undefined) members.set(group, [i]);
    else own.push(i);
  }
  return [...members.values()];
}

function draw(members: readonly (readonly number[])[], random: () => number): Int32Array {
  const drawn = members.map(() => members[Math.floor(random() * members.length)] as readonly number[]);
  const cases = new Int32Array(drawn.reduce((sum, each) => sum + each.length, 0));
  let at = 0;
  for (const group of drawn) for (const i of group) cases[at++] = i;
  return cases;
}

/** Numbers in [0, 1) that depend on the seed alone. This room may not import the platform's. @see mulberry32 */
function seeded(seed: number): () => number {
  let state = (Math.imul(seed >>> 0, 0x9e3779b1) + 0x7f4a7c15) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
