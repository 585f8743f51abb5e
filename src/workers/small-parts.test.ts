import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CostModel } from "./cost-model.ts";
import { batchKeyOf } from "./messages.ts";
import { PixelCache } from "./pixel-cache.ts";
import { measureQuality } from "./quality.ts";
import { retryAfterS } from "./retry-after.ts";

describe("CostModel", () => {
  it("finds a + b n", () => {
    const cost = new CostModel();
    for (let i = 0; i < 400; i++) for (const n of [1, 2, 4, 8]) cost.observe(n, 3 + 2 * n);
    expect(cost.estimate(1)).toBeCloseTo(5, 1);
    expect(cost.estimate(8)).toBeCloseTo(19, 1);
  });

  it("scales with the batch when it has seen one size only", () => {
    const cost = new CostModel();
    for (let i = 0; i < 10; i++) cost.observe(2, 10);
    expect(cost.estimate(4)).toBeCloseTo(20, 5);
  });

  it("is never negative and never falls as the batch grows", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.double({ min: 0, max: 1e4, noNaN: true })), {
          maxLength: 50,
        }),
        (runs) => {
          const cost = new CostModel();
          for (const [n, ms] of runs) cost.observe(n, ms);
          expect(cost.estimate(1)).toBeGreaterThanOrEqual(0);
          expect(cost.estimate(8)).toBeGreaterThanOrEqual(cost.estimate(1) - 1e-9);
        },
      ),
    );
  });
});

describe("batchKeyOf", () => {
  const digest = fc.stringMatching(/^[0-9a-f]{64}$/);

  it("never lets a run with maps share a batch with plain readings, whatever the packs", () => {
    fc.assert(
      fc.property(fc.array(digest, { minLength: 1 }), fc.array(digest, { minLength: 1 }), (some, others) => {
        expect(batchKeyOf(some, true)).not.toBe(batchKeyOf(others));
        expect(batchKeyOf(some, true)).toBe(batchKeyOf([...some], true));
      }),
    );
  });

  it("takes a task that says nothing of maps as a plain one", () => {
    expect(batchKeyOf(["a"], undefined)).toBe(batchKeyOf(["a"], false));
  });
});

describe("retryAfterS", () => {
  it.each([
    [0, 1],
    [4_000, 2],
    [20_000, 10],
    [1e9, 30],
  ])("a queue of %i ms is half done in %i s", (waitMs, seconds) =>
    expect(retryAfterS(waitMs, () => 0.5)).toBe(seconds),
  );

  it("spreads callers by a fifth to either side", () => {
    expect(retryAfterS(20_000, () => 0)).toBe(8);
    expect(retryAfterS(20_000, () => 1)).toBe(12);
  });
});

describe("PixelCache", () => {
  const quality = { luminance: 0, contrast: 0, sharpness: 0 };
  const held = (bytes: number) => ({ pixels: new Uint8Array(bytes), quality });

  it("holds no more bytes than its bound, and forgets what was used longest ago", () => {
    const cache = new PixelCache(100);
    cache.put("a", held(40));
    cache.put("b", held(40));
    expect(cache.get("a")).toBeDefined();
    cache.put("c", held(40));
    expect(cache.get("b")).toBeUndefined();
    expect(cache.get("a")).toBeDefined();
    expect(cache.get("c")).toBeDefined();
  });

  it("counts an entry once, however often it is put", () => {
    const cache = new PixelCache(100);
    for (let i = 0; i < 10; i++) cache.put("a", held(60));
    cache.put("b", held(40));
    expect(cache.get("a")).toBeDefined();
  });

  it("does not keep what is larger than all of it", () => {
    const cache = new PixelCache(100);
    cache.put("a", held(101));
    expect(cache.get("a")).toBeUndefined();
  });
});

describe("measureQuality", () => {
  const grey = (value: (x: number, y: number) => number) => {
    const pixels = new Uint8Array(3 * 16 * 16);
    for (let i = 0; i < 256; i++) pixels.fill(value(i % 16, i >> 4), 3 * i, 3 * i + 3);
    return measureQuality(pixels, 16, 16);
  };

  it("of a flat picture is its grey, without contrast or edges", () => {
    expect(grey(() => 100)).toEqual({ luminance: 100, contrast: 0, sharpness: 0 });
  });

  it("of a chequerboard is all edges", () => {
    // Every pixel differs from its four neighbours by 255: the Laplacian is +-1020.
    const { luminance, contrast, sharpness } = grey((x, y) => ((x + y) % 2) * 255);
    expect(luminance).toBeCloseTo(127.5, 5);
    expect(contrast).toBeCloseTo(127.5, 5);
    expect(sharpness).toBeCloseTo(1020 ** 2, 0);
  });

  it("of a slope has contrast but no edges", () => {
    const { contrast, sharpness } = grey((x) => x * 10);
    expect(contrast).toBeGreaterThan(40);
    expect(sharpness).toBe(0);
  });
});
