import { describe, expect, it } from "vitest";
import { askCapacity } from "./capacity.ts";
import { measureCapacity } from "./dispatcher-cost.ts";
import { askFairness } from "./fairness.ts";

const question = { nodes: 20, seconds: 3, fixedMs: 4, itemMs: 4, batchMax: 8, slots: 1, creditItems: 16 } as const;

describe("a simulated cluster", () => {
  it("answers what it can, and uses every node", () => {
    const answer = askCapacity({ ...question, rate: 2000 });
    expect(answer.refused).toEqual({});
    expect(answer.answeredPerS).toBeGreaterThan(1850);
    expect(answer.utilisation.least).toBeGreaterThan(0.5 * answer.utilisation.mean);
    expect(answer.latencyMs.p50).toBeGreaterThan(question.fixedMs + question.itemMs);
  });

  it("refuses what is beyond it, with the time of those it answers bounded by the credit", () => {
    const full = (question.nodes * 1000 * question.batchMax) / (question.fixedMs + question.itemMs * question.batchMax);
    const answer = askCapacity({ ...question, rate: 2 * full });
    expect(Object.keys(answer.refused)).toEqual(["queue-full"]);
    expect(answer.answeredPerS).toBeGreaterThan(0.9 * full);
    expect(answer.latencyMs.max).toBeLessThan(500);
  });

  it("goes the same way each time", () => {
    expect(askCapacity({ ...question, rate: 500 })).toEqual(askCapacity({ ...question, rate: 500 }));
  });
});

it("deciding costs about the same among a thousand nodes as among ten", () => {
  const cost = (nodes: number): number =>
    measureCapacity({ ...question, fixedMs: 1, itemMs: 1, seconds: 2, nodes, rate: 5000 }).core.microseconds;
  cost(10);
  // Walking all nodes for each image would be a hundred times as much.
  expect(cost(1000)).toBeLessThan(15 * Math.max(1, cost(10)));
}, 60_000);

it("a node that is four times slower costs everybody at most three tenths of the 99th percentile", () => {
  const { p99Ratio, p99RatioToEqual, withSlow } = askFairness(4);
  expect(p99Ratio).toBeLessThan(1.3);
  expect(p99RatioToEqual).toBeLessThan(1.3);
  expect(withSlow.slowShare).toBeGreaterThan(0);
});
