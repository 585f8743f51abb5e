import type { AcceptedImage, ImageRef } from "./image.ts";
import type { AuditAction, Origin } from "./stores.ts";

/** Where a person stands, in the words of the ophthalmology source system. Derived from what is known, not typed in. */
export const personStatuses = ["Critical", "Stable", "Pending Analysis", "Discharged"] as const;
export type PersonStatus = (typeof personStatuses)[number];

export const validationStatuses = ["approved", "rejected"] as const;
export type ValidationStatus = (typeof validationStatuses)[number];

/** 1 analysis, 2 validation, 3 scheduling, 4 complete. */
export const workflowSteps = [1, 2, 3, 4] as const;
export type WorkflowStep = (typeof workflowSteps)[number];

/** One measurement of a course; intraocular pressure in mmHg, vessel density in %. */
export interface OculomicsEntry {
  /** As the caller gave it. */
  readonly date: string;
  readonly iop: number;
  readonly density: number;
}

/** Measures of the eye: pressure in mmHg, cup to disc as a ratio, nerve fibre layer in µm, vessel density in %. */
export interface Oculomics {
  readonly intraocularPressure: number;
  readonly cupToDiscRatio: number;
  readonly rnflThickness: number;
  readonly vesselDensity: number;
  readonly history: readonly OculomicsEntry[];
}

/** What was read in a person's picture, in words and figures for people. */
export interface EyeAnalysis {
  readonly classification: string;
  /** Of the classification, calibrated, percent. */
  readonly confidence: number;
  readonly findings: readonly string[];
  readonly recommendation: string;
  readonly explanation: string;
}

/** How soon somebody should look; `undecided` where the analysis gives no answer of its own and a person decides. */
export const severities = ["critical", "warning", "info", "undecided"] as const;
export type Severity = (typeof severities)[number];

/**
 * A vision-language model that puts a picture into words. Never the only voice: a programme's packs read, decide and
 * record whatever it says.
 */
export interface EyeAnalyst {
  readonly loaded: boolean;
  /**
   * @returns its words with its own, uncalibrated confidence, and which model they are of
   * @throws {Problem} whatever keeps it from answering
   */
  analyse(
    image: Pick<AcceptedImage, "bytes" | "sha256" | "mediaType">,
    signal: AbortSignal,
    options?: { readonly remainingMs?: number },
  ): Promise<EyeAnalysis & { readonly model: string }>;
  /** @throws {Problem} model-not-loaded, model-unknown, queue-full, deadline-exceeded, inference-failed */
  load(): Promise<"loaded" | "already_loaded">;
  /** @throws {Problem} model-in-use, while it is at work and not forced */
  unload(options?: { readonly force?: boolean }): Promise<"unloaded" | "not_loaded">;
}

/** Who looked at an analysis and said yes or no. */
export interface Validation {
  readonly status: ValidationStatus;
  /** As the audit log names the caller. */
  readonly by: string;
  /** RFC 3339 with Z. */
  readonly at: string;
  /** Case that the judged analysis rests on. */
  readonly caseId: string | null;
  readonly reason: string | null;
}

/** One person, of whom each source system shows its own view. Never logged. */
export interface Person {
  /** UUIDv7. */
  readonly id: string;
  readonly name: string;
  readonly age: number | null;
  readonly gender: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  /** What is known of earlier illness, free text. */
  readonly history: string | null;
  readonly symptoms: readonly string[];
  readonly status: PersonStatus;
  /** The stored picture that is to be, or was, analysed. */
  readonly image: ImageRef | null;
  /** An address that the caller gave in place of a picture: kept as it is and never fetched. */
  readonly imageUrl: string | null;
  readonly oculomics: Oculomics | null;
  readonly analysis: EyeAnalysis | null;
  /** Case that the analysis rests on. */
  readonly analysisCase: string | null;
  /** Of the analysis. */
  readonly severity?: Severity | null;
  /** The packs that read, and the vision-language model whose words are in the analysis. */
  readonly model?: string | null;
  readonly validation: Validation | null;
  /** As the caller gave it. */
  readonly appointmentDate: string | null;
  readonly workflowStep: WorkflowStep;
  /** RFC 3339 with Z, all three. */
  readonly admittedAt: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Why the person is about to be removed, where that was said. */
  readonly removalReason?: string;
  /** Counts changes from 1: a change is refused when another one came first. */
  readonly version: number;
}

export const notificationTypes = ["info", "critical", "success"] as const;
export type NotificationType = (typeof notificationTypes)[number];

export interface Notification {
  /** UUIDv7. */
  readonly id: string;
  readonly personId: string | null;
  readonly message: string;
  /** RFC 3339 with Z. */
  readonly timestamp: string;
  readonly read: boolean;
  readonly type: NotificationType;
}

export const alertKinds = ["notification", "abnormal-scan", "scan-received", "scan-failed"] as const;
export type AlertKind = (typeof alertKinds)[number];

/** Something that open pages are told at once; names things, holds no image. */
export interface AlertDraft {
  readonly kind: AlertKind;
  /** JSON of what is pushed. */
  readonly body: string;
}

/** Numbered in the order in which alerts were committed, without gaps: a client that knows its last one misses none. */
export interface Alert extends AlertDraft {
  readonly seq: number;
  /** RFC 3339 with Z. */
  readonly at: string;
}

/** What a write leaves besides itself, in the same transaction. */
export interface Trail {
  readonly origin: Origin;
  /** What the audit log calls it, where that says more than the method; default: created, changed, removed. */
  readonly action?: AuditAction;
  readonly notifications?: readonly Notification[];
  readonly alerts?: readonly AlertDraft[];
}

export interface PersonFilter {
  readonly status?: PersonStatus;
  /** Part of the name, any case. */
  readonly search?: string;
}

export interface PersonPage {
  /** Newest first. */
  readonly persons: readonly Person[];
  /** All that fit the filter. */
  readonly total: number;
}

export interface NotificationFilter {
  readonly unreadOnly?: boolean;
  readonly personId?: string;
}

/** Every method can fail with the problem store-unavailable. */
export interface PersonStore {
  createPerson(person: Person, trail: Trail): Promise<void>;
  /** Undefined when there is none, or no longer. */
  getPerson(id: string): Promise<Person | undefined>;
  listPersons(filter: PersonFilter, skip: number, limit: number): Promise<PersonPage>;
  /**
   * Writes a changed person whose `version` is one more than the stored one's.
   * @returns false when another change came first, or the person is gone: nothing was written then
   */
  replacePerson(person: Person, trail: Trail): Promise<boolean>;
  /**
   * The row stays for the audit log, hidden; the person's notifications go.
   * @returns false when there is no such person
   */
  removePerson(id: string, at: string, trail: Trail): Promise<boolean>;
}

/** Every method can fail with the problem store-unavailable. */
export interface NotificationStore {
  /** Writes what the trail holds. */
  notify(trail: Trail): Promise<void>;
  /** Newest first. */
  listNotifications(filter: NotificationFilter, skip: number, limit: number): Promise<readonly Notification[]>;
  countUnread(): Promise<number>;
  /** Undefined when there is none. */
  markRead(id: string): Promise<Notification | undefined>;
  markAllRead(): Promise<void>;
  /** @returns false when there is none */
  removeNotification(id: string): Promise<boolean>;
}

/** Every method can fail with the problem store-unavailable. */
export interface AlertStore {
  /** In their order, those behind `seq`. */
  alertsAfter(seq: number, limit: number): Promise<readonly Alert[]>;
  /** Number of the newest alert; 0 before the first. */
  lastAlert(): Promise<number>;
}
