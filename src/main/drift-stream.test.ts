import { describe, expect, it } from "vitest";
import { DatasetError } from "../training/index.ts";
import { drawStream, driftChanges } from "./drift-stream.ts";

/** One image in five is positive. */
const positives = Array.from({ length: 100 }, (_, i) => i % 5 === 0);
const wish = { cases: 4000, change: "blur", at: 2000, seed: 1 } as const;
const share = (cases: readonly { readonly image: number }[]): number =>
  cases.filter(({ image }) => positives[image]).length / cases.length;

describe("a stream of cases", () => {
  it("is drawn alike from the same seed, and otherwise from another", () => {
    expect(drawStream(positives, wish)).toEqual(drawStream(positives, wish));
    const orderOf = (seed: number) => drawStream(positives, { ...wish, seed }).map(({ image }) => image);
    expect(orderOf(2)).not.toEqual(orderOf(1));
  });

  it("draws every image, again and again, and cuts none twice alike", () => {
    const cases = drawStream(positives, wish);
    expect(new Set(cases.map(({ image }) => image)).size).toBe(positives.length);
    expect(new Set(cases.map(({ seed }) => seed)).size).toBeGreaterThan(cases.length - 3);
    expect(share(cases)).toBeGreaterThan(0.17);
    expect(share(cases)).toBeLessThan(0.23);
  });

  it("lets none come twice before all have come", () => {
    const images = drawStream(positives, wish).map(({ image }) => image);
    for (let round = 0; round < 40; round++)
      expect(new Set(images.slice(100 * round, 100 * (round + 1))).size).toBe(positives.length);
    expect(images.slice(0, 100)).not.toEqual(images.slice(100, 200));
  });

  it("is the same before the change, whatever changes", () => {
    const [none, ...others] = driftChanges.map((change) => drawStream(positives, { ...wish, change }));
    for (const other of others) {
      expect(other.slice(0, wish.at)).toEqual(none?.slice(0, wish.at));
      expect(other.map(({ changed }) => changed)).toEqual(other.map((_, i) => i >= wish.at));
    }
    expect(none?.some(({ changed }) => changed)).toBe(false);
  });

  it("draws positives five times as often after a change of prevalence", () => {
    const cases = drawStream(positives, { ...wish, change: "prevalence" });
    expect(share(cases.slice(0, wish.at))).toBeLessThan(0.24);
    // 5 * 20 of 5 * 20 + 80
    expect(share(cases.slice(wish.at))).toBeGreaterThan(0.51);
    expect(share(cases.slice(wish.at))).toBeLessThan(0.6);
  });

  it("refuses a change of prevalence where all are on one side", () => {
    expect(() => drawStream([true, true], { ...wish, change: "prevalence" })).toThrow(DatasetError);
    expect(drawStream([true, true], wish)).toHaveLength(wish.cases);
  });
});
