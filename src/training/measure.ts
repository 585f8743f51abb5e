import type { Outcome } from "../contracts/decision.ts";
import type { Question } from "../contracts/pack.ts";
import {
  accuracy as accuracyOf,
  areaUnderCurve,
  bootstrap,
  calibrationError,
  type Figure,
  logLoss,
  type Opinion,
  quadraticWeightedKappa,
  sensitivityAndSpecificity,
  wilson,
} from "../ensemble/index.ts";
import { isPositive } from "./targets.ts";

/** What a reader, or the cascade of both, made of one labelled case. */
export interface Judged {
  /** True label indices. */
  readonly labels: readonly number[];
  readonly group: string;
  readonly opinion: Opinion;
  /** Index of the label it would show. */
  readonly said: number;
}

/** What became of a case in the cascade. */
export interface Routed {
  readonly outcome: Outcome;
  readonly escalated: boolean;
}

export type Figures = Readonly<Record<string, Figure>>;

/** Fewer cases of a finding, or of its absence, say nothing that could be relied on. */
export const assessedMin = 30;

/**
 * Figures of one reader on labelled cases, each with its n and interval. What the cases cannot measure, because one
 * side is absent, is left out: a figure is never made up.
 */
export function measure(question: Question, cases: readonly Judged[]): Figures {
  const truth = cases.map(({ labels }) => (isPositive(labels, question) ? 1 : 0));
  const positive = cases.map(({ opinion }) => opinion.positive);
  const groups = cases.map(({ group }) => group);
  const common = {
    auc: () => areaUnderCurve(truth, positive),
    logLoss: () => logLoss(truth, positive, { groups }),
    ece: () => calibrationError(truth, positive, 10, { groups }).error,
  };
  if (question.task === "findings") return present({ ...common, ...findingFigures(question, cases) });
  const first = cases.map(({ labels }) => labels[0] as number);
  const said = cases.map((each) => each.said);
  const sides = cases.map((each) => (question.positive.includes(question.labels[each.said] as string) ? 1 : 0));
  return present({
    accuracy: () => accuracyOf(first, said),
    balancedAccuracy: () => balanced(first, said, groups),
    ...(question.task === "grades" && {
      quadraticKappa: () => quadraticWeightedKappa(first, said, question.labels.length, { groups }),
    }),
    ...common,
    sensitivity: () => sensitivityAndSpecificity(truth, sides).sensitivity,
    specificity: () => sensitivityAndSpecificity(truth, sides).specificity,
    ...(question.task !== "binary" &&
      Object.fromEntries(question.labels.map((label, i) => [`recall ${label}`, () => recallOf(first, said, i)]))),
  });
}

/** How the cascade divides the cases. */
export function measureRoutes(cases: readonly (Judged & Routed)[], question: Question): Figures {
  const count = (test: (each: Judged & Routed) => boolean): number => cases.filter(test).length;
  const truth = (each: Judged): boolean => isPositive(each.labels, question);
  const positives = count(truth);
  return present({
    escalated: () =>
      wilson(
        count((each) => each.escalated),
        cases.length,
      ),
    person: () =>
      wilson(
        count((each) => each.outcome === "person"),
        cases.length,
      ),
    automaticMisses: () =>
      wilson(
        count((each) => truth(each) && each.outcome === "negative"),
        positives,
      ),
    automaticFalsePositives: () =>
      wilson(
        count((each) => !truth(each) && each.outcome === "positive"),
        cases.length - positives,
      ),
  });
}

function findingFigures({ labels }: Question, cases: readonly Judged[]): Record<string, () => Figure> {
  const none = cases.filter((each) => each.labels.includes(0));
  const figures: Record<string, () => Figure> = {};
  for (const [i, label] of labels.entries()) {
    const score = ({ opinion }: Judged): number => opinion.probabilities[i] as number;
    const has = (each: Judged): number => (each.labels.includes(i) ? 1 : 0);
    const cases_ = cases.filter((each) => has(each) === 1);
    if (i === 0 || cases_.length < assessedMin || cases.length - cases_.length < assessedMin) continue;
    figures[`auc ${label}`] = () => areaUnderCurve(cases.map(has), cases.map(score));
    const against = [...cases_, ...none];
    figures[`auc ${label} against ${labels[0]}`] = () => areaUnderCurve(against.map(has), against.map(score));
  }
  return figures;
}

function recallOf(truth: readonly number[], said: readonly number[], label: number): Figure {
  const own = truth.flatMap((each, i) => (each === label ? [said[i] === label] : []));
  return wilson(own.filter(Boolean).length, own.length);
}

/** Mean recall of the labels that are there. */
function balanced(truth: readonly number[], said: readonly number[], groups: readonly string[]): Figure {
  const statistic = (cases: Int32Array): number => {
    const hits = new Map<number, [number, number]>();
    for (const i of cases) {
      const label = truth[i] as number;
      const [right, all] = hits.get(label) ?? [0, 0];
      hits.set(label, [right + (said[i] === label ? 1 : 0), all + 1]);
    }
    return [...hits.values()].reduce((sum, [right, all]) => sum + right / all, 0) / hits.size;
  };
  return bootstrap(statistic, truth.length, { groups });
}

function present(wanted: Readonly<Record<string, () => Figure>>): Figures {
  const out: Record<string, Figure> = {};
  for (const [name, figure] of Object.entries(wanted))
    try {
      out[name] = figure();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  return out;
}
