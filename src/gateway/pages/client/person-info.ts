import type { CaseRecord } from "../../../contracts/decision.ts";
import type {
  EyeAnalysis,
  NotificationType,
  Oculomics,
  PersonStatus,
  Severity,
  Validation,
  WorkflowStep,
} from "../../../contracts/persons.ts";

/** What of GET /v1/persons/{id} these pages use. Times are RFC 3339 with Z. */
export interface PersonInfo {
  readonly id: string;
  readonly name: string;
  readonly age: number | null;
  readonly gender: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly history: string | null;
  readonly symptoms: readonly string[];
  readonly status: PersonStatus;
  readonly image: { readonly sha256: string } | null;
  readonly imageUrl: string | null;
  readonly oculomics: Oculomics | null;
  readonly analysis: EyeAnalysis | null;
  readonly severity: Severity | null;
  readonly model: string | null;
  readonly validation: Validation | null;
  readonly appointmentDate: string | null;
  readonly workflowStep: WorkflowStep;
  readonly admittedAt: string;
  readonly disclaimer: string;
}

export interface PersonListInfo {
  readonly persons: readonly PersonInfo[];
  readonly total: number;
}

export interface CaseListInfo {
  readonly cases: readonly CaseRecord[];
  readonly next?: string;
}

export interface NoticeInfo {
  readonly id: string;
  readonly personId: string | null;
  readonly message: string;
  readonly at: string;
  readonly read: boolean;
  readonly type: NotificationType;
}

export interface NoticeListInfo {
  readonly notifications: readonly NoticeInfo[];
  readonly unread: number;
}
