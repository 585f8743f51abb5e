import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BoostedTrees } from "./boosted-trees.ts";

interface Golden {
  readonly made: string;
  readonly model: string;
  /** null stands for a missing value. */
  readonly inputs: readonly (readonly (number | null)[])[];
  readonly margins: readonly number[];
}

// Margins by LightGBM from PyPI, for the three ways in which it treats missing values.
const golden = JSON.parse(
  readFileSync(new URL("../../test/support/fixtures/lightgbm.json", import.meta.url), "utf8"),
) as Golden[];

describe("BoostedTrees", () => {
  it.each(golden)("gives the margins of $made", ({ model, inputs, margins }) => {
    const trees = BoostedTrees.parse(model);
    expect(trees.trees).toBe(12);
    expect(inputs.length).toBeGreaterThan(30);
    for (const [i, row] of inputs.entries()) {
      const values = Float32Array.from(row, (each) => each ?? Number.NaN);
      expect(Math.abs(trees.margin(values) - (margins[i] as number))).toBeLessThan(1e-9);
    }
  });

  it("reads each row of a batch by its offset", () => {
    const { model, inputs, margins } = golden[0] as Golden;
    const trees = BoostedTrees.parse(model);
    const batch = Float32Array.from(inputs.flat(), (each) => each ?? Number.NaN);
    expect(trees.margin(batch, 3 * trees.features)).toBeCloseTo(margins[3] as number, 9);
  });

  const { model } = golden[0] as Golden;
  it.each([
    ["another file", "not a model"],
    ["several classes", model.replace("num_class=1", "num_class=3")],
    ["a tree less than promised", model.replace(/Tree=11\n[\s\S]*?\n\n/, "")],
    ["a child that points back", model.replace(/left_child=(\S+)/, (all, first: string) => all.replace(first, "0"))],
    ["a feature that is not there", model.replace(/split_feature=\d+/, "split_feature=99")],
    ["a leaf value missing", model.replace(/leaf_value=\S+ /, "leaf_value=")],
    ["a threshold that is no number", model.replace(/threshold=\S+/, "threshold=x")],
    ["a categorical split", model.replace(/decision_type=\d+/, "decision_type=1")],
  ])("refuses %s", (_, text) => {
    expect(text).not.toBe(model);
    expect(() => BoostedTrees.parse(text)).toThrow(TypeError);
  });
});
