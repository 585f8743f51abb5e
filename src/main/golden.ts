import { createHash } from "node:crypto";
import type { Predictor, PredictTask, Programme } from "../contracts/index.ts";
import { Random } from "../contracts/random.ts";
import { newCaseId } from "../platform/index.ts";
import { readBoth } from "../screening/index.ts";

const side = 224;
const images = 2;
const deadlineMs = 30_000;
/** Processors round the sums of int8 networks differently; another file differs by far more than this. */
const tolerance = 0.5;

/** Raw scores of both readers on pictures that everyone can make again: reader, image, score. */
export type GoldenScores = readonly (readonly (readonly number[])[])[];

/**
 * What a programme's readers say of a few made pictures: recorded when a release is registered, compared before it is
 * routed. A file that loads but computes something else is found before a patient's picture reaches it.
 */
export async function goldenScores(
  predictor: Predictor,
  programme: Pick<Programme, "fast" | "fine">,
): Promise<GoldenScores> {
  const scores: number[][][] = [[], []];
  for (let i = 0; i < images; i++) {
    const { readings } = await readBoth((packs) => {
      const task = { id: newCaseId(), packs, image: goldenImage(i), lane: "interactive" as const };
      return predictor.predict({ ...task, remainingMs: deadlineMs }, new AbortController().signal);
    }, programme);
    for (const [k, reading] of readings.entries())
      scores[k]?.push(reading.scores.map((score) => Math.round(score * 1e4) / 1e4));
  }
  return scores;
}

/** Why the scores are not those that were recorded; undefined when they are. */
export function goldenDifference(found: GoldenScores, recorded: GoldenScores): string | undefined {
  const [one, other] = [found.flat(2), recorded.flat(2)];
  if (one.length !== other.length) return `${one.length} scores where ${other.length} were recorded`;
  const worst = Math.max(...one.map((score, i) => Math.abs(score - (other[i] as number))));
  // Not "worse than": what is no number is not within any tolerance.
  return worst <= tolerance ? undefined : `a score differs by ${worst.toFixed(3)} from the one recorded`;
}

/** A BMP of soft discs on a gradient, from nothing but its number. */
function goldenImage(index: number): PredictTask["image"] {
  const random = new Random(20, index);
  const discs = Array.from({ length: 6 }, () => ({
    x: random.between(0, side),
    y: random.between(0, side),
    r: random.between(20, 90),
    colour: [random.between(0, 255), random.between(0, 255), random.between(0, 255)],
  }));
  const bytes = Buffer.alloc(54 + side * side * 3);
  bytes.write("BM", 0, "latin1");
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(side, 18);
  bytes.writeInt32LE(side, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let c = 0; c < 3; c++) {
        let value = 40 + (80 * (x + y)) / side;
        for (const disc of discs) {
          const share = Math.max(0, 1 - Math.hypot(x - disc.x, y - disc.y) / disc.r);
          value += ((disc.colour[c] as number) - value) * share;
        }
        bytes[54 + (y * side + x) * 3 + c] = Math.max(0, Math.min(255, Math.round(value)));
      }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { bytes, sha256, mediaType: "image/bmp", width: side, height: side };
}
