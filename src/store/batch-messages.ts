import type {
  BatchBacklog,
  BatchDraft,
  BatchItemDraft,
  BatchRecord,
  BatchResult,
  DueWebhook,
  ItemLease,
  ItemSettlement,
  LeaseAsk,
  LeasedItem,
  Origin,
} from "../contracts/index.ts";

// What is asked of the record thread about batches. Cases travel as JSON text, as everywhere.

export interface SealAsk {
  readonly id: string;
  readonly at: string;
  readonly claim?: { readonly key: string; readonly fingerprint: string };
}

export interface BatchAct {
  readonly id: string;
  readonly origin: Origin;
  readonly at: string;
}

export type StoredResult = Omit<BatchResult, "record"> & { readonly record?: string };

export interface BatchCalls {
  readonly beginBatch: { readonly asked: BatchDraft & { readonly at: string }; readonly answer: undefined };
  readonly addItems: {
    readonly asked: { readonly batch: string; readonly first: number; readonly items: readonly BatchItemDraft[] };
    readonly answer: undefined;
  };
  readonly sealBatch: { readonly asked: SealAsk; readonly answer: BatchRecord };
  readonly dropBatch: { readonly asked: string; readonly answer: undefined };
  readonly getBatch: { readonly asked: string; readonly answer: BatchRecord | undefined };
  readonly listBatches: {
    readonly asked: { readonly limit: number; readonly after?: string };
    readonly answer: { readonly batches: readonly BatchRecord[]; readonly next?: string };
  };
  readonly batchBacklog: { readonly asked: undefined; readonly answer: BatchBacklog };
  readonly batchResults: {
    readonly asked: { readonly id: string; readonly after: number; readonly limit: number };
    readonly answer: { readonly results: readonly StoredResult[]; readonly waits: boolean };
  };
  readonly leaseItems: { readonly asked: LeaseAsk; readonly answer: readonly LeasedItem[] };
  readonly renewLeases: {
    readonly asked: { readonly leases: readonly ItemLease[]; readonly leaseMs: number };
    readonly answer: readonly ItemLease[];
  };
  readonly settleItems: { readonly asked: readonly ItemSettlement[]; readonly answer: undefined };
  readonly cancelBatch: { readonly asked: BatchAct; readonly answer: BatchRecord | undefined };
  /** Some at a time, those after position `after`; `next`: where to go on. */
  readonly retryFailed: {
    readonly asked: BatchAct & { readonly after: number };
    readonly answer: { readonly batch: BatchRecord | undefined; readonly next?: number };
  };
  readonly dueWebhooks: {
    readonly asked: { readonly limit: number; readonly leaseMs: number };
    readonly answer: readonly DueWebhook[];
  };
  readonly settleWebhook: {
    readonly asked: {
      readonly id: string;
      readonly version: number;
      readonly sent: boolean;
      readonly retryMs?: number | undefined;
    };
    readonly answer: undefined;
  };
  readonly forgetBatches: { readonly asked: { readonly days: number }; readonly answer: boolean };
}
