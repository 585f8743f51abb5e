import { beforeAll, describe, expect, it } from "vitest";
import { fitEmbeddingReference, placeOf } from "../../ensemble/index.ts";
import { EDetector } from "../engine/e-detector.ts";
import { type EmbeddingChange, embeddingStream } from "../generators/embeddings.ts";
import { EmbeddingMonitor, type EmbeddingVotes, embeddingNulls } from "./embedding-monitor.ts";

const take = <T>(stream: Iterator<T>, count: number): T[] => Array.from({ length: count }, () => stream.next().value);
const none: EmbeddingChange = { kind: "none" };
let { projection, reference } = {} as ReturnType<typeof fitEmbeddingReference>;
beforeAll(() => {
  ({ projection, reference } = fitEmbeddingReference(take(embeddingStream(1, none, 0), 1000), false));
});

describe("the embedding monitor", () => {
  it.each([
    ["a place of another length", () => new EmbeddingMonitor(reference).update([1, 2, 3])],
    ["a place that is none", () => new EmbeddingMonitor(reference).update(Array(32).fill(Number.NaN))],
    ["a state of another reference", () => new EmbeddingMonitor(reference, { drift: [1] })],
  ])("refuses %s", (_, act) => expect(act).toThrow(RangeError));

  const names = ["witness", "radius", "tail"] as const satisfies readonly (keyof EmbeddingVotes)[];
  const delay = (seed: number, change: EmbeddingChange, changeAt: number, casesMax: number): number => {
    const monitor = new EmbeddingMonitor(reference);
    const nulls = embeddingNulls(reference);
    const detectors = names.map((name) => new EDetector(nulls[name]));
    let cases = 0;
    for (const one of embeddingStream(seed, change, changeAt)) {
      const votes = monitor.update(placeOf(one, projection));
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
