import type {
  BatchBacklog,
  BatchDraft,
  BatchItemDraft,
  BatchRecord,
  BatchResultPage,
  BatchStore,
  CaseRecord,
  DriftInput,
  DueWebhook,
  ItemLease,
  ItemSettlement,
  LeaseAsk,
  LeasedItem,
  Origin,
} from "../contracts/index.ts";
import type { Clock } from "../platform/index.ts";
import type { RecordThread } from "./record-thread.ts";
import { isUuid } from "./uuid.ts";

interface BatchSettings {
  readonly clock: Clock;
  /** Writes a case, and its item as done, in the group that gathers. */
  readonly recordItem: BatchStore["recordItem"];
}

/** Batches in the database of the cases. */
export class DatabaseBatches implements BatchStore {
  readonly #thread: RecordThread;
  readonly #settings: BatchSettings;

  constructor(thread: RecordThread, settings: BatchSettings) {
    this.#thread = thread;
    this.#settings = settings;
  }

  async beginBatch(draft: BatchDraft): Promise<void> {
    await this.#thread.call("beginBatch", { ...draft, at: this.#at() });
  }

  async addItems(batch: string, first: number, items: readonly BatchItemDraft[]): Promise<void> {
    await this.#thread.call("addItems", { batch, first, items });
  }

  sealBatch(id: string, claim?: { readonly key: string; readonly fingerprint: string }): Promise<BatchRecord> {
    return this.#thread.call("sealBatch", { id, at: this.#at(), ...(claim && { claim }) });
  }

  async dropBatch(id: string): Promise<void> {
    await this.#thread.call("dropBatch", id);
  }

  async getBatch(id: string): Promise<BatchRecord | undefined> {
    return isUuid(id) ? this.#thread.call("getBatch", id) : undefined;
  }

  listBatches(limit: number, after?: string): ReturnType<BatchStore["listBatches"]> {
    return this.#thread.call("listBatches", { limit, ...(after !== undefined && { after }) });
  }

  /** @throws {Problem} store-unavailable */
  batchBacklog(): Promise<BatchBacklog> {
    return this.#thread.call("batchBacklog", undefined);
  }

  async batchResults(id: string, after: number, limit: number): Promise<BatchResultPage> {
    if (!isUuid(id)) return { results: [], waits: false };
    const { results, waits } = await this.#thread.call("batchResults", { id, after, limit });
    return {
      results: results.map(({ record, ...rest }) =>
        record === undefined ? rest : { ...rest, record: JSON.parse(record) as CaseRecord },
      ),
      waits,
    };
  }

  leaseItems(ask: LeaseAsk): Promise<readonly LeasedItem[]> {
    return this.#thread.call("leaseItems", ask);
  }

  renewLeases(leases: readonly ItemLease[], leaseMs: number): Promise<readonly ItemLease[]> {
    return this.#thread.call("renewLeases", { leases: leases.map(leaseOf), leaseMs });
  }

  async settleItems(settlements: readonly ItemSettlement[]): Promise<void> {
    await this.#thread.call("settleItems", settlements);
  }

  recordItem(record: CaseRecord, origin: Origin, lease: ItemLease, drift?: DriftInput): Promise<boolean> {
    return this.#settings.recordItem(record, origin, leaseOf(lease), drift);
  }

  async cancelBatch(id: string, origin: Origin): Promise<BatchRecord | undefined> {
    return isUuid(id) ? this.#thread.call("cancelBatch", { id, origin, at: this.#at() }) : undefined;
  }

  async retryFailed(id: string, origin: Origin): Promise<BatchRecord | undefined> {
    if (!isUuid(id)) return undefined;
    for (let after = -1; ; ) {
      const { batch, next } = await this.#thread.call("retryFailed", { id, origin, at: this.#at(), after });
      if (next === undefined) return batch;
      after = next;
    }
  }

  dueWebhooks(limit: number, leaseMs: number): Promise<readonly DueWebhook[]> {
    return this.#thread.call("dueWebhooks", { limit, leaseMs });
  }

  async settleWebhook(id: string, version: number, sent: boolean, retryMs?: number): Promise<void> {
    await this.#thread.call("settleWebhook", { id, version, sent, retryMs });
  }

  forgetBatches(days: number): Promise<boolean> {
    return this.#thread.call("forgetBatches", { days });
  }

  #at(): string {
    return this.#settings.clock.timestamp();
  }
}

const leaseOf = ({ batch, seq, attempt }: ItemLease): ItemLease => ({ batch, seq, attempt });
