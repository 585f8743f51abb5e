import {
  type CaseRecord,
  type EvaluationRecord,
  inputKeyOf,
  networkOf,
  type Programme,
} from "../../contracts/index.ts";
import { isPending } from "../pending.ts";

/** The programme that answers for the source system. */
export const programme = "chest-xray";

/** `Pleural_Thickening`, as the labels are written, in words for people. */
export const displayName = (label: string): string => label.replaceAll("_", " ");

/**
 * Where a finding is called present. A calibrated probability needs no other point: at one half it is as likely there
 * as not. The source rescaled its scores so that 0.5 stood for a point chosen per finding.
 */
export const operatingPoint = 0.5;

/** A label of the model with what was read for it. */
export interface Finding {
  readonly label: string;
  readonly probability: number;
  /** Place in the model's own order, from 0. */
  readonly classIndex: number;
}

/**
 * All labels of a case, the most probable first; equal ones in the model's order. While the second look is to come the
 * absence of findings is last: nobody has said it yet.
 */
export function rankedFindings(record: CaseRecord, { manifest }: Pick<Programme, "manifest">): Finding[] {
  const { probabilities } = record.decision;
  const isLast = ({ label }: Finding): boolean => isPending(record) && !manifest.positive.includes(label);
  return manifest.labels
    .flatMap((label, classIndex) => {
      const probability = probabilities[label];
      return probability === undefined ? [] : [{ label, probability, classIndex }];
    })
    .sort((one, other) => Number(isLast(one)) - Number(isLast(other)) || other.probability - one.probability);
}

/** The label that a client names by its own or its display name. */
export const labelNamed = (name: string, labels: readonly string[]): string | undefined =>
  labels.find((label) => label === name || displayName(label) === name);

/** What the fine reader, whose map explains, is given to see. */
export function modelInput({ fine }: Pick<Programme, "fine">): { size: [number, number]; preprocessing: string } {
  const network = networkOf(fine.load);
  return { size: [network.input.width, network.input.height], preprocessing: inputKeyOf(network) };
}

/**
 * Labels whose skill was measured on these packs: findings with too few cases have no figure, and the area under the
 * curve over all cases is that of the label which says that there is none.
 */
export function assessedLabels(
  { manifest }: Pick<Programme, "manifest">,
  evaluation: EvaluationRecord | undefined,
): ReadonlySet<string> {
  const figures = evaluation?.figures.cascade ?? {};
  return new Set(
    manifest.labels.filter((label) => (manifest.positive.includes(label) ? `auc ${label}` : "auc") in figures),
  );
}
