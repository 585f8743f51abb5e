import type { Outcome, Strategy } from "../contracts/decision.ts";
import type { Band, Calibration, Question } from "../contracts/pack.ts";
import { logit, sigmoid } from "./probability.ts";

/** One reader's, or several readers', calibrated view of a case. */
export interface Opinion {
  /** Probability per label, in the question's label order; sums to 1 but for findings. */
  readonly probabilities: readonly number[];
  /** Probability that any positive label is there, [0, 1]. */
  readonly positive: number;
}

/** Raw scores that a reader of this question gives. */
export function scoresOf({ task, labels }: Pick<Question, "task" | "labels">): number {
  if (task === "binary") return 1;
  return task === "grades" ? labels.length - 1 : labels.length;
}

/**
 * Turns raw scores into calibrated probabilities.
 *
 * @param scores tree margins or network logits, `scoresOf(question)` of them, unbounded, no unit
 * @throws {RangeError} when there are more or fewer scores, or one is not finite
 * @see Platt 1999; Guo et al. 2017; Frank and Hall 2001 (grades as cumulative questions)
 */
export function opinionOf(
  scores: readonly number[],
  { slope, intercept }: Pick<Calibration, "slope" | "intercept">,
  question: Question,
): Opinion {
  if (scores.length !== scoresOf(question) || !scores.every(Number.isFinite))
    throw new RangeError(`${scoresOf(question)} finite scores expected`);
  const evidence = scores.map(
    (raw, i) => slope * raw + (typeof intercept === "number" ? intercept : (intercept[i] ?? 0)),
  );
  return fromEvidence(evidence, question);
}

/**
 * Both readers as one. The weights were fitted on out-of-fold scores; readers that share a backbone make correlated
 * errors, so an equal blend would count the same evidence twice. `w0` speaks for the positive side.
 */
export function combine(
  strategy: Strategy,
  { fast, fine }: { readonly fast: Opinion | undefined; readonly fine: Opinion },
  { w0, w1, w2 }: Band["fuse"],
  question: Question,
): Opinion {
  if (fast === undefined || strategy === "fine") return fine;
  if (strategy === "mean")
    return {
      probabilities: fine.probabilities.map((p, i) => (p + (fast.probabilities[i] as number)) / 2),
      positive: (fast.positive + fine.positive) / 2,
    };
  const first = toEvidence(fast, question);
  const second = toEvidence(fine, question);
  const sides = sidesOf(question);
  return fromEvidence(
    second.map((value, i) => w0 * (sides[i] as number) + w1 * (first[i] as number) + w2 * value),
    question,
  );
}

/**
 * The label to show: the most probable one on the side of the outcome, so that word and outcome never contradict each
 * other. Grades go by the expected grade, because a neighbouring grade is half right.
 *
 * @param cutpoints grade k is reached when the expected grade is at least the k-th of them
 */
export function labelOf(opinion: Opinion, outcome: Outcome, question: Question, cutpoints?: readonly number[]): string {
  const { labels, positive, task } = question;
  const allowed = labels.map((label) => outcome === "person" || positive.includes(label) === (outcome === "positive"));
  if (task === "grades") {
    const grade = gradeOf(opinion.probabilities, cutpoints);
    const nearest = labels.flatMap((_, i) => (allowed[i] ? [i] : []));
    return labels[nearest.reduce((best, i) => (Math.abs(i - grade) < Math.abs(best - grade) ? i : best))] as string;
  }
  if (task === "findings" && (outcome === "negative" || (outcome === "person" && opinion.positive < 0.5)))
    return labels[0] as string;
  const candidates = labels
    .map((label, i) => ({ label, p: opinion.probabilities[i] as number, allowed: allowed[i] }))
    .filter((each, i) => each.allowed && !(task === "findings" && i === 0));
  return candidates.reduce((best, each) => (each.p > best.p ? each : best)).label;
}

function gradeOf(probabilities: readonly number[], cutpoints: readonly number[] | undefined): number {
  const expected = probabilities.reduce((sum, p, grade) => sum + p * grade, 0);
  if (cutpoints === undefined) return Math.round(expected);
  return cutpoints.filter((cut) => expected >= cut).length;
}

/** Log-odds, or for classes log-probabilities, of each score's question: the scale on which evidence adds up. */
function toEvidence({ probabilities, positive }: Opinion, { task }: Question): number[] {
  if (task === "binary") return [logit(positive)];
  if (task === "findings") return probabilities.map(logit);
  if (task === "classes") return probabilities.map((p) => Math.log(Math.max(p, 1e-7)));
  return probabilities.slice(1).map((_, i) => logit(probabilities.slice(i + 1).reduce((sum, p) => sum + p, 0)));
}

function fromEvidence(evidence: readonly number[], question: Question): Opinion {
  const probabilities = probabilitiesOf(evidence, question);
  const positive =
    question.task === "findings"
      ? 1 - (probabilities[0] as number)
      : probabilities.reduce((sum, p, i) => (isPositive(question, i) ? sum + p : sum), 0);
  return { probabilities, positive: Math.min(1, Math.max(0, positive)) };
}

function probabilitiesOf(evidence: readonly number[], question: Question): number[] {
  const [first = 0] = evidence;
  switch (question.task) {
    case "binary":
      return question.labels.map((_, i) => (isPositive(question, i) ? sigmoid(first) : 1 - sigmoid(first)));
    case "findings":
      return evidence.map(sigmoid);
    case "classes": {
      const top = Math.max(...evidence);
      const parts = evidence.map((each) => Math.exp(each - top));
      const sum = parts.reduce((total, each) => total + each, 0);
      return parts.map((each) => each / sum);
    }
    case "grades": {
      // A higher grade is never more probable than a lower one, whatever separate scores say.
      let below = 1;
      const atLeast = [1, ...evidence.map((each) => (below = Math.min(below, sigmoid(each)))), 0];
      return question.labels.map((_, k) => (atLeast[k] as number) - (atLeast[k + 1] as number));
    }
  }
}

const isPositive = ({ labels, positive }: Question, i: number): boolean => positive.includes(labels[i] as string);

/** Which way `w0` pushes each score: towards the positive labels. */
function sidesOf(question: Question): number[] {
  const { task, labels } = question;
  if (task === "binary" || task === "grades") return Array.from({ length: scoresOf(question) }, () => 1);
  if (task === "findings") return labels.map((_, i) => (i === 0 ? -1 : 1));
  return labels.map((_, i) => (isPositive(question, i) ? 1 : 0));
}
