import {
  type AuditEvent,
  type AuditVerdict,
  type CaseCompanions,
  type CaseFilter,
  type CasePage,
  type CaseRecord,
  type CaseStore,
  type DriftFigures,
  type DriftInput,
  type DriftQuestion,
  type IdempotencyClaim,
  type ItemLease,
  type Lease,
  type Origin,
  Problem,
} from "../contracts/index.ts";
import type { Clock, Log } from "../platform/index.ts";
import { DatabaseAuditLooks } from "./database-audit-looks.ts";
import { DatabaseBatches } from "./database-batches.ts";
import { DatabaseDrift } from "./database-drift.ts";
import { DatabaseLabels, type LabelRules } from "./database-labels.ts";
import { DatabaseLeases, plain } from "./database-leases.ts";
import { DatabasePersons } from "./database-persons.ts";
import { DatabaseQueueOrders } from "./database-queue-orders.ts";
import { DatabaseResults } from "./database-results.ts";
import { DatabaseSecondLooks } from "./database-second-looks.ts";
import type { DatabasePlace, WriteItem, WriteResult } from "./messages.ts";
import { RecordThread } from "./record-thread.ts";

/** Items waiting for the database; more are refused, so that a stalled one cannot fill the memory. */
const waitingItemsMax = 4096;
/** Rows of one transaction; measured: more no longer makes a case cheaper. */
const groupItemsMax = 64;
/**
 * After a group of several the next one gathers as long as that one took, at most this long: a group costs far more than
 * a case in it. Whoever posts one case after another is in groups of one and never waits.
 */
const gatherMsMax = 20;
/** How long a client may repeat a post under the same key. */
export const claimHours = 24;
const hourMs = 3_600_000;

interface Waiting {
  readonly item: WriteItem;
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (error: Problem) => void;
}

export interface RecordSettings {
  readonly place: DatabasePlace;
  /** Days after which an image may be deleted; 0: never. */
  readonly imageDays: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Records in PGlite or PostgreSQL. While one group is being committed the next one gathers, so the database is asked
 * once per group and not once per case; an answer waits for its own group and for nothing else.
 */
export class DatabaseRecords implements CaseStore {
  /** Persons, notifications and alerts in the same database. */
  readonly persons: DatabasePersons;
  /** Batches in the same database. */
  readonly batches: DatabaseBatches;
  /** Tickets for second looks in the same database. */
  readonly secondLooks: DatabaseSecondLooks;
  /** Looks that chance asked for, in the same database. */
  readonly auditLooks: DatabaseAuditLooks;
  /** What the drift monitor reads, and what it remembers. */
  readonly drift: DatabaseDrift;
  /** What several gateways on the same database agree by. */
  readonly leases: DatabaseLeases;
  /** What people order of queues. */
  readonly queueOrders: DatabaseQueueOrders;
  readonly #thread: RecordThread;
  readonly #settings: RecordSettings;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;

  constructor(settings: RecordSettings) {
    this.#settings = settings;
    this.#thread = new RecordThread(settings.place, settings.log);
    this.persons = new DatabasePersons(this.#thread, {
      clock: settings.clock,
      imageExpiry: (at) => this.#imageExpiry(at),
    });
    this.leases = new DatabaseLeases(this.#thread);
    this.queueOrders = new DatabaseQueueOrders(this.#thread, settings.clock);
    this.batches = new DatabaseBatches(this.#thread, {
      clock: settings.clock,
      recordItem: (record, origin, lease, drift) => this.#recordItem(record, origin, lease, drift),
    });
    this.secondLooks = new DatabaseSecondLooks(this.#thread, settings.clock);
    this.auditLooks = new DatabaseAuditLooks(this.#thread, settings.clock);
    this.drift = new DatabaseDrift(this.#thread);
  }

  /** Resolves once the database is open and brought forward. */
  start(): Promise<void> {
    return this.#thread.start();
  }

  /** Why nothing can be recorded now; undefined when it can. */
  get failure(): string | undefined {
    return this.#thread.failure;
  }

  async recordCase(record: CaseRecord, origin: Origin, companions: CaseCompanions = {}): Promise<CaseRecord> {
    const { claim, ticket, drift } = companions;
    if ((record.status === "provisional") !== (ticket !== undefined))
      throw new TypeError("a case is provisional with a ticket, and only then");
    const at = this.#settings.clock.timestamp();
    const expiresAt = new Date(Date.parse(at) + claimHours * hourMs).toISOString();
    const result = await this.#write({
      ...this.#caseItem(record, at, drift),
      origin,
      action: "case.created",
      ...(claim && { claim: { ...claim, expiresAt } }),
      ...(ticket && { ticket }),
    });
    if (!result.ok) throw Problem.fromMessage(result.problem);
    if (result.standing === undefined || claim === undefined) return record;
    return standingOf(result.standing, claim);
  }

  async #recordItem(record: CaseRecord, origin: Origin, lease: ItemLease, drift?: DriftInput): Promise<boolean> {
    const item = this.#caseItem(record, this.#settings.clock.timestamp(), drift);
    const result = await this.#write({ ...item, origin, action: "case.created", batchItem: lease });
    if (!result.ok) throw Problem.fromMessage(result.problem);
    return result.lost !== true;
  }

  /** A case of an older form of the store; harmless when it is there already. */
  async importCase(record: CaseRecord, origin: Origin): Promise<void> {
    const item = this.#caseItem(record, record.createdAt);
    const result = await this.#write({ ...item, origin, action: "journal.imported" });
    if (!result.ok) throw Problem.fromMessage(result.problem);
  }

  async findClaimed(claim: IdempotencyClaim): Promise<CaseRecord | undefined> {
    const at = this.#settings.clock.timestamp();
    const found = await this.#thread.call("findClaimed", { key: claim.key, at });
    return found && standingOf(found, claim);
  }

  async getCase(id: string): Promise<CaseRecord | undefined> {
    const found = await this.#thread.call("getCase", id);
    return found === undefined ? undefined : (JSON.parse(found) as CaseRecord);
  }

  async listCases(filter: CaseFilter, limit: number, after?: string): Promise<CasePage> {
    const asked = { filter, limit, ...(after !== undefined && { after }) };
    const { cases, next } = await this.#thread.call("listCases", asked);
    return { cases: cases.map((each) => JSON.parse(each) as CaseRecord), ...(next !== undefined && { next }) };
  }

  driftFigures(question: DriftQuestion): Promise<DriftFigures> {
    return this.#thread.call("driftFigures", question);
  }

  async recordAccess(event: AuditEvent): Promise<void> {
    const result = await this.#write({ kind: "access", event, at: this.#settings.clock.timestamp() });
    if (!result.ok) throw Problem.fromMessage(result.problem);
  }

  verifyAudit(): Promise<AuditVerdict> {
    return this.#thread.call("verifyAudit", undefined);
  }

  /** Answers that clients asked us to keep, for so many days. */
  resultsFor(days: number): DatabaseResults {
    return new DatabaseResults(this.#thread, days);
  }

  /** What people say of the cases. @param rules what may be said, and who is asked what */
  labelsBy(rules: LabelRules): DatabaseLabels {
    return new DatabaseLabels(this.#thread, this.#settings.clock, rules);
  }

  /** Of these objects, those that are kept for a case or a person. */
  knownObjects(names: readonly string[]): Promise<readonly string[]> {
    return this.#thread.call("knownObjects", names);
  }

  /** Forgets what is past its time. @returns objects whose files may go; undefined when the lease is over */
  expire(lease: Lease): Promise<readonly string[] | undefined> {
    return this.#thread.call("expire", { at: this.#settings.clock.timestamp(), lease: plain(lease) });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    await this.#thread.close();
  }

  #caseItem(record: CaseRecord, at: string, drift?: DriftInput) {
    return {
      kind: "case" as const,
      record: JSON.stringify(record),
      at,
      expiresAt: this.#imageExpiry(at),
      ...(drift && { drift: watchable(record, drift) }),
    };
  }

  #imageExpiry(at: string): string | null {
    const { imageDays } = this.#settings;
    return imageDays === 0 ? null : new Date(Date.parse(at) + imageDays * 24 * hourMs).toISOString();
  }

  #write(item: WriteItem): Promise<WriteResult> {
    if (this.#closed) return Promise.reject(new Problem("draining"));
    if (this.#waiting.length >= waitingItemsMax)
      return Promise.reject(
        new Problem("store-unavailable", { detail: "too many records wait for the database", retryAfterS: 5 }),
      );
    const written = new Promise<WriteResult>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
    });
    this.#writing ??= this.#writeGroups().finally(() => {
      this.#writing = undefined;
    });
    return written;
  }

  async #writeGroups(): Promise<void> {
    const { clock } = this.#settings;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.slice(0, groupItemsMax);
      this.#waiting = this.#waiting.slice(groupItemsMax);
      const startedAt = clock.now();
      try {
        const results = await this.#thread.call(
          "write",
          group.map(({ item }) => item),
        );
        for (const [i, { resolve }] of group.entries()) resolve(results[i] as WriteResult);
      } catch (problem) {
        for (const { reject } of group) reject(problem as Problem);
      }
      const tookMs = clock.now() - startedAt;
      if (group.length > 1 && this.#waiting.length < groupItemsMax && !this.#closed)
        await new Promise((resolve) => setTimeout(resolve, Math.min(gatherMsMax, tookMs)));
    }
  }
}

/** What is to be judged must say what it claimed; and only the embedding itself goes to the thread, not what it is cut from. */
function watchable({ decision }: CaseRecord, drift: DriftInput): DriftInput {
  if (decision.positiveProbability === undefined) throw new TypeError("a watched case claims no probability");
  const { embedding } = drift;
  return embedding === undefined ? drift : { ...drift, embedding: embedding.slice() };
}

function standingOf(standing: { fingerprint: string; record: string }, claim: IdempotencyClaim): CaseRecord {
  if (standing.fingerprint !== claim.fingerprint)
    throw new Problem("idempotency-key-reused", {
      detail: "An earlier post with this Idempotency-Key was another one.",
    });
  return JSON.parse(standing.record) as CaseRecord;
}
