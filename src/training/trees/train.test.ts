import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../contracts/random.ts";
import { BoostedTrees } from "../../workers/boosted-trees.ts";
import { lightGbmText } from "./light-gbm-text.ts";
import type { TreeSettings } from "./settings.ts";
import { type TreeData, trainTrees } from "./train.ts";

const settings: TreeSettings = {
  leaves: 7,
  trees: 60,
  rate: 0.1,
  columns: 1,
  rows: 1,
  smallestLeaf: 5,
  l2: 1,
  extra: false,
  seed: 1,
};

const width = 4;

/** Evenly spread features in [-1, 1). */
function spread(n: number, seed = 1): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: n * width }, () => random.between(-1, 1));
}

function feature(features: Float32Array, row: number, which: number): number {
  return features[row * width + which] as number;
}

/** 1 where the first two features have different signs: no single feature says anything. */
function eitherOr(n: number, seed = 1): TreeData & { readonly labels: number[] } {
  const features = spread(n, seed);
  const labels = Array.from({ length: n }, (_, i) =>
    feature(features, i, 0) > 0 !== feature(features, i, 1) > 0 ? 1 : 0,
  );
  return { features, width, truth: { objective: "binary", labels }, labels };
}

async function margins(
  data: TreeData,
  changed: Partial<TreeSettings> = {},
  of = data.features,
): Promise<Float64Array[]> {
  const trees = BoostedTrees.parse(lightGbmText(await trainTrees(data, { ...settings, ...changed })));
  return Array.from({ length: of.length / width }, (_, i) => trees.margins(of, i * width));
}

function logLoss(scores: readonly Float64Array[], targets: readonly number[], output = 0): number {
  const losses = targets.map((y, i) => Math.log1p(Math.exp((y === 1 ? -1 : 1) * (scores[i]?.[output] as number))));
  return losses.reduce((sum, each) => sum + each, 0) / losses.length;
}

describe("trainTrees", () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "refuses a feature that is %s",
    async (value) => {
      const data = eitherOr(50);
      data.features[width * 7 + 2] = value;
      await expect(trainTrees(data, settings)).rejects.toThrow(new TypeError(`feature 2 of row 7 is ${value}`));
    },
  );

  const labels = Array.from({ length: 50 }, (_, i) => i % 2);
  it.each<[string, Partial<TreeData>, Partial<TreeSettings>]>([
    ["a label short", { truth: { objective: "binary", labels: labels.slice(1) } }, {}],
    [
      "a label that is no class",
      { truth: { objective: "softmax", outputs: 3, labels: labels.map((each) => each * 3) } },
      {},
    ],
    ["half a label", { truth: { objective: "binary", labels: labels.map((each) => each / 2) } }, {}],
    ["one class to choose from", { truth: { objective: "softmax", outputs: 1, labels: labels.map(() => 0) } }, {}],
    ["targets for one output of two", { truth: { objective: "outputs", outputs: 2, targets: labels } }, {}],
    ["a weight of nothing", { weight: labels }, {}],
    ["a weight short", { weight: [1] }, {}],
    ["rows of another width", { width: 3 }, {}],
    ["no rows", { features: new Float32Array(0) }, {}],
    ["one leaf", {}, { leaves: 1 }],
    ["half a tree", {}, { trees: 0.5 }],
    ["no rate", {}, { rate: 0 }],
    ["more than all columns", {}, { columns: 1.1 }],
    ["no rows in a bag", {}, { rows: 0 }],
    ["more bins than a histogram holds", {}, { bins: 64 }],
    ["negative l2", {}, { l2: -1 }],
    ["no seed", {}, { seed: Number.NaN }],
  ])("refuses %s", async (_, changed, other) => {
    const data: TreeData = { features: spread(50), width, truth: { objective: "binary", labels }, ...changed };
    await expect(trainTrees(data, { ...settings, ...other })).rejects.toThrow(RangeError);
  });

  it("stops when it is told to, before and while it trains", async () => {
    const reason = new Error("enough");
    await expect(trainTrees(eitherOr(50), settings, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const control = new AbortController();
    const told: number[] = [];
    const onProgress = (done: number, of: number): void => {
      expect(of).toBe(1_000_000);
      if (told.push(done) === 3) control.abort(reason);
    };
    const watch = { signal: control.signal, onProgress };
    await expect(trainTrees(eitherOr(300), { ...settings, trees: 1_000_000 }, watch)).rejects.toBe(reason);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told).toHaveLength(3);
  });

  it("gives a finite constant where all rows agree", async () => {
    for (const label of [0, 1]) {
      const data: TreeData = {
        features: spread(50),
        width,
        truth: { objective: "binary", labels: labels.map(() => label) },
      };
      const scores = await margins(data);
      expect(new Set(scores.map(([margin]) => margin)).size).toBe(1);
      expect(Math.sign(scores[0]?.[0] as number)).toBe(label === 1 ? 1 : -1);
      expect(Number.isFinite(scores[0]?.[0])).toBe(true);
    }
  });

  it("gives the share of the labels where the features say nothing", async () => {
    const data = { features: new Float32Array(40 * width).fill(3), width };
    const scores = await margins({
      ...data,
      truth: { objective: "binary", labels: Array.from({ length: 40 }, (_, i) => Number(i < 10)) },
    });
    for (const [margin] of scores) expect(margin).toBeCloseTo(Math.log(10 / 30), 12);
  });

  it.each([false, true])("learns what no single feature says (extra: %s)", async (extra) => {
    const fresh = eitherOr(500, 2);
    // At their best thresholds each of the four features gains next to nothing at the root.
    const scores = await margins(eitherOr(1000), { trees: 200, extra, rows: 0.7, columns: 0.75 }, fresh.features);
    expect(logLoss(scores, fresh.labels)).toBeLessThan(0.35);
    const wrong = fresh.labels.filter((label, i) => (label === 1) !== (scores[i]?.[0] as number) > 0).length;
    expect(wrong / fresh.labels.length).toBeLessThan(0.1);
  });

  it("fits its rows better the more trees it grows", async () => {
    const data = eitherOr(400);
    const losses = await Promise.all(
      [1, 5, 20, 60].map(async (trees) => logLoss(await margins(data, { trees }), data.labels)),
    );
    expect(losses[0]).toBeLessThan(Math.LN2);
    for (const [i, loss] of losses.entries()) expect(loss).toBeLessThan(losses[i - 1] ?? 1);
  });

  it("chooses among classes", async () => {
    const features = spread(600);
    const labels = Array.from({ length: 600 }, (_, i) => Math.floor((feature(features, i, 0) + 1) * 1.5));
    const scores = await margins({ features, width, truth: { objective: "softmax", outputs: 3, labels } });
    const chosen = scores.map((each) => each.indexOf(Math.max(...each)));
    expect(chosen.filter((each, i) => each !== labels[i]).length).toBeLessThan(12);
  });

  it("learns every output by itself", async () => {
    const features = spread(600);
    const truths = [0, 1, 2].map((k) =>
      Array.from({ length: 600 }, (_, i) => Number(feature(features, i, k) > k * 0.3)),
    );
    const targets = Array.from({ length: 1800 }, (_, i) => truths[i % 3]?.[Math.floor(i / 3)] as number);
    const scores = await margins({ features, width, truth: { objective: "outputs", outputs: 3, targets } });
    for (const [k, truth] of truths.entries()) {
      expect(logLoss(scores, truth, k)).toBeLessThan(0.15);
      const alone = await margins({ features, width, truth: { objective: "binary", labels: truth } });
      for (const [i, each] of alone.entries()) expect(scores[i]?.[k]).toBeCloseTo(each[0] as number, 9);
    }
  });

  it("believes heavy rows more", async () => {
    const features = spread(400);
    const truth = { objective: "binary", labels: Array.from({ length: 400 }, (_, i) => i % 2) } as const;
    const mean = async (weight?: number[]): Promise<number> => {
      const scores = await margins({ features, width, truth, ...(weight && { weight }) });
      return scores.reduce((sum, [margin]) => sum + (margin as number), 0) / 400;
    };
    const heavy = await mean(truth.labels.map((label) => (label === 1 ? 5 : 1)));
    expect(Math.abs(await mean())).toBeLessThan(0.2);
    expect(heavy).toBeGreaterThan(1);
  });

  it("grows the same trees from the same seed and others from another", async () => {
    const data = eitherOr(300);
    const text = async (seed: number): Promise<string> =>
      lightGbmText(await trainTrees(data, { ...settings, rows: 0.5, columns: 0.5, extra: true, seed }));
    expect(await text(5)).toBe(await text(5));
    expect((await text(5)).split("parameters")[0]).not.toBe((await text(6)).split("parameters")[0]);
  });

  it("keeps every leaf as large as it was told, whatever the rows", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.integer({ min: 2, max: 60 }),
        fc.boolean(),
        async (seed, smallestLeaf, extra) => {
          const { trees } = await trainTrees(eitherOr(120, seed), { ...settings, trees: 5, smallestLeaf, extra, seed });
          for (const { leaf } of trees) {
            expect(leaf.reduce((sum, { count }) => sum + count, 0)).toBe(120);
            for (const { count } of leaf) expect(count).toBeGreaterThanOrEqual(smallestLeaf);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
