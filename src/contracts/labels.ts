import type { CaseRecord } from "./decision.ts";
import type { CaseAudit } from "./drift.ts";
import type { Origin } from "./stores.ts";

export const labelRoles = ["reader", "senior", "adjudicator"] as const;
export type LabelRole = (typeof labelRoles)[number];

/** What a person says a picture shows. Never changed and never replaced: who disagrees adds another. */
export interface CaseLabel {
  readonly id: string;
  readonly caseId: string;
  readonly programme: string;
  /** One of the programme's labels, or `ungradable`. */
  readonly label: string;
  readonly positive: boolean;
  readonly role: LabelRole;
  /** Who said so, as the caller names them; never a patient. */
  readonly by: string;
  readonly at: string;
  readonly note?: string;
}

/** All that people said of a case, and what follows from it. */
export interface LabelledCase {
  readonly caseId: string;
  readonly labels: readonly CaseLabel[];
  /**
   * The label that holds: the newest of the highest role, when nobody of that role contradicts it. Of each person counts
   * the label of that role that they gave last.
   */
  readonly truth?: string;
  readonly conflict: boolean;
}

/** What a person is asked to look at. */
export interface LabelTask {
  readonly caseId: string;
  readonly programme: string;
  readonly source: "abstention" | "audit" | "alarm" | "repeat";
  /** Whether the readers' answer may be shown beside the picture. */
  readonly answerShown: boolean;
}

export interface Labels {
  /**
   * Adds a label, with its audit entry in the same transaction. Who repeats what they said last of this case (the newest
   * label by the same `by` has this label and role) says nothing new: nothing is written, and a file of labels can be
   * sent twice.
   *
   * @returns what stands then; `added` false: it stood before
   * @throws {Problem} case-unknown, field-invalid for a label that the programme does not have
   */
  addLabel(
    label: Omit<CaseLabel, "id" | "at" | "programme" | "positive">,
    origin: Origin,
  ): Promise<LabelledCase & { readonly added: boolean }>;
  /** Labels oldest first; of an unknown case there are none. */
  labelsOf(caseId: string): Promise<LabelledCase>;
  /**
   * Cases that wait for a person, best first: labelled by nobody, and with their picture still kept; a repeat was labelled
   * by one person, or is one on which people disagree.
   *
   * @param alarmed cases of an open incident, the most telling first
   */
  nextTasks(programme: string, alarmed: readonly string[], limit: number): Promise<readonly LabelTask[]>;
  /** How many labels came since, and how many of these cases have one at all: nobody is asked for those again. */
  countLabels(programme: string, since: string, of: readonly string[]): Promise<{ total: number; ofThese: number }>;
  /**
   * Labelled cases with their records, newest first, for training, for the gate and for export.
   * @param page `before`: id of the last case of the page before
   */
  labelledCases(
    programme: string,
    page: { readonly before?: string; readonly limit: number },
  ): Promise<readonly { readonly record: CaseRecord; readonly labelled: LabelledCase; readonly audit?: CaseAudit }[]>;
}
