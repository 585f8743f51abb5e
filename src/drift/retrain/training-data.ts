import { createHmac } from "node:crypto";
import { upperBound } from "../../ensemble/index.ts";

/** A rarely chosen case speaks for many, but no single one for more than this many. */
const weightMax = 10;
const teacherWeight = 0.5;
/** Teacher labels for each human one. */
const teacherPerHuman = 2;
const precisionMin = 0.98;
const confidence = 0.95;

/** min(1 / p, 10): undoes the selection by which a human label came to be. */
export function humanWeight(probability: number): number {
  if (!(probability > 0 && probability <= 1)) throw new RangeError(`${probability} is not an audit probability`);
  return Math.min(1 / probability, weightMax);
}

/** A human-audited case that the teacher (both readers together) had decided. */
export interface TeacherAudit {
  /** max(p12, 1 - p12) */
  readonly sureness: number;
  readonly right: boolean;
}

/**
 * tau: the smallest sureness from which on the teacher's labels are right in 98 % of cases, shown by the lower 95 %
 * Clopper-Pearson bound of audited cases. The walk goes from sure to unsure and ends at the first failure after the
 * first success: a lucky threshold beyond one that failed is not taken. Each bound holds by itself, not for all at once.
 *
 * @param audits by random audit; equal sureness goes together
 * @returns undefined when no threshold is shown to be good enough: then there are no teacher labels
 */
export function teacherThreshold(audits: readonly TeacherAudit[]): number | undefined {
  const order = [...audits].sort((one, other) => other.sureness - one.sureness);
  let tau: number | undefined;
  let wrong = 0;
  for (const [i, { sureness, right }] of order.entries()) {
    if (!right) wrong++;
    if (order[i + 1]?.sureness === sureness) continue;
    const precision = 1 - upperBound(wrong, i + 1, confidence);
    if (precision >= precisionMin) tau = sureness;
    else if (tau !== undefined) break;
  }
  return tau;
}

/** A case that could be given a teacher label. */
export interface TeacherCase {
  readonly id: string;
  readonly group: string;
  /** p12, of the positive side. */
  readonly combined: number;
  readonly abstained: boolean;
  readonly outOfDomain: boolean;
}

export interface TeacherQuestion {
  readonly cases: readonly TeacherCase[];
  readonly tau: number | undefined;
  /** Groups and look-alikes of the calibrate split and the holdouts. */
  readonly keptApart: ReadonlySet<string>;
  /** Human labels of this batch by class; they fix the class mix. */
  readonly human: { readonly positives: number; readonly negatives: number };
  /** Only the fast reader: the fine one made these labels. */
  readonly student: "fast" | "fine";
}

export interface TeacherLabel {
  readonly id: string;
  readonly positive: boolean;
  readonly weight: number;
}

/**
 * Teacher labels for the fast reader: sure, in domain, apart from everything that proves; at most two for each human
 * label of the same class, surest first. Without the class bound a model's own preference would grow round by round.
 */
export function teacherLabels({ cases, tau, keptApart, human, student }: TeacherQuestion): TeacherLabel[] {
  if (student === "fine" || tau === undefined) return [];
  const sureness = ({ combined }: TeacherCase): number => Math.max(combined, 1 - combined);
  const allowed = cases
    .filter((each) => sureness(each) >= tau && !each.abstained && !each.outOfDomain && !keptApart.has(each.group))
    .sort((one, other) => sureness(other) - sureness(one));
  // The scarcer side bounds both, or the mix would not be the people's.
  const positives = allowed.filter(({ combined }) => combined > 0.5);
  const negatives = allowed.filter(({ combined }) => combined <= 0.5);
  const share = Math.min(
    teacherPerHuman,
    human.positives === 0 ? Infinity : positives.length / human.positives,
    human.negatives === 0 ? Infinity : negatives.length / human.negatives,
  );
  const taken = (side: TeacherCase[], people: number): TeacherCase[] => side.slice(0, Math.floor(share * people));
  return [...taken(positives, human.positives), ...taken(negatives, human.negatives)].map((each) => ({
    id: each.id,
    positive: each.combined > 0.5,
    weight: teacherWeight,
  }));
}

const calibrateShare = 0.1;
const holdoutShare = 0.1;

/** Where a group's human labels go: the same for all its images and for ever. */
export function labelSplit(group: string, secret: string): "train" | "calibrate" | "fresh-holdout" {
  const digest = createHmac("sha256", secret).update(group).digest();
  const place = digest.readUInt32BE() / 2 ** 32;
  if (place < calibrateShare) return "calibrate";
  return place < calibrateShare + holdoutShare ? "fresh-holdout" : "train";
}
