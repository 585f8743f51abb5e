import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Question, tasks } from "../contracts/pack.ts";
import { combine, labelOf, opinionOf, scoresOf } from "./opinion.ts";
import { logit, sigmoid } from "./probability.ts";

const plain = { slope: 1, intercept: 0 };
const questions: Readonly<Record<Question["task"], Question>> = {
  binary: { task: "binary", labels: ["normal", "cataract"], positive: ["cataract"] },
  classes: { task: "classes", labels: ["normal", "flatfoot", "ulcer"], positive: ["flatfoot", "ulcer"] },
  grades: { task: "grades", labels: ["0", "1", "2", "3", "4"], positive: ["2", "3", "4"] },
  findings: { task: "findings", labels: ["none", "mass", "edema"], positive: ["mass", "edema"] },
};
const anyQuestion = fc.constantFrom(...tasks).map((task) => questions[task]);
const score = fc.double({ min: -40, max: 40, noNaN: true });
const asked = anyQuestion.chain((question) => {
  const scores = fc.array(score, { minLength: scoresOf(question), maxLength: scoresOf(question) });
  return fc.record({ question: fc.constant(question), scores, others: scores });
});
const weights = { w0: 0.1, w1: 0.3, w2: 0.7 };

describe("opinionOf", () => {
  it.each([[[]], [[1, 2]], [[Number.NaN]], [[Number.POSITIVE_INFINITY]]])("refuses the scores %j", (scores) => {
    expect(() => opinionOf(scores, plain, questions.binary)).toThrow(RangeError);
  });

  it("gives probabilities in [0, 1] for any scores; they sum to 1 but for findings", () => {
    fc.assert(
      fc.property(asked, ({ question, scores }) => {
        const { probabilities, positive } = opinionOf(scores, plain, question);
        for (const p of [...probabilities, positive]) {
          expect(p).toBeGreaterThanOrEqual(0);
          expect(p).toBeLessThanOrEqual(1);
        }
        expect(probabilities).toHaveLength(question.labels.length);
        if (question.task !== "findings") expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  it("keeps the 0.5 decision under temperature scaling", () => {
    fc.assert(
      fc.property(score, fc.double({ min: 0.05, max: 5, noNaN: true }), (raw, slope) => {
        fc.pre(Math.abs(raw) > 1e-9);
        expect(opinionOf([raw], { slope, intercept: 0 }, questions.binary).positive >= 0.5).toBe(raw > 0);
      }),
    );
  });

  it("reads grades as 'at least' questions and never finds a higher grade more probable than a lower one", () => {
    const { probabilities, positive } = opinionOf(
      [logit(0.9), logit(0.6), logit(0.7), logit(0.1)],
      plain,
      questions.grades,
    );
    expect(probabilities.map((p) => Number(p.toFixed(6)))).toEqual([0.1, 0.3, 0, 0.5, 0.1]);
    expect(positive).toBeCloseTo(0.6, 9);
  });

  it("takes the absence of all findings from the first score", () => {
    expect(opinionOf([logit(0.2), logit(0.5), logit(0.7)], plain, questions.findings).positive).toBeCloseTo(0.8, 9);
  });
});

describe("combine", () => {
  it("blends two labels on the log-odds scale", () => {
    const fast = opinionOf([logit(0.3)], plain, questions.binary);
    const fine = opinionOf([logit(0.01)], plain, questions.binary);
    const { positive } = combine("cascade", { fast, fine }, weights, questions.binary);
    expect(positive).toBeCloseTo(sigmoid(0.1 + 0.3 * logit(0.3) + 0.7 * logit(0.01)), 9);
  });

  it("with no weight on the fast reader is the fine reader, for every task", () => {
    fc.assert(
      fc.property(asked, ({ question, scores, others }) => {
        const tame = (values: readonly number[]) => values.map((each) => Math.max(-10, Math.min(10, each / 4)));
        const fast = opinionOf(tame(others), plain, question);
        const fine = opinionOf(tame(scores), plain, question);
        const both = combine("cascade", { fast, fine }, { w0: 0, w1: 0, w2: 1 }, question);
        expect(both.positive).toBeCloseTo(fine.positive, 3);
      }),
    );
  });

  it("takes the plain mean when asked, and the fine reader alone when asked", () => {
    const fast = opinionOf([logit(0.2)], plain, questions.binary);
    const fine = opinionOf([logit(0.6)], plain, questions.binary);
    expect(combine("mean", { fast, fine }, weights, questions.binary).positive).toBeCloseTo(0.4, 9);
    expect(combine("fine", { fast, fine }, weights, questions.binary).positive).toBeCloseTo(0.6, 9);
  });

  it("is monotone: more suspicion never turns a positive into a negative", () => {
    fc.assert(
      fc.property(asked, fc.double({ min: 0, max: 5, noNaN: true }), ({ question, scores, others }, more) => {
        fc.pre(question.task === "binary" || question.task === "grades");
        const fast = opinionOf(others, plain, question);
        const low = combine("cascade", { fast, fine: opinionOf(scores, plain, question) }, weights, question);
        const worse = opinionOf(
          scores.map((each) => each + more),
          plain,
          question,
        );
        expect(combine("cascade", { fast, fine: worse }, weights, question).positive).toBeGreaterThanOrEqual(
          low.positive - 1e-9,
        );
      }),
    );
  });
});

describe("labelOf", () => {
  it("never contradicts the outcome", () => {
    fc.assert(
      fc.property(asked, fc.constantFrom("positive" as const, "negative" as const), ({ question, scores }, outcome) => {
        const label = labelOf(opinionOf(scores, plain, question), outcome, question);
        expect(question.positive.includes(label)).toBe(outcome === "positive");
      }),
    );
  });

  it("goes by the expected grade and the cut-points given", () => {
    const opinion = { probabilities: [0.4, 0.3, 0.2, 0.1, 0], positive: 0.3 };
    expect(labelOf(opinion, "person", questions.grades)).toBe("1");
    expect(labelOf(opinion, "person", questions.grades, [0.5, 0.9, 2, 3])).toBe("2");
    expect(labelOf(opinion, "negative", questions.grades, [0.5, 0.9, 2, 3])).toBe("1");
  });

  it("names the leading finding, or their absence", () => {
    expect(labelOf({ probabilities: [0.7, 0.6, 0.1], positive: 0.3 }, "person", questions.findings)).toBe("none");
    expect(labelOf({ probabilities: [0.4, 0.1, 0.3], positive: 0.6 }, "person", questions.findings)).toBe("edema");
  });
});
