import { describe, expect, it } from "vitest";
import { Random } from "../../contracts/random.ts";
import { fitEmbeddingReference, placeOf } from "./embedding-reference.ts";
import { leadingDirections } from "./principal.ts";

/** Sum of twelve uniform numbers: as good as normal here. */
function normals(seed: number): () => number {
  const random = new Random(seed);
  return () => Array.from({ length: 12 }, () => random.next()).reduce((sum, each) => sum + each, -6);
}

/** Embeddings of 32 coordinates with standard deviations from 1.5 down to 0.4. */
function drawn(seed: number, count: number): Float64Array[] {
  const normal = normals(seed);
  return Array.from({ length: count }, () =>
    Float64Array.from({ length: 32 }, (_, k) => (1.5 - (1.1 * k) / 31) * normal()),
  );
}

describe("leading directions", () => {
  it("are those of the largest variance, of length 1 and at right angles", () => {
    const normal = normals(4);
    const spread = [3, 0.5, 2, 0.1, 1];
    const rows = Array.from({ length: 2000 }, () => Float64Array.from(spread, (each) => each * normal()));
    const { directions, deviations } = leadingDirections(rows, 3, new Random(1));
    for (const [k, expected] of [3, 2, 1].entries()) {
      expect(deviations[k]).toBeCloseTo(expected, 0);
      expect(Math.abs(directions[k]?.[spread.indexOf(expected)] as number)).toBeGreaterThan(0.99);
    }
    const dot = (a: Float64Array, b: Float64Array): number =>
      a.reduce((sum, each, k) => sum + each * (b[k] as number), 0);
    for (const [i, one] of directions.entries())
      for (const [j, other] of directions.entries()) expect(dot(one, other)).toBeCloseTo(i === j ? 1 : 0, 9);
  });

  it("are fewer when the rows span less", () => {
    const random = new Random(2);
    const rows = Array.from({ length: 50 }, () => {
      const [x, y] = [random.between(-1, 1), random.between(-1, 1)];
      return Float64Array.of(x, y, x + y, x - y, 0, 0);
    });
    expect(leadingDirections(rows, 6, new Random(1)).directions).toHaveLength(2);
  });
});

describe("an embedding reference", () => {
  it("whitens: live images of the same kind have variance 1 in every direction", () => {
    const { projection } = fitEmbeddingReference(drawn(1, 1000), false);
    const white = drawn(2, 3000).map((one) => placeOf(one, projection));
    for (const k of [0, 15, 31]) {
      const variance = white.reduce((sum, x) => sum + (x[k] as number) ** 2, 0) / white.length;
      expect(variance).toBeGreaterThan(0.65);
      expect(variance).toBeLessThan(1.5);
    }
  });

  it("keeps 32 directions of embeddings of length 1, whatever length they come in", () => {
    const normal = normals(6);
    const rows = Array.from({ length: 300 }, () => Float64Array.from({ length: 64 }, () => normal()));
    const { projection } = fitEmbeddingReference(rows);
    const one = rows[0] as Float64Array;
    const longer = placeOf(
      one.map((value) => 10 * value),
      projection,
    );
    for (const [k, value] of placeOf(one, projection).entries()) expect(longer[k]).toBeCloseTo(value, 9);
    expect(projection).toMatchObject({ width: 64, components: 32, normalised: true });
  });

  it.each([
    ["too few", () => fitEmbeddingReference(drawn(1, 199))],
    ["different lengths", () => fitEmbeddingReference([...drawn(1, 200), [1, 2]])],
    ["NaN", () => fitEmbeddingReference([...drawn(1, 200), Array(32).fill(Number.NaN)])],
  ])("refuses %s", (_, act) => expect(act).toThrow(RangeError));
});
