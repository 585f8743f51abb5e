import { z } from "@hono/zod-openapi";
import type { CaseRecord, EvaluatedFigure, EvaluationRecord, Strategy } from "../../contracts/index.ts";
import { displayName, halluxLabel, percent } from "./hallux-labels.ts";

const inPercent = z.number().min(0).max(100);

const figureSchema = z
  .strictObject({
    percent: inPercent,
    interval_percent: z.tuple([inPercent, inPercent]).openapi({ description: "95 % interval" }),
    n: z.int().positive().openapi({ description: "Images it was measured on" }),
    method: z.string(),
  })
  .openapi("HalluxFigure");
type Figure = z.input<typeof figureSchema>;

/** Where the figures of an answer come from, or why there are none. */
export const halluxEvaluationSchema = z
  .strictObject({
    reader: z.enum(["fast", "fine", "cascade"]).nullable(),
    figures: z.record(z.string(), figureSchema),
    data: z
      .strictObject({
        sets: z.array(z.string()),
        split: z.string(),
        images: z.int(),
        groups: z.int(),
        images_per_class: z.record(z.string(), z.int()),
      })
      .nullable(),
    note: z.string(),
  })
  .openapi("HalluxEvaluation");
type Evaluation = z.input<typeof halluxEvaluationSchema>;

/** Where nothing was measured. The source's key must stay a text. */
const unknown = "n/a";

type Measured = "fast" | "fine" | "cascade";

/** Whose figures speak for an answer; nobody measured the plain mean. */
const measuredAs: Readonly<Record<Strategy, Measured | undefined>> = {
  cascade: "cascade",
  fast: "fast",
  fine: "fine",
  mean: undefined,
};

/** The record, where it was measured on the very packs that read this case. */
export function evaluationFor(record: CaseRecord, evaluation: EvaluationRecord | undefined) {
  const isOfThese =
    evaluation !== undefined &&
    record.decision.band.pack === evaluation.packs.cascade &&
    record.readings.every(({ reader, digest }) => evaluation.digests[reader] === digest);
  return isOfThese ? evaluation : undefined;
}

/** The source's texts, such as `89.8%`. */
export function performanceTexts(evaluation: EvaluationRecord | undefined, strategy: Strategy) {
  const figures = figuresOf(evaluation, strategy);
  return {
    accuracy: text(figures?.["accuracy"]),
    recall: text(figures?.[recallOf(halluxLabel)]),
    // Evaluation records hold neither.
    precision: unknown,
    f1: unknown,
  };
}

/** The source's numbers, 0..100; null where nothing was measured. */
export function performanceNumbers(evaluation: EvaluationRecord | undefined, labels: readonly string[]) {
  const figures = figuresOf(evaluation, "cascade");
  const number = (name: string): number | null => {
    const found = figures?.[name];
    return found === undefined ? null : percent(found.value);
  };
  return {
    overall_metrics: { accuracy: number("accuracy"), precision: null, recall: number(meanRecall), f1_score: null },
    per_class_recall: Object.fromEntries(labels.map((label) => [displayName(label), number(recallOf(label))])),
  };
}

/** The same figures as numbers with their n and interval. */
export function renderEvaluation(evaluation: EvaluationRecord | undefined, strategy: Strategy): Evaluation {
  const reader = measuredAs[strategy];
  const figures = figuresOf(evaluation, strategy);
  if (evaluation === undefined || reader === undefined || figures === undefined)
    return { reader: null, figures: {}, data: null, note: "There is no evaluation record of exactly these packs." };
  const { sets, split, images, groups, perLabel } = evaluation.data;
  return {
    reader,
    figures: shownFigures(figures),
    data: { sets, split, images, groups, images_per_class: byDisplayName(perLabel) },
    note: "Measured on labelled images that the packs did not learn from. Shares of other data will differ.",
  };
}

const meanRecall = "balancedAccuracy";
const recallOf = (label: string): string => `recall ${label}`;
const shares = new Set(["accuracy", meanRecall, "sensitivity", "specificity"]);

const figuresOf = (evaluation: EvaluationRecord | undefined, strategy: Strategy) => {
  const reader = measuredAs[strategy];
  return reader === undefined ? undefined : evaluation?.figures[reader];
};

/** Only shares: an area under a curve or a loss is no percentage. */
const shownFigures = (figures: Readonly<Record<string, EvaluatedFigure>>): Record<string, Figure> =>
  Object.fromEntries(
    Object.entries(figures)
      .filter(([name]) => shares.has(name) || name.startsWith(recallOf("")))
      .map(([name, figure]) => [shownName(name), render(figure)]),
  );

const shownName = (name: string): string => (name === meanRecall ? "mean_recall" : name.replaceAll(/[ -]/g, "_"));

const render = ({ value, interval: [low, high], n, method }: EvaluatedFigure): Figure => ({
  percent: percent(value),
  interval_percent: [percent(low), percent(high)],
  n,
  method,
});

const text = (figure: EvaluatedFigure | undefined): string =>
  figure === undefined ? unknown : `${(100 * figure.value).toFixed(1)}%`;

const byDisplayName = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).map(([label, count]) => [displayName(label), count]));
