import { readFile } from "node:fs/promises";
import { isProblem } from "../contracts/index.ts";
import { Random } from "../contracts/random.ts";
import { acceptImage, limitsOf } from "../intake/index.ts";
import type { Config } from "../platform/index.ts";
import { resolveProgramme } from "../screening/index.ts";
import { DatasetError, type LabelledImage } from "../training/index.ts";
import { ChangedPictureThread, pictureChanges } from "../workers/index.ts";
import { chooseImages } from "./evaluation-images.ts";
import { readActive } from "./releases.ts";

/** `prevalence` leaves the pictures as they are and draws other ones. */
export const driftChanges = [...pictureChanges, "prevalence"] as const;
export type DriftChange = (typeof driftChanges)[number];

/** From the change on, a positive picture is drawn as often as so many negative ones. */
const prevalenceFactor = 5;

export interface DriftStreamWish {
  readonly programme: string;
  readonly data: string;
  readonly cases: number;
  readonly change: DriftChange;
  /** How many cases come before the change. */
  readonly at: number;
  readonly seed: number;
  /** All images, also those that the packs learnt from: the readers look better on them than they are. */
  readonly includeSeen: boolean;
}

/** What the folder says of a picture. */
export interface StreamedTruth {
  readonly label: string;
  readonly positive: boolean;
}

/** One case of a stream: which image, and whether it comes after the change. */
export interface StreamedCase {
  /** Into the images that are drawn from. */
  readonly image: number;
  readonly changed: boolean;
  readonly seed: number;
}

/** A stream of labelled cases. `picture` may be asked for several at once; `close` ends its thread. */
export interface DriftStream {
  readonly images: number;
  readonly cases: readonly StreamedCase[];
  truthOf(streamed: StreamedCase): StreamedTruth;
  /** @returns a JPEG @throws {DatasetError} when the image cannot be read */
  picture(streamed: StreamedCase): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * A folder of labelled images as a stream, drawn in rounds: from all of them, or from those that the packs have
 * not learnt from, of the test split where there is one.
 *
 * @throws {Problem} programme-unknown, pack-not-installed
 * @throws {DatasetError} when the folder cannot be read or nothing can be drawn
 */
export async function openDriftStream(config: Config, wish: DriftStreamWish): Promise<DriftStream> {
  const programme = resolveProgramme(await readActive(config), wish.programme);
  const { images } = await chooseImages(config, programme, {
    programme: wish.programme,
    data: [wish.data],
    foreign: [],
    includeSeen: wish.includeSeen,
    ...(wish.includeSeen && { split: "all" }),
  });
  const { labels, positive } = programme.manifest;
  const truths = images.map(({ labels: own }) => truthAmong(own, labels, positive));
  const cases = drawStream(
    truths.map((truth) => truth.positive),
    wish,
  );
  const change = wish.change === "prevalence" ? "none" : wish.change;
  const thread = new ChangedPictureThread();
  return {
    images: images.length,
    cases,
    truthOf: ({ image }) => truths[image] as StreamedTruth,
    picture: async ({ image, changed, seed }) => {
      const { path, name } = images[image] as LabelledImage;
      const { bytes, mediaType } = await acceptedFile(config, path, name);
      const answer = await thread.change({ bytes, mediaType, change: changed ? change : "none", seed });
      if (!answer.ok) throw new DatasetError(`${name}: ${answer.reason}`);
      return answer.bytes;
    },
    close: () => thread.close(),
  };
}

/**
 * Which images come, in order: in rounds, so that none comes twice before all have come. A few that came again and again
 * would be another population than the one that the reference is of. Two streams of one seed are alike up to the change,
 * whatever it is.
 *
 * @param positives of each image, whether it is positive
 * @throws {DatasetError} for a change of prevalence where all images are on one side
 */
export function drawStream(
  positives: readonly boolean[],
  { cases, change, at, seed }: Pick<DriftStreamWish, "cases" | "change" | "at" | "seed">,
): readonly StreamedCase[] {
  const weighted = change === "prevalence";
  if (weighted && new Set(positives).size < 2)
    throw new DatasetError("all images are on one side, so their prevalence cannot change");
  const usual = positives.map((_, i) => i);
  const shifted = usual.flatMap((i) => Array.from({ length: positives[i] ? prevalenceFactor : 1 }, () => i));
  const orders = new Map<string, readonly number[]>();
  const orderOf = (pool: readonly number[], round: number): readonly number[] => {
    const name = `${pool.length}/${round}`;
    const order = orders.get(name) ?? shuffled(pool, seed, round);
    orders.set(name, order);
    return order;
  };
  return Array.from({ length: cases }, (_, i) => {
    const changed = change !== "none" && i >= at;
    const pool = changed && weighted ? shifted : usual;
    const place = changed && weighted ? i - at : i;
    const round = Math.floor(place / pool.length);
    const image = orderOf(pool, round)[place % pool.length] as number;
    return { image, changed, seed: Math.floor(new Random(seed, i).next() * 2 ** 32) };
  });
}

/** The images of a round in an order that follows from seed and round alone. */
function shuffled(pool: readonly number[], seed: number, round: number): readonly number[] {
  const random = new Random(seed, round, pool.length);
  return pool
    .map((image) => ({ image, key: random.next() }))
    .sort((one, other) => one.key - other.key)
    .map(({ image }) => image);
}

/** Of several findings the first positive one: people can say only one. */
function truthAmong(own: readonly number[], labels: readonly string[], positive: readonly string[]): StreamedTruth {
  const names = own.map((label) => labels[label] as string);
  const found = names.find((name) => positive.includes(name));
  return { label: found ?? (names[0] as string), positive: found !== undefined };
}

async function acceptedFile(config: Config, path: string, name: string) {
  try {
    return acceptImage(await readFile(path), limitsOf(config));
  } catch (error) {
    if (!isProblem(error)) throw error;
    throw new DatasetError(`${name}: ${error.detail ?? error.code}`);
  }
}
