import type {
  AuditEvent,
  AuditVerdict,
  CaseFilter,
  DriftFigures,
  DriftInput,
  DriftQuestion,
  IdempotencyClaim,
  ItemLease,
  Lease,
  Origin,
  ProblemMessage,
  SecondLookTicket,
} from "../contracts/index.ts";
import type { BatchCalls } from "./batch-messages.ts";
import type { DriftCalls } from "./drift-messages.ts";
import type { LabelCalls } from "./label-messages.ts";
import type { LeaseCalls } from "./lease-messages.ts";
import type { PersonCalls } from "./person-messages.ts";
import type { QueueCalls } from "./queue-messages.ts";
import type { SecondLookCalls } from "./second-look-messages.ts";

// Every message between the program and the thread that owns the database. Cases travel as the JSON text that is
// answered and stored, so that they are written down once and byte for byte.

/** One thing to be written. `at`: RFC 3339, when it was asked for. */
export type WriteItem =
  | {
      readonly kind: "case";
      readonly record: string;
      readonly origin: Origin;
      readonly action: "case.created" | "journal.imported";
      readonly at: string;
      /** When the image may go; null: never. */
      readonly expiresAt: string | null;
      readonly claim?: IdempotencyClaim & { readonly expiresAt: string };
      /** The item that this case makes done; the case is only written while the lease is held. */
      readonly batchItem?: ItemLease;
      /** Of a provisional case. */
      readonly ticket?: SecondLookTicket;
      readonly drift?: DriftInput;
    }
  | { readonly kind: "access"; readonly event: AuditEvent; readonly at: string };

/**
 * `standing`: the case that another post with the same claim made; this one was not written. `lost`: nor was this one,
 * because the lease of its item is somebody else's.
 */
export type WriteResult =
  | {
      readonly ok: true;
      readonly standing?: { readonly fingerprint: string; readonly record: string };
      readonly lost?: true;
    }
  | { readonly ok: false; readonly problem: ProblemMessage };

/** What the thread can be asked, and what it answers. */
export interface Calls
  extends PersonCalls,
    BatchCalls,
    LeaseCalls,
    SecondLookCalls,
    DriftCalls,
    LabelCalls,
    QueueCalls {
  readonly write: { readonly asked: readonly WriteItem[]; readonly answer: readonly WriteResult[] };
  readonly findClaimed: {
    readonly asked: { readonly key: string; readonly at: string };
    readonly answer: { readonly fingerprint: string; readonly record: string } | undefined;
  };
  readonly getCase: { readonly asked: string; readonly answer: string | undefined };
  readonly listCases: {
    readonly asked: { readonly filter: CaseFilter; readonly limit: number; readonly after?: string };
    readonly answer: { readonly cases: readonly string[]; readonly next?: string };
  };
  readonly driftFigures: { readonly asked: DriftQuestion; readonly answer: DriftFigures };
  readonly verifyAudit: { readonly asked: undefined; readonly answer: AuditVerdict };
  /** Of these objects, those that are kept for a case or a person. */
  readonly knownObjects: { readonly asked: readonly string[]; readonly answer: readonly string[] };
  /**
   * Forgets objects, claims, events and alerts whose time is over; the files of these objects may go. Undefined: nothing
   * was forgotten, because the lease is over.
   */
  readonly expire: {
    readonly asked: { readonly at: string; readonly lease: Lease };
    readonly answer: readonly string[] | undefined;
  };
  readonly ping: { readonly asked: undefined; readonly answer: undefined };
  readonly close: { readonly asked: undefined; readonly answer: undefined };
}

export type CallName = keyof Calls;

export interface ToThread {
  readonly call: number;
  readonly name: CallName;
  readonly asked: unknown;
}

export type FromThread =
  | { readonly kind: "open"; readonly migrated: readonly string[] }
  /** Tries again by itself. */
  | { readonly kind: "unavailable"; readonly reason: string }
  | { readonly kind: "answer"; readonly call: number; readonly ok: true; readonly answer: unknown }
  | { readonly kind: "answer"; readonly call: number; readonly ok: false; readonly problem: ProblemMessage };

/** Where records are kept: `url` names a PostgreSQL server, `folder` a PGlite database of this process alone. */
export type DatabasePlace = { readonly url: string } | { readonly folder: string };
