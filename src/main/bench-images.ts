import { readFile } from "node:fs/promises";
import { type AcceptedImage, isProblem } from "../contracts/index.ts";
import { Random } from "../contracts/random.ts";
import { acceptImage, limitsOf } from "../intake/index.ts";
import type { Config } from "../platform/index.ts";
import { DatasetError, findImages } from "../training/index.ts";
import { ChangedPictureThread } from "../workers/index.ts";

/** What a screening camera's preview sends. */
const [width, height] = [640, 480];
const drawings = 8;
/** More would only be read from the disk before anything is measured. */
const filesMax = 200;

/** Images to measure with, and in words what they are. */
export interface BenchImages {
  readonly images: readonly AcceptedImage[];
  readonly what: string;
}

/**
 * Photographs from a folder, or drawn ones where there is none.
 * @throws {DatasetError} when the folder holds no image that would be accepted
 */
export async function benchImages(config: Config, folder: string | undefined): Promise<BenchImages> {
  if (folder === undefined) return { images: await drawn(config), what: `drawn JPEGs of ${width} x ${height}` };
  const images: AcceptedImage[] = [];
  for (const path of (await findImages(folder)).slice(0, filesMax)) {
    try {
      images.push(acceptImage(await readFile(path), limitsOf(config)));
    } catch (error) {
      if (!isProblem(error)) throw error;
    }
  }
  if (images.length === 0) throw new DatasetError(`${folder} holds no image that would be accepted`);
  return { images, what: `${images.length} images of ${folder}` };
}

async function drawn(config: Config): Promise<AcceptedImage[]> {
  const thread = new ChangedPictureThread();
  try {
    const made = Array.from({ length: drawings }, async (_, seed) => {
      const answer = await thread.change({ bytes: drawnBmp(seed), mediaType: "image/bmp", change: "none", seed });
      if (!answer.ok) throw new Error(answer.reason);
      return acceptImage(answer.bytes, limitsOf(config));
    });
    return await Promise.all(made);
  } finally {
    await thread.close();
  }
}

/** Soft discs on a slope, with grain so that it compresses like a photograph. */
function drawnBmp(seed: number): Uint8Array {
  const random = new Random(seed);
  const discs = Array.from({ length: 4 }, () => ({
    x: random.between(0, width),
    y: random.between(0, height),
    r: random.between(40, 240),
    colour: [random.between(0, 255), random.between(0, 255), random.between(0, 255)],
  }));
  const bytes = Buffer.alloc(54 + 3 * width * height);
  bytes.write("BM", 0, "latin1");
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let at = 0; at < width * height; at++) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const shares = discs.map((disc) => Math.max(0, 1 - Math.hypot(x - disc.x, y - disc.y) / disc.r));
    const grain = random.between(-12, 12);
    for (let c = 0; c < 3; c++) {
      let value = 70 + (80 * (x + y)) / (width + height);
      for (const [i, share] of shares.entries()) value += ((discs[i]?.colour[c] as number) - value) * share;
      bytes[54 + 3 * at + c] = Math.max(0, Math.min(255, Math.round(value + grain)));
    }
  }
  return bytes;
}
