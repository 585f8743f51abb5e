import { Random } from "../../contracts/random.ts";
import { Normals } from "./streams.ts";

/** How the images change: all of them a little, or a share of them much. Distances in mean standard deviations. */
export type EmbeddingChange =
  | { readonly kind: "none" }
  | { readonly kind: "mean"; readonly by: number }
  | { readonly kind: "cluster"; readonly share: number; readonly by: number };

const width = 32;
const deviations = Array.from({ length: width }, (_, i) => 1.5 + ((0.4 - 1.5) * i) / (width - 1));
const meanDeviation = deviations.reduce((sum, each) => sum + each, 0) / width;

/**
 * Generator E: 32 independent normal coordinates with standard deviations from 1.5 down to 0.4. A mean change moves
 * every coordinate; a cluster moves its share of the cases in one direction drawn for the seed. Endless.
 */
export function* embeddingStream(seed: number, change: EmbeddingChange, changeAt: number): Generator<Float64Array> {
  const random = new Random(seed, 0xe);
  const normals = new Normals(random);
  const direction = Float64Array.from({ length: width }, () => normals.next());
  const length = Math.hypot(...direction);
  for (let i = 0; ; i++) {
    const one = Float64Array.from(deviations, (deviation) => deviation * normals.next());
    const drawn = random.next();
    if (i >= changeAt && change.kind === "mean")
      for (let k = 0; k < width; k++) one[k] = (one[k] as number) + change.by * meanDeviation;
    if (i >= changeAt && change.kind === "cluster" && drawn < change.share)
      for (let k = 0; k < width; k++)
        one[k] = (one[k] as number) + (change.by * meanDeviation * (direction[k] as number)) / length;
    yield one;
  }
}
