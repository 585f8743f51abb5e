import fc from "fast-check";
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import type { ActivationMap } from "../contracts/index.ts";
import { drawHeatmap, turned } from "./draw-heatmap.ts";

const image = { width: 640, height: 320 };
const mapOf = (values: number[]): ActivationMap => ({ width: 7, height: 7, values });
const cells = fc.array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 49, maxLength: 49 });
const alphas = (png: Uint8Array): number[] => [...decode(png).data].filter((_, i) => i % 4 === 3);

describe("drawHeatmap", () => {
  it("is clear where nothing speaks for the label", () => {
    for (const value of [-1, 0])
      expect(new Set(alphas(drawHeatmap(mapOf(Array(49).fill(value)), image)))).toEqual(new Set([0]));
  });

  it("has the aspect of the image, whatever its size", () => {
    for (const [width, height] of [
      [640, 320],
      [320, 640],
      [33, 33],
      [5000, 3],
    ] as const) {
      const { width: w, height: h } = decode(drawHeatmap(mapOf(Array(49).fill(1)), { width, height }));
      expect(Math.max(w, h)).toBeLessThanOrEqual(256);
      expect(Math.abs(w / h - width / height)).toBeLessThan(width / height);
      if (width <= 256) expect([w, h]).toEqual([width, height]);
    }
  });

  it("shows the strongest cell where it is", () => {
    const values = Array<number>(49).fill(-1);
    values[1 * 7 + 5] = 4;
    const { width, height, data } = decode(drawHeatmap(mapOf(values), image));
    const alphaAt = (column: number, row: number) =>
      data[
        4 * (Math.floor(((row + 0.5) / 7) * height) * width + Math.floor(((column + 0.5) / 7) * width)) + 3
      ] as number;
    expect(alphaAt(5, 1)).toBeGreaterThan(200);
    expect(alphaAt(1, 5)).toBe(0);
  });

  it("does not depend on the scale of the map, and turns with the label", () => {
    fc.assert(
      fc.property(cells, (values) => {
        const map = mapOf(values);
        const doubled = mapOf(values.map((value) => 2 * value));
        expect(drawHeatmap(doubled, image)).toEqual(drawHeatmap(map, image));
        expect(drawHeatmap(turned(turned(map)), image)).toEqual(drawHeatmap(map, image));
        const other = alphas(drawHeatmap(turned(map), image));
        const both = alphas(drawHeatmap(map, image)).filter((alpha, i) => alpha > 0 && (other[i] as number) > 0);
        expect(both).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });
});
