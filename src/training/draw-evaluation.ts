import type { Question } from "../contracts/pack.ts";
import {
  areaUnderCurve,
  calibrationError,
  confusionOf,
  deferralCurve,
  reliabilityBins,
  riskCoverageCurve,
  rocCurve,
} from "../ensemble/index.ts";
import type { JudgedBy } from "./combine-readers.ts";
import { drawConfusion } from "./figures/confusion-figure.ts";
import { drawDeferral } from "./figures/deferral-figure.ts";
import { drawReliability } from "./figures/reliability-figure.ts";
import { drawRiskCoverage } from "./figures/risk-coverage-figure.ts";
import { drawRoc } from "./figures/roc-figure.ts";
import type { Judged } from "./measure.ts";
import { isPositive } from "./targets.ts";

/**
 * What an evaluation looks like: ROC, reliability, risk against coverage, deferral and, where a case has one label,
 * confusion; file name to SVG. A drawing that needs both sides is left out where one is absent.
 */
export function drawEvaluation(
  title: string,
  { fast, fine, cascade }: JudgedBy,
  question: Question,
): Readonly<Record<string, string>> {
  const truth = fine.map(({ labels }) => (isPositive(labels, question) ? 1 : 0));
  const positives = truth.filter((each) => each === 1).length;
  if (positives === 0 || positives === truth.length) return {};
  const score = (cases: readonly Judged[]): number[] => cases.map(({ opinion }) => opinion.positive);
  const right = (cases: readonly Judged[]): number[] =>
    cases.map(({ labels, said }) => (labels.includes(said) ? 1 : 0));
  const sureness = (cases: readonly Judged[]): number[] => cases.map(({ opinion }) => Math.abs(opinion.positive - 0.5));
  const readers = { "fast reader": fast, "fine reader": fine, cascade } as const;
  const named = Object.entries(readers);
  const claimed = score(fine);
  const { error, debiased } = calibrationError(truth, claimed);
  const n = truth.length;
  return {
    "roc.svg": drawRoc({
      title: `${title}: any positive label`,
      positives,
      negatives: n - positives,
      readers: named.map(([name, cases]) => ({
        name,
        points: rocCurve(truth, score(cases)).points,
        area: areaUnderCurve(truth, score(cases)),
      })),
    }),
    "reliability.svg": drawReliability({
      title: `${title}: fine reader`,
      bins: reliabilityBins(truth, claimed),
      error: { value: error.value, debiased },
    }),
    "risk-coverage.svg": drawRiskCoverage({
      title,
      n,
      readers: named.map(([name, cases]) => ({
        name,
        points: riskCoverageCurve(right(cases), sureness(cases)).points,
      })),
    }),
    "deferral.svg": drawDeferral({ title, ...deferralCurve(right(fast), right(fine), sureness(fast)) }),
    ...(question.task !== "findings" && {
      "confusion.svg": drawConfusion({
        title: `${title}: cascade`,
        labels: question.labels,
        matrix: confusionOf(
          cascade.map(({ labels }) => labels[0] as number),
          cascade.map(({ said }) => said),
          question.labels.length,
        ),
      }),
    }),
  };
}
