import { Random } from "../../contracts/random.ts";
import { DatasetError } from "./dataset.ts";

/** Side of the thumbnails that look-alikes are found by: the middle of the picture, grey. */
export const thumbnailSide = 32;
/** Correlation of the fine structure of two, in their best rotation or mirror image, from which on they are one photograph. */
const lookAlikeMin = 0.9;
/** What is coarser than this many cells does not count: every fundus is a bright disc. */
const window = 5;

interface Grouped {
  readonly sha256: string;
  readonly group: string;
  readonly split: string;
}

export interface Joined {
  /** Group of each image, in order; look-alikes share one. */
  readonly groups: readonly string[];
  /** Pairs of images that look alike. */
  readonly pairs: number;
  /** Groups that lay in more than one split: a leak, had the splits been used as given. */
  readonly acrossSplits: number;
}

/**
 * Joins images that show one photograph to one group, so that no copy of a training image judges the training.
 *
 * @param thumbnails grey, `thumbnailSide` squared, one an image
 */
export function joinLookAlikes(images: readonly Grouped[], thumbnails: readonly Uint8Array[]): Joined {
  const parent = new Map(images.map(({ group }) => [group, group]));
  const root = (group: string): string => {
    let at = group;
    while (parent.get(at) !== at) at = parent.get(at) as string;
    parent.set(group, at);
    return at;
  };
  let pairs = 0;
  for (const [i, j] of lookAlikes(thumbnails)) {
    pairs++;
    const [low, high] = [root((images[i] as Grouped).group), root((images[j] as Grouped).group)].sort() as [
      string,
      string,
    ];
    parent.set(high, low);
  }
  const groups = images.map(({ group }) => root(group));
  const splits = new Map<string, Set<string>>();
  for (const [i, { split }] of images.entries())
    if (split !== "") splits.set(groups[i] as string, (splits.get(groups[i] as string) ?? new Set()).add(split));
  return { groups, pairs, acrossSplits: [...splits.values()].filter((each) => each.size > 1).length };
}

function* lookAlikes(thumbnails: readonly Uint8Array[]): Generator<readonly [number, number]> {
  const cells = thumbnailSide * thumbnailSide;
  const plain = thumbnails.map(normalised);
  for (let j = 1; j < plain.length; j++) {
    const views = turns(plain[j] as Float32Array);
    for (let i = 0; i < j; i++) {
      const one = plain[i] as Float32Array;
      for (const view of views) {
        let sum = 0;
        for (let c = 0; c < cells; c++) sum += (one[c] as number) * (view[c] as number);
        if (sum < lookAlikeMin) continue;
        yield [i, j];
        break;
      }
    }
  }
}

/** Less its local mean, zero mean, unit length. A picture of one colour looks like nothing. */
function normalised(thumbnail: Uint8Array): Float32Array {
  const fine = lessLocalMean(thumbnail);
  const mean = fine.reduce((sum, each) => sum + each, 0) / fine.length;
  const out = fine.map((each) => each - mean);
  const length = Math.sqrt(out.reduce((sum, each) => sum + each * each, 0));
  return length < 1e-6 ? out.fill(0) : out.map((each) => each / length);
}

function lessLocalMean(thumbnail: Uint8Array): Float32Array {
  const side = thumbnailSide;
  const half = (window - 1) / 2;
  // The edge is mirrored, so that it has neighbours on both sides.
  const inside = (at: number): number => (at < 0 ? -1 - at : at >= side ? 2 * side - 1 - at : at);
  return Float32Array.from(thumbnail, (value, i) => {
    let sum = 0;
    for (let dy = -half; dy <= half; dy++)
      for (let dx = -half; dx <= half; dx++)
        sum += thumbnail[inside(Math.floor(i / side) + dy) * side + inside((i % side) + dx)] as number;
    return value - sum / (window * window);
  });
}

/** All eight rotations and mirror images of a square. */
function turns(square: Float32Array): Float32Array[] {
  const side = thumbnailSide;
  const quarter = (from: Float32Array): Float32Array =>
    Float32Array.from(from, (_, i) => from[(side - 1 - (i % side)) * side + Math.floor(i / side)] as number);
  const mirror = (from: Float32Array): Float32Array =>
    Float32Array.from(from, (_, i) => from[Math.floor(i / side) * side + (side - 1 - (i % side))] as number);
  const four = [square];
  while (four.length < 4) four.push(quarter(four.at(-1) as Float32Array));
  return [...four, ...four.map(mirror)];
}

/**
 * Deals groups into folds so that each fold has nearly its share of every label; groups stay whole.
 *
 * @param labels label indices of each image
 * @returns fold of each image, 0 to `folds - 1`
 * @throws {DatasetError} when there are fewer groups than folds
 */
export function dealFolds(
  groups: readonly string[],
  labels: readonly (readonly number[])[],
  folds: number,
  seed: number,
): number[] {
  const members = new Map<string, number[]>();
  for (const [i, group] of groups.entries()) members.set(group, [...(members.get(group) ?? []), i]);
  if (members.size < folds) throw new DatasetError(`${members.size} groups cannot fill ${folds} folds`);
  const count = 1 + Math.max(...labels.flat());
  const totals = new Float64Array(count);
  for (const each of labels) for (const label of each) totals[label] = (totals[label] as number) + 1;
  const random = new Random(seed);
  // The largest first: what comes last must be small enough to even things out.
  const order = [...members]
    .map(([group, images]) => ({ group, images, key: random.next() }))
    .sort((one, other) => other.images.length - one.images.length || one.key - other.key);
  const counts = Array.from({ length: folds }, () => new Float64Array(count));
  const sizes = new Float64Array(folds);
  const out = new Array<number>(groups.length).fill(0);
  for (const { images } of order) {
    const own = new Float64Array(count);
    for (const i of images) for (const label of labels[i] as readonly number[]) own[label] = (own[label] as number) + 1;
    // The rarest of its labels counts most: a fold without any case of a label can measure nothing of it.
    const load = (fold: number): number =>
      own.reduce(
        (sum, n, label) => (n === 0 ? sum : sum + (n * (counts[fold]?.[label] as number)) / (totals[label] as number)),
        0,
      ) +
      (sizes[fold] as number) / (10 * groups.length);
    let best = 0;
    for (let fold = 1; fold < folds; fold++) if (load(fold) < load(best)) best = fold;
    for (const i of images) out[i] = best;
    for (const [label, n] of own.entries())
      (counts[best] as Float64Array)[label] = (counts[best]?.[label] as number) + n;
    sizes[best] = (sizes[best] as number) + images.length;
  }
  return out;
}
