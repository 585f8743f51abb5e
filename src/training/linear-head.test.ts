import { describe, expect, it } from "vitest";
import { Random } from "../contracts/random.ts";
import { fitHead, headScores, headSettings } from "./linear-head.ts";

const width = 6;

/** Two clouds of points; the third value is always far from zero, the last never moves. */
function clouds(n: number, classes: number, apart: number) {
  const random = new Random(11, classes);
  const values = new Float32Array(n * width);
  const targets = new Float32Array(n * (classes === 2 ? 1 : classes));
  for (let i = 0; i < n; i++) {
    const label = i % classes;
    for (let j = 0; j < width - 1; j++) values[i * width + j] = random.between(-1, 1) + (j === 2 ? 40 : 0);
    values[i * width + label] = (values[i * width + label] as number) + apart;
    if (classes === 2) targets[i] = label;
    else targets[i * classes + label] = 1;
  }
  const outputs = classes === 2 ? 1 : classes;
  return { values, width, targets, outputs, weights: new Float32Array(n).fill(1) };
}

const scoresOf = (head: ReturnType<typeof fitHead>, rows: ReturnType<typeof clouds>): number[][] =>
  Array.from({ length: rows.weights.length }, (_, i) => headScores(head, rows.values, i * width));

describe("a linear head", () => {
  it("learns nothing from labels that follow from nothing", () => {
    const rows = clouds(400, 2, 0);
    const right = scoresOf(fitHead(rows, "binary"), rows).filter(([z = 0], i) => z > 0 === (rows.targets[i] === 1));
    expect(right.length / 400).toBeLessThan(0.65);
  });

  it("parts two clouds, and does not shout at a value that never moved in training", () => {
    const rows = clouds(400, 2, 3);
    const head = fitHead(rows, "binary");
    const right = scoresOf(head, rows).filter(([z = 0], i) => z > 0 === (rows.targets[i] === 1));
    expect(right.length / 400).toBeGreaterThan(0.97);
    expect(Math.abs(head.weights[width - 1] as number)).toBeLessThan(1e-6);
  });

  it("parts three clouds as classes", () => {
    const rows = clouds(600, 3, 3);
    const scores = scoresOf(fitHead(rows, "classes"), rows);
    const right = scores.filter((row, i) => row.indexOf(Math.max(...row)) === i % 3);
    expect(right.length / 600).toBeGreaterThan(0.97);
  });

  it("folds the standardisation into the layer: rows moved and stretched get the same scores", () => {
    const rows = clouds(300, 2, 2);
    const moved = { ...rows, values: rows.values.map((value) => 5 * value - 100) };
    const [plain, other] = [scoresOf(fitHead(rows, "binary"), rows), scoresOf(fitHead(moved, "binary"), moved)];
    for (const [i, [z = 0]] of plain.entries()) expect(other[i]?.[0]).toBeCloseTo(z, 2);
  });

  it("gives the same answer from the same seed, and from another other digits but not another answer", () => {
    const rows = clouds(400, 2, 2);
    const [one, same, other] = [7, 7, 8].map((seed) => fitHead(rows, "binary", { ...headSettings, seed }));
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
    const [first, second] = [one, other].map((head) => scoresOf(head as ReturnType<typeof fitHead>, rows).flat());
    for (const [i, z] of (first as number[]).entries()) expect(Math.abs(z - (second?.[i] as number))).toBeLessThan(0.2);
  });

  it("counts a row of weight two as two rows", () => {
    const rows = clouds(64, 2, 1);
    const heavy = { ...rows, weights: rows.weights.map((_, i) => (i % 2 === 1 ? 4 : 1)) };
    const mean = (head: ReturnType<typeof fitHead>) =>
      scoresOf(head, rows).reduce((sum, [z = 0]) => sum + z, 0) / rows.weights.length;
    expect(mean(fitHead(heavy, "binary"))).toBeGreaterThan(mean(fitHead(rows, "binary")));
  });
});
