import type { CaseRecord, CaseSubject, Strategy } from "./decision.ts";
import type { DriftInput } from "./drift.ts";
import type { ProblemCode } from "./problems.ts";
import type { Origin } from "./stores.ts";

/**
 * Life of a batch: *receiving* (its items arrive; nobody works on it) -> *running* -> *done*, or from *running* by a wish
 * to cancel over *cancelling* to *cancelled*. A retry of what failed leads back from *done* to *running*.
 */
export const batchStates = ["receiving", "running", "done", "cancelling", "cancelled"] as const;
export type BatchState = (typeof batchStates)[number];

/**
 * Life of an item: *queued* <-> *leased*, then *done* with its case, *failed* for what another try would not change, *dead*
 * after so many tries, or *cancelled*.
 */
export const batchItemStates = ["queued", "leased", "done", "failed", "dead", "cancelled"] as const;
export type BatchItemState = (typeof batchItemStates)[number];

/** Which of the bulk work goes first. */
export const batchPriorities = ["normal", "low"] as const;
export type BatchPriority = (typeof batchPriorities)[number];

/** Where an item's image is: stored by us already, at an address, or in the bucket of the object store. */
export type BatchSource =
  | { readonly kind: "object"; readonly sha256: string }
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "key"; readonly key: string };

export interface ItemProblem {
  readonly code: ProblemCode;
  readonly detail?: string;
}

/** One item on its way in. With a problem it has failed already: a bad image does not refuse its neighbours. */
export interface BatchItemDraft {
  /** The client's own name of it, once in a batch. */
  readonly customId?: string;
  readonly subject: CaseSubject;
  readonly source?: BatchSource;
  readonly problem?: ItemProblem;
}

export interface BatchDraft {
  readonly id: string;
  readonly programme: string;
  readonly strategy?: Strategy;
  readonly priority: BatchPriority;
  readonly webhook?: string;
  readonly origin: Origin;
}

/** What is still to be done of all batches of the database. */
export interface BatchBacklog {
  readonly batches: number;
  readonly queued: number;
  readonly leased: number;
  /** Age of the oldest of them; absent where there is none. */
  readonly oldestS?: number;
}

/** How many items are in each state; they sum to `total`. */
export type BatchCounts = Readonly<Record<BatchItemState, number>> & { readonly total: number };

export interface BatchRecord {
  readonly id: string;
  readonly programme: string;
  readonly strategy?: Strategy;
  readonly priority: BatchPriority;
  readonly state: BatchState;
  readonly counts: BatchCounts;
  /** Grows with every change of state or counts. */
  readonly version: number;
  /** RFC 3339 with Z. */
  readonly createdAt: string;
  readonly finishedAt?: string;
  /** Items a second, as measured over the last seconds; absent when nothing was measured. */
  readonly itemsPerSecond?: number;
  /** What became of telling the client: absent when no one asked to be told, or before the end. */
  readonly webhook?: "due" | "sent" | "failed";
}

/** The right to work on an item until the lease is over. `attempt` is the fence: a later lease has a higher one. */
export interface ItemLease {
  readonly batch: string;
  readonly seq: number;
  readonly attempt: number;
}

export interface LeasedItem extends ItemLease {
  readonly programme: string;
  readonly strategy?: Strategy;
  readonly subject: CaseSubject;
  readonly source: BatchSource;
  /** Tries that began, this one included. */
  readonly tries: number;
  /** Who posted the batch. */
  readonly origin: Origin;
}

/** What became of a leased item that made no case. */
export type ItemSettlement = ItemLease &
  (
    | { readonly result: "failed" | "dead"; readonly problem: ItemProblem }
    /** Tried again after `afterMs`. */
    | { readonly result: "retry"; readonly problem: ItemProblem; readonly afterMs: number }
    /** Not the item's doing: as if nobody had tried. */
    | { readonly result: "release"; readonly afterMs: number }
  );

/** A settled item as its results show it. */
export interface BatchResult {
  readonly seq: number;
  readonly customId?: string;
  readonly state: Exclude<BatchItemState, "queued" | "leased">;
  readonly record?: CaseRecord;
  readonly problem?: ItemProblem;
}

export interface BatchResultPage {
  /** In the order of items, without gaps: it ends before the first item that is not settled. */
  readonly results: readonly BatchResult[];
  /** Whether an unsettled item comes next. */
  readonly waits: boolean;
}

/** A finished batch whose client is to be told. */
export interface DueWebhook {
  readonly batch: BatchRecord;
  readonly url: string;
  /** Deliveries that began, this one included. */
  readonly attempt: number;
}

/**
 * Batches in the database, for which its rows are the truth: any gateway may end at any point.
 * Every method can fail with the problem store-unavailable; time is the database's own.
 */
export interface BatchStore {
  /** As *receiving*, without items. */
  beginBatch(draft: BatchDraft): Promise<void>;
  /**
   * @param first position of the first of them
   * @throws {Problem} field-invalid when a custom id is there twice; batch-unknown when the batch is gone meanwhile
   */
  addItems(batch: string, first: number, items: readonly BatchItemDraft[]): Promise<void>;
  /**
   * Everything has arrived: the batch runs. Under a claim that another batch holds, this one goes and that one comes back.
   * @throws {Problem} idempotency-key-reused
   */
  sealBatch(batch: string, claim?: { readonly key: string; readonly fingerprint: string }): Promise<BatchRecord>;
  /** Takes back what was not sealed. */
  dropBatch(batch: string): Promise<void>;
  getBatch(id: string): Promise<BatchRecord | undefined>;
  /** Newest first, without those that are still received. @param after id of the last one of the page before */
  listBatches(
    limit: number,
    after?: string,
  ): Promise<{ readonly batches: readonly BatchRecord[]; readonly next?: string }>;
  /** @param after position of the last item that is known; -1: from the beginning */
  batchResults(id: string, after: number, limit: number): Promise<BatchResultPage>;
  /** Takes items nobody holds, of the batch that was served longest ago first. Cancels what is to be cancelled. */
  leaseItems(ask: LeaseAsk): Promise<readonly LeasedItem[]>;
  /** @returns those that are still held */
  renewLeases(leases: readonly ItemLease[], leaseMs: number): Promise<readonly ItemLease[]>;
  /** What is no longer held is left alone. */
  settleItems(settlements: readonly ItemSettlement[]): Promise<void>;
  /**
   * The case of an item and that the item is done, in one transaction.
   * @returns false when the lease was no longer held: nothing is written then
   */
  recordItem(record: CaseRecord, origin: Origin, lease: ItemLease, drift?: DriftInput): Promise<boolean>;
  /** Undefined when there is no such batch. One that is finished stays as it is. */
  cancelBatch(id: string, origin: Origin): Promise<BatchRecord | undefined>;
  /** Queues what is *failed* or *dead* anew, with all its tries. */
  retryFailed(id: string, origin: Origin): Promise<BatchRecord | undefined>;
  dueWebhooks(limit: number, leaseMs: number): Promise<readonly DueWebhook[]>;
  /** @param retryMs undefined: no further try */
  settleWebhook(id: string, version: number, sent: boolean, retryMs?: number): Promise<void>;
  /** Forgets finished batches of that age, and those whose client stopped sending. @returns whether there may be more */
  forgetBatches(days: number): Promise<boolean>;
}

export interface LeaseAsk {
  readonly limit: number;
  readonly leaseMs: number;
  /** An item whose holders vanished this often is dead. */
  readonly triesMax: number;
}
