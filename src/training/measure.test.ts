import { describe, expect, it } from "vitest";
import type { Question } from "../contracts/pack.ts";
import { Random } from "../contracts/random.ts";
import { type Figures, type Judged, measure, measureRoutes } from "./measure.ts";

const binary: Question = { task: "binary", labels: ["normal", "cataract"], positive: ["cataract"] };
const grades: Question = { task: "grades", labels: ["0", "1", "2"], positive: ["1", "2"] };
const findings: Question = { task: "findings", labels: ["none", "common", "rare"], positive: ["common", "rare"] };

const judged = (label: number, said: number, positive: number, i = 0): Judged => ({
  labels: [label],
  group: `g${i}`,
  opinion: { probabilities: [1 - positive, positive], positive },
  said,
});

function wellFormed(figures: Figures, n: number): void {
  for (const [name, { value, interval, n: own, method }] of Object.entries(figures)) {
    expect(Number.isFinite(value), name).toBe(true);
    expect(interval[0], name).toBeLessThanOrEqual(interval[1]);
    expect(own, name).toBeGreaterThan(0);
    expect(own, name).toBeLessThanOrEqual(n);
    expect(method, name).not.toBe("");
  }
}

describe("figures", () => {
  it("are none without cases", () => {
    for (const question of [binary, grades, findings]) expect(measure(question, [])).toEqual({});
    expect(measureRoutes([], binary)).toEqual({});
  });

  it("leave out what one side alone cannot show", () => {
    const figures = measure(
      binary,
      Array.from({ length: 20 }, (_, i) => judged(1, i < 15 ? 1 : 0, 0.6, i)),
    );
    for (const name of ["auc", "logLoss", "sensitivity", "specificity"]) expect(figures).not.toHaveProperty(name);
    expect(figures["accuracy"]).toMatchObject({ value: 0.75, n: 20 });
  });

  it("are counted as they are", () => {
    const cases = [
      ...Array.from({ length: 40 }, (_, i) => judged(1, i < 36 ? 1 : 0, i < 36 ? 0.9 : 0.2, i)),
      ...Array.from({ length: 60 }, (_, i) => judged(0, i < 6 ? 1 : 0, i < 6 ? 0.8 : 0.1, 100 + i)),
    ];
    const figures = measure(binary, cases);
    wellFormed(figures, 100);
    expect(figures["sensitivity"]).toMatchObject({ value: 0.9, n: 40 });
    expect(figures["specificity"]).toMatchObject({ value: 0.9, n: 60 });
    expect(figures["accuracy"]).toMatchObject({ value: 0.9, n: 100 });
    expect(figures["balancedAccuracy"]?.value).toBeCloseTo(0.9, 5);
    expect(figures).not.toHaveProperty("quadraticKappa");
  });

  it("of grades have a kappa and a recall a grade that is there", () => {
    const cases = Array.from({ length: 60 }, (_, i): Judged => {
      const label = i % 2;
      return { ...judged(label, label, label, i), opinion: { probabilities: [1 - label, label, 0], positive: label } };
    });
    const figures = measure(grades, cases);
    wellFormed(figures, 60);
    expect(figures["quadraticKappa"]?.value).toBe(1);
    expect(figures["recall 1"]).toMatchObject({ value: 1, n: 30 });
    expect(figures).not.toHaveProperty("recall 2");
  });

  it("of a finding with fewer than 30 cases are not given", () => {
    const random = new Random(2);
    const cases = Array.from({ length: 200 }, (_, i): Judged => {
      const labels = i < 29 ? [2] : i < 80 ? [1] : [0];
      const probabilities = [0, 1, 2].map((k) => (labels.includes(k) ? 0.4 : 0.2) + random.between(0, 0.3));
      return {
        labels,
        group: `g${i}`,
        opinion: { probabilities, positive: 1 - (probabilities[0] as number) },
        said: 0,
      };
    });
    const figures = measure(findings, cases);
    wellFormed(figures, 200);
    expect(figures["auc common"]?.n).toBe(200);
    expect(figures["auc common against none"]?.n).toBe(171);
    expect(Object.keys(figures).filter((name) => name.includes("rare"))).toEqual([]);
    expect(figures).not.toHaveProperty("accuracy");
  });
});

describe("routes", () => {
  it("count what no person saw on each side", () => {
    const route = (label: number, outcome: "negative" | "positive" | "person", escalated: boolean) => ({
      ...judged(label, 0, 0.5),
      outcome,
      escalated,
    });
    const figures = measureRoutes(
      [
        route(1, "negative", false),
        route(1, "positive", true),
        route(1, "person", true),
        route(1, "positive", false),
        route(0, "positive", false),
        route(0, "negative", false),
      ],
      binary,
    );
    wellFormed(figures, 6);
    expect(figures["automaticMisses"]).toMatchObject({ value: 0.25, n: 4 });
    expect(figures["automaticFalsePositives"]).toMatchObject({ value: 0.5, n: 2 });
    expect(figures["escalated"]).toMatchObject({ n: 6 });
    expect(measureRoutes([route(0, "negative", false)], binary)).not.toHaveProperty("automaticMisses");
  });
});
