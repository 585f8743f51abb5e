import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../contracts/random.ts";
import { EDetector } from "../engine/e-detector.ts";
import { type EmbeddingChange, embeddingStream } from "../generators/embeddings.ts";
import { Normals } from "../generators/streams.ts";
import { EmbeddingMonitor, type EmbeddingVotes, embeddingNulls } from "./embedding-monitor.ts";
import { type EmbeddingReference, fitEmbeddingReference } from "./embedding-reference.ts";
import { leadingDirections } from "./principal.ts";

const take = <T>(stream: Iterator<T>, count: number): T[] => Array.from({ length: count }, () => stream.next().value);
const none: EmbeddingChange = { kind: "none" };
let reference: EmbeddingReference;
beforeAll(() => {
  reference = fitEmbeddingReference(take(embeddingStream(1, none, 0), 1000), false);
});

describe("leading directions", () => {
  it("are those of the largest variance, of length 1 and at right angles", () => {
    const normals = new Normals(new Random(4));
    const spread = [3, 0.5, 2, 0.1, 1];
    const rows = Array.from({ length: 2000 }, () => Float64Array.from(spread, (each) => each * normals.next()));
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
    const monitor = new EmbeddingMonitor(reference);
    const white = take(embeddingStream(2, none, 0), 3000).map((one) => monitor.whiten(one));
    for (const k of [0, 15, 31]) {
      const variance = white.reduce((sum, x) => sum + (x[k] as number) ** 2, 0) / white.length;
      expect(variance).toBeGreaterThan(0.75);
      expect(variance).toBeLessThan(1.35);
    }
  });

  it("keeps 32 directions of embeddings of length 1, whatever length they come in", () => {
    const normals = new Normals(new Random(6));
    const rows = Array.from({ length: 300 }, () => Float64Array.from({ length: 64 }, () => normals.next()));
    const fitted = fitEmbeddingReference(rows);
    const monitor = new EmbeddingMonitor(fitted);
    const one = rows[0] as Float64Array;
    const longer = monitor.whiten(one.map((value) => 10 * value));
    for (const [k, value] of monitor.whiten(one).entries()) expect(longer[k]).toBeCloseTo(value, 9);
    expect(fitted).toMatchObject({ width: 64, components: 32, normalised: true });
  });

  it.each([
    ["too few", () => fitEmbeddingReference(take(embeddingStream(1, none, 0), 199))],
    ["different lengths", () => fitEmbeddingReference([...take(embeddingStream(1, none, 0), 200), [1, 2]])],
    ["NaN", () => fitEmbeddingReference([...take(embeddingStream(1, none, 0), 200), Array(32).fill(Number.NaN)])],
    ["a live one of another length", () => new EmbeddingMonitor(reference).update([1, 2, 3])],
    ["a state of another reference", () => new EmbeddingMonitor(reference, { drift: [1] })],
  ])("refuses %s", (_, act) => expect(act).toThrow(RangeError));
});

describe("the embedding monitor", () => {
  const names = ["witness", "radius", "tail"] as const satisfies readonly (keyof EmbeddingVotes)[];
  const delay = (seed: number, change: EmbeddingChange, changeAt: number, casesMax: number): number => {
    const monitor = new EmbeddingMonitor(reference);
    const nulls = embeddingNulls(reference);
    const detectors = names.map((name) => new EDetector(nulls[name]));
    let cases = 0;
    for (const one of embeddingStream(seed, change, changeAt)) {
      const votes = monitor.update(one);
      const value = detectors.reduce((sum, each, k) => sum + each.update(votes[names[k] as keyof EmbeddingVotes]), 0);
      if (value / names.length >= 2000) return cases + 1 - changeAt;
      if (++cases === casesMax) return Infinity;
    }
    throw new Error("the stream ended");
  };

  it("stays quiet on images of the same kind", () => {
    const quiet = Array.from({ length: 20 }, (_, seed) => delay(100 + seed, none, 0, 600));
    // 30 % may alarm within 600 cases at 2000.
    expect(quiet.filter(Number.isFinite).length).toBeLessThanOrEqual(6);
  });

  it("finds another camera at once and a new site of a fifth of the traffic soon", () => {
    expect(delay(3, { kind: "mean", by: 1 }, 200, 3000)).toBeLessThan(60);
    expect(delay(4, { kind: "cluster", share: 0.2, by: 4 }, 200, 3000)).toBeLessThan(150);
  });

  it("learns its direction from the past only: the first image has none", () => {
    expect(new EmbeddingMonitor(reference).update(Array(32).fill(50)).witness).toBe(0.5);
  });

  it("restores bit for bit", () => {
    const monitor = new EmbeddingMonitor(reference);
    const [last, ...before] = take(embeddingStream(8, none, 0), 30);
    for (const one of before) monitor.update(one);
    const restored = new EmbeddingMonitor(reference, JSON.parse(JSON.stringify(monitor.save())));
    expect(restored.update(last as Float64Array)).toEqual(monitor.update(last as Float64Array));
    monitor.restart();
    expect(monitor.save()).toEqual(new EmbeddingMonitor(reference).save());
  });
});
