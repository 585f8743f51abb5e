import { describe, expect, it } from "vitest";
import { conformalPValue } from "./conformal.ts";

describe("conformalPValue", () => {
  const reference = [0.1, 0.2, 0.3, 0.4];
  it.each([
    [0.05, 1 / 5],
    [0.1, 2 / 5],
    [0.25, 3 / 5],
    [0.9, 1],
  ])("similarity %f has p-value %f", (similarity, expected) => {
    expect(conformalPValue(similarity, reference)).toBeCloseTo(expected, 12);
  });
});
