import type { CaseRecord, Outcome, SecondLookTicket } from "./decision.ts";
import type { DriftInput } from "./drift.ts";
import type { AcceptedImage } from "./image.ts";

/** Who asked, and for which request: what the audit log says of every read and write. */
export interface Origin {
  /** `key:` and the first digits of the key's digest, `link` for a signed URL, or `loopback` where no key is needed. */
  readonly actor: string;
  readonly requestId: string;
}

/** What makes two posts the same one. Only digests: a client's key may hold anything. */
export interface IdempotencyClaim {
  /** SHA-256 of the client's key, lower-case hex. */
  readonly key: string;
  /** SHA-256 over everything that the answer depends on, lower-case hex. */
  readonly fingerprint: string;
}

/** What is written together with a case, or not at all. */
export interface CaseCompanions {
  readonly claim?: IdempotencyClaim;
  /** Of a provisional case: none is ever without, and no other has one. */
  readonly ticket?: SecondLookTicket;
  /** For the drift monitor; absent where the case's release cannot be watched. */
  readonly drift?: DriftInput;
}

export const auditActions = [
  "case.created",
  "case.completed",
  "case.audited",
  "case.read",
  "cases.listed",
  "readings.read",
  "image.read",
  "image.linked",
  "image.sent",
  "image.expired",
  "heatmap.read",
  "journal.imported",
  "person.created",
  "person.read",
  "persons.listed",
  "person.changed",
  "person.analysed",
  "person.validated",
  "person.scheduled",
  "person.removed",
  "notifications.listed",
  "notification.created",
  "results.read",
  "training.started",
  "training.cancelled",
  "batch.created",
  "batch.cancelled",
  "batch.retried",
  "label.added",
  "labels.read",
  "queue.ordered",
] as const;
export type AuditAction = (typeof auditActions)[number];

/** One line of the audit log before it is chained. Holds no image and no field of a person. */
export interface AuditEvent extends Origin {
  readonly action: AuditAction;
  /** What was touched, e.g. `case/<id>` or `image/<sha256>`. */
  readonly object: string;
}

export interface AuditVerdict {
  readonly intact: boolean;
  /** Entries looked at. */
  readonly entries: number;
  /** SHA-256 of the last entry; keep it elsewhere to notice a log that was cut short and chained anew. */
  readonly head: string;
  /** The first entry that does not fit, and why. */
  readonly fault?: { readonly seq: number; readonly reason: string };
}

export interface CaseFilter {
  readonly programme?: string;
  readonly outcome?: Outcome;
  readonly externalId?: string;
  readonly patientId?: string;
}

export interface CasePage {
  /** Newest first. */
  readonly cases: readonly CaseRecord[];
  /** Id after which the next page goes on; absent on the last page. */
  readonly next?: string;
}

/** What the recorded cases of a programme say about drift. */
export interface DriftFigures {
  /** Cases whose image is kept, of those that were counted; no label of a person is recorded beside any. */
  readonly keptCases: number;
  /** False when there are more cases than were counted. */
  readonly countedAll: boolean;
  /** RFC 3339 with Z; absent without a case. */
  readonly newestAt?: string;
  /** Domain p-values that one pack gave to the cases of the window, in no order; a case without one is left out. */
  readonly domainPValues: readonly number[];
}

/** Whose p-values; and how many cases back from the newest, because the database can do nothing else meanwhile. */
export interface DriftQuestion {
  readonly programme: string;
  /** SHA-256 of the fast reader's manifest: p-values of another pack are of another distribution. */
  readonly digest: string;
  /** Cases whose p-values are read. */
  readonly casesMax: number;
  /** Cases whose images are counted. */
  readonly countMax: number;
}

/**
 * Where decided cases go: PGlite in `DATA_DIR` or PostgreSQL, one suite of tests for both.
 * Every method can fail with the problem store-unavailable.
 */
export interface CaseStore {
  /**
   * Writes case, readings, stored object, outbox event and audit entry in one transaction and resolves once they would
   * survive a crash. With a claim that another post already holds, nothing is written and that post's case comes back.
   *
   * @throws {Problem} store-unavailable, idempotency-key-reused
   */
  recordCase(record: CaseRecord, origin: Origin, companions?: CaseCompanions): Promise<CaseRecord>;
  /**
   * The case that an earlier post with this claim's key made.
   * @throws {Problem} idempotency-key-reused when that post's content was another
   */
  findClaimed(claim: IdempotencyClaim): Promise<CaseRecord | undefined>;
  getCase(id: string): Promise<CaseRecord | undefined>;
  /** @param after id of the last case of the page before */
  listCases(filter: CaseFilter, limit: number, after?: string): Promise<CasePage>;
  driftFigures(question: DriftQuestion): Promise<DriftFigures>;
  /** A read leaves its line before its answer leaves us. */
  recordAccess(event: AuditEvent): Promise<void>;
  verifyAudit(): Promise<AuditVerdict>;
  close(): Promise<void>;
}

/** Where images go, named by the SHA-256 of their bytes. Putting the same bytes twice is harmless. */
export interface ObjectStore {
  /** @throws {Problem} store-unavailable */
  putObject(image: Pick<AcceptedImage, "sha256" | "bytes">): Promise<void>;
  /** Undefined when absent; bytes that do not hash to their name are never returned. */
  getObject(sha256: string): Promise<Uint8Array | undefined>;
  /**
   * A link to the object that its own server answers without a key for so many seconds; undefined where only we can
   * serve it.
   */
  linkObject?(sha256: string, mediaType: string, seconds: number): Promise<string | undefined>;
}

/** Answers that a client asked us to keep, for a bounded time. */
export interface ResultStore {
  /** @param json the answer as it was given. @throws {Problem} store-unavailable */
  keepResults(id: string, json: string): Promise<void>;
  /** Undefined when there is none, or its time is over. */
  getResults(id: string): Promise<string | undefined>;
}
