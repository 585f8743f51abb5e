import { type CaseLabel, type LabelledCase, labelRoles } from "../contracts/labels.ts";

type Said = Pick<CaseLabel, "role" | "by" | "label">;

/**
 * What follows from all that people said of a case. Of the highest role that spoke each person counts with the label that
 * they gave last: somebody who saw an error can take it back by another label, and two adjudicators can come to agree.
 * Where these differ there is a conflict and nothing holds, however many are on one side.
 *
 * @param labels oldest first
 */
export function truthOf<Label extends Said>(labels: readonly Label[]): { truth?: Label; conflict: boolean } {
  const top = Math.max(...labels.map(({ role }) => labelRoles.indexOf(role)));
  const newest = new Map<string, Label>();
  for (const each of labels) if (labelRoles.indexOf(each.role) === top) newest.set(each.by, each);
  if (new Set([...newest.values()].map(({ label }) => label)).size > 1) return { conflict: true };
  const truth = labels.findLast((each) => newest.get(each.by) === each);
  return { conflict: false, ...(truth && { truth }) };
}

/** Whether this is what its person said last of the case: then it says nothing new. @param labels oldest first */
export function isRepeated(labels: readonly Said[], { by, role, label }: Said): boolean {
  const last = labels.findLast((each) => each.by === by);
  return last?.role === role && last.label === label;
}

/** @param labels oldest first */
export function labelledCase(caseId: string, labels: readonly CaseLabel[]): LabelledCase {
  const { truth, conflict } = truthOf(labels);
  return { caseId, labels, conflict, ...(truth && { truth: truth.label }) };
}
