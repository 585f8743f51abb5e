import { describe, expect, it } from "vitest";
import type { Question } from "../contracts/pack.ts";
import { Random } from "../contracts/random.ts";
import { chooseCutpoints } from "./cutpoints.ts";
import { fitEvidence } from "./fit-evidence.ts";

const n = 4000;
const ones = new Float32Array(n).fill(1);

describe("fitEvidence", () => {
  it("finds the slope and the intercepts that made the labels of findings", () => {
    const question: Question = { task: "findings", labels: ["none", "one", "two"], positive: ["one", "two"] };
    const random = new Random(5);
    const [slope, shifts] = [2, [0.5, -1, -0.3]];
    const scores = Array.from({ length: n }, () => shifts.map(() => random.between(-2, 2)));
    const labels = scores.map((row) =>
      row.flatMap((raw, k) => (random.next() < 1 / (1 + Math.exp(-(slope * raw + (shifts[k] as number)))) ? [k] : [])),
    );
    const found = fitEvidence(scores, labels, ones, question);
    expect(found.method).toBe("platt");
    expect(Math.abs(found.slope - slope)).toBeLessThan(0.15);
    for (const [k, shift] of shifts.entries())
      expect(Math.abs((found.intercept[k] as number) - shift)).toBeLessThan(0.2);
  });

  it("finds the temperature of classes and gives them no intercepts", () => {
    const question: Question = { task: "classes", labels: ["a", "b", "c"], positive: ["b", "c"] };
    const random = new Random(6);
    const scores = Array.from({ length: n }, () => [0, 0, 0].map(() => random.between(-4, 4)));
    const labels = scores.map((row) => {
      const parts = row.map((raw) => Math.exp(0.5 * raw));
      const [a, b] = parts as [number, number];
      const place = random.next() * parts.reduce((sum, each) => sum + each, 0);
      return [place < a ? 0 : place < a + b ? 1 : 2];
    });
    const found = fitEvidence(scores, labels, ones, question);
    expect(found.method).toBe("temperature");
    expect(found.intercept).toEqual([0, 0, 0]);
    expect(Math.abs(found.slope - 0.5)).toBeLessThan(0.05);
  });

  it("keeps the slope above zero for scores that mean the opposite", () => {
    const question: Question = { task: "grades", labels: ["0", "1"], positive: ["1"] };
    const scores = Array.from({ length: n }, (_, i) => [i % 2 === 0 ? 3 : -3]);
    const { slope } = fitEvidence(
      scores,
      scores.map(([z = 0]) => [z < 0 ? 1 : 0]),
      ones,
      question,
    );
    expect(slope).toBeGreaterThan(0);
    expect(slope).toBeLessThan(0.2);
  });
});

describe("chooseCutpoints", () => {
  it("keeps the middle between grades where nothing is better, and their order always", () => {
    expect(chooseCutpoints([0, 1, 2, 0, 1, 2], [0, 1, 2, 0, 1, 2], 3)).toEqual([0.5, 1.5]);
    const random = new Random(4);
    const noise = Array.from({ length: 300 }, () => random.between(0, 4));
    const cuts = chooseCutpoints(
      noise,
      noise.map(() => Math.floor(random.between(0, 5))),
      5,
    );
    expect(cuts).toHaveLength(4);
    expect([...cuts].sort((one, other) => one - other)).toEqual(cuts);
  });

  it("moves the cuts to where the grades change", () => {
    const expected = Array.from({ length: 200 }, (_, i) => i / 100);
    const [first, second] = chooseCutpoints(
      expected,
      expected.map((e) => (e < 0.8 ? 0 : e < 1.2 ? 1 : 2)),
      3,
    ) as [number, number];
    expect(Math.abs(first - 0.8)).toBeLessThan(0.051);
    expect(Math.abs(second - 1.2)).toBeLessThan(0.051);
  });
});
