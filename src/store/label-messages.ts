import type { CaseAudit, CaseLabel, Labels, LabelTask, Origin } from "../contracts/index.ts";

// What is asked of the record thread about labels.

/** A label that was found to be one that its programme has. */
export type CheckedLabel = Omit<CaseLabel, "programme">;

export interface StoredLabelled {
  readonly record: string;
  readonly labels: readonly CaseLabel[];
  readonly audit?: CaseAudit;
}

/** Cases that a person could be asked about, by why; each list is best first, and no case is in two. */
export type LabelCandidates = Readonly<Record<LabelTask["source"], readonly string[]>>;

export interface LabelCalls {
  /** Of a case; undefined: there is no such case. */
  readonly programmeOf: { readonly asked: string; readonly answer: string | undefined };
  readonly addLabel: {
    readonly asked: { readonly label: CheckedLabel; readonly origin: Origin };
    readonly answer: { readonly labels: readonly CaseLabel[]; readonly added: boolean };
  };
  readonly labelsOf: { readonly asked: string; readonly answer: readonly CaseLabel[] };
  readonly labelCandidates: {
    readonly asked: { readonly programme: string; readonly alarmed: readonly string[]; readonly limit: number };
    readonly answer: LabelCandidates;
  };
  readonly countLabels: {
    readonly asked: { readonly programme: string; readonly since: string; readonly of: readonly string[] };
    readonly answer: Awaited<ReturnType<Labels["countLabels"]>>;
  };
  readonly labelledCases: {
    readonly asked: { readonly programme: string; readonly before?: string; readonly limit: number };
    readonly answer: readonly StoredLabelled[];
  };
}
