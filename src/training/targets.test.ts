import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Question } from "../contracts/pack.ts";
import { classWeights, isPositive, targetsOf, truthOf } from "./targets.ts";

const names = ["none", "mild", "severe"];
const question = (task: Question["task"], labels = names, positive = labels.slice(1)): Question => ({
  task,
  labels,
  positive,
});

describe("what readers learn", () => {
  it("is one question for two labels, one a step for grades, one a label else", () => {
    expect([...targetsOf([[0], [1]], question("binary", ["normal", "cataract"]))]).toEqual([0, 1]);
    expect([...targetsOf([[0], [1], [2]], question("grades"))]).toEqual([0, 0, 1, 0, 1, 1]);
    expect([...targetsOf([[0], [2]], question("classes"))]).toEqual([1, 0, 0, 0, 0, 1]);
    expect([...targetsOf([[1, 2], [0]], question("findings"))]).toEqual([0, 1, 1, 1, 0, 0]);
  });

  it("is repeated for every view of an image", () => {
    expect(truthOf([[0], [1]], question("binary", ["normal", "cataract"]), 2)).toEqual({
      objective: "binary",
      labels: [0, 0, 1, 1],
    });
    expect(truthOf([[2], [0]], question("classes"), 2)).toEqual({
      objective: "softmax",
      outputs: 3,
      labels: [2, 2, 0, 0],
    });
    expect(truthOf([[1]], question("grades"), 2)).toEqual({
      objective: "outputs",
      outputs: 2,
      targets: [1, 0, 1, 0],
    });
  });
});

describe("the weight of an image", () => {
  it("is 1 for findings and without balance", () => {
    expect([...classWeights([[1, 2], [0], [0]], question("findings"), 1)]).toEqual([1, 1, 1]);
    expect([...classWeights([[0], [0], [1]], question("classes"), 0)]).toEqual([1, 1, 1]);
  });

  it("makes all classes that are there weigh the same at full balance", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 80 }), (labels) => {
        const weights = classWeights(
          labels.map((label) => [label]),
          question("classes"),
          1,
        );
        const sums = new Map<number, number>();
        for (const [i, label] of labels.entries()) sums.set(label, (sums.get(label) ?? 0) + (weights[i] as number));
        for (const sum of sums.values()) expect(sum).toBeCloseTo(labels.length / sums.size, 3);
      }),
    );
  });
});

it("an image is positive when any of its labels is", () => {
  expect(isPositive([0], question("findings"))).toBe(false);
  expect(isPositive([0, 2], question("findings"))).toBe(true);
  expect(isPositive([1], question("grades", names, ["severe"]))).toBe(false);
});
