import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import sharp, { type Sharp } from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { shared } from "../../../test/support/shared.ts";
import type { Network } from "../../contracts/pack.ts";
import { decode } from "../../workers/decode.ts";
import { thumbnailOf } from "../../workers/views/thumbnail.ts";
import { DatasetError } from "./dataset.ts";
import { dealFolds, joinLookAlikes } from "./groups.ts";

const side = 224;
const copies: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
  "turned by 90 degrees": (picture) => picture.rotate(90).jpeg({ quality: 92 }),
  "turned by 180 degrees": (picture) => picture.rotate(180).jpeg({ quality: 92 }),
  mirrored: (picture) => picture.flop().jpeg({ quality: 92 }),
  "compressed at quality 40": (picture) => picture.jpeg({ quality: 40 }),
  "at half the size": (picture) => picture.resize({ width: 300 }).jpeg({ quality: 92 }),
};

const image = (group: string, split = "train") => ({ sha256: group, group, split });

describe("images that look alike", () => {
  it("are not pictures of one colour", () => {
    const flat = [1, 2, 3].map((level) => new Uint8Array(1024).fill(level));
    expect(joinLookAlikes([image("a"), image("b"), image("c")], flat)).toEqual({
      groups: ["a", "b", "c"],
      pairs: 0,
      acrossSplits: 0,
    });
  });

  it("are no longer two groups, nor are all that belong to either", () => {
    const noise = (seed: number) => Uint8Array.from({ length: 1024 }, (_, i) => (Math.sin(seed + i * i) + 1) * 127);
    const joined = joinLookAlikes(
      [image("b"), image("b"), image("a", "test"), image("c"), image("d", "")],
      [noise(1), noise(2), noise(1), noise(3), noise(3)],
    );
    expect(joined).toEqual({ groups: ["a", "a", "a", "c", "c"], pairs: 2, acrossSplits: 1 });
  });
});

/**
 * Of 25 copies of each kind, how many are not found. What tells one fundus from another is faint: hard compression
 * drowns it, and at quality 40 most copies pass as photographs of their own. These numbers may only go down.
 */
const lostMax: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  cataract_eye: {},
  fundus_disease: {
    "turned by 90 degrees": 1,
    "turned by 180 degrees": 1,
    mirrored: 1,
    "compressed at quality 40": 18,
    "at half the size": 1,
  },
};

describe.each([
  ["cataract_eye", "none", 120],
  ["fundus_disease", "fundus", 120],
] as const)("of %s", (set, prepare, count) => {
  const folder = shared("datasets", set);
  const input: Network["input"] = {
    name: "pixels",
    type: "uint8",
    layout: "nhwc",
    width: side,
    height: side,
    fit: "squash",
    kernel: "cubic",
    prepare,
  };
  const thumbnail = async (bytes: Uint8Array): Promise<Uint8Array> =>
    thumbnailOf((await decode({ bytes, mediaType: "image/jpeg" }, input)).pixels, side);
  let originals: Buffer[];
  let thumbnails: Uint8Array[];

  beforeAll(async () => {
    if (folder === undefined) return;
    const rows = parse(await readFile(join(folder, "manifest.csv")), { columns: true }) as Record<string, string>[];
    // One picture a group, from everywhere in the set.
    const firsts = [...new Map(rows.map((row) => [row["group"], row["file"] as string])).values()].filter((file) =>
      file.endsWith(".jpg"),
    );
    const every = Math.floor(firsts.length / count);
    const chosen = Array.from({ length: count }, (_, i) => join(folder, firsts[i * every] as string));
    originals = await Promise.all(chosen.map((file) => readFile(file)));
    thumbnails = [];
    for (const bytes of originals) thumbnails.push(await thumbnail(bytes));
  }, 60_000);

  it.skipIf(folder === undefined)("no two different photographs are joined", () => {
    const joined = joinLookAlikes(
      thumbnails.map((_, i) => image(`g${i}`)),
      thumbnails,
    );
    expect(joined.pairs).toBe(0);
  });

  it.skipIf(folder === undefined).each(Object.entries(copies))(
    "a copy %s is joined to its photograph, or to nothing",
    async (kind, change) => {
      const planted = originals.slice(0, 25);
      const changed = await Promise.all(planted.map((bytes) => change(sharp(bytes)).toBuffer()));
      const all = [...thumbnails];
      for (const bytes of changed) all.push(await thumbnail(bytes));
      const { groups } = joinLookAlikes(
        all.map((_each, i) => image(`g${String(i).padStart(3, "0")}`, i < count ? "train" : "test")),
        all,
      );
      const lost = planted.filter((_each, i) => groups[count + i] !== groups[i]).length;
      expect(lost).toBeLessThanOrEqual(lostMax[set]?.[kind] ?? 0);
      // Every other copy is alone, and no photograph lost its own group.
      expect(new Set(groups).size).toBe(count + lost);
    },
  );
});

describe("dealing folds", () => {
  it("refuses fewer groups than folds", () => {
    expect(() => dealFolds(["a", "a", "b"], [[0], [1], [0]], 3, 1)).toThrow(DatasetError);
  });

  it("keeps groups whole, fills every fold, and deals alike from the same seed", () => {
    const cases = fc
      .array(fc.record({ group: fc.integer({ min: 0, max: 30 }), label: fc.integer({ min: 0, max: 3 }) }), {
        minLength: 5,
        maxLength: 120,
      })
      .filter((all) => new Set(all.map(({ group }) => group)).size >= 5);
    fc.assert(
      fc.property(cases, fc.integer({ min: 0, max: 1000 }), (all, seed) => {
        const groups = all.map(({ group }) => `g${group}`);
        const labels = all.map(({ label }) => [label]);
        const fold = dealFolds(groups, labels, 5, seed);
        const byGroup = new Map<string, Set<number>>();
        for (const [i, group] of groups.entries())
          byGroup.set(group, (byGroup.get(group) ?? new Set()).add(fold[i] as number));
        for (const folds of byGroup.values()) expect(folds.size).toBe(1);
        expect(new Set(fold)).toEqual(new Set([0, 1, 2, 3, 4]));
        expect(dealFolds(groups, labels, 5, seed)).toEqual(fold);
      }),
    );
  });

  it("gives each fold of every label its share, when groups are single images", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 5, max: 40 }), { minLength: 2, maxLength: 5 }),
        fc.integer(),
        (sizes, seed) => {
          const labels = sizes.flatMap((size, label) => Array.from({ length: size }, () => [label]));
          const fold = dealFolds(
            labels.map((_, i) => `g${i}`),
            labels,
            5,
            seed,
          );
          for (const [label, size] of sizes.entries())
            for (let k = 0; k < 5; k++) {
              const own = labels.filter(([each], i) => each === label && fold[i] === k).length;
              expect(Math.abs(own - size / 5)).toBeLessThanOrEqual(1);
            }
        },
      ),
    );
  });
});
