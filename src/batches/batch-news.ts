import type { BatchStore, News } from "../contracts/index.ts";

/** A batch that changes with every item is spoken of again after so long; a change after quiet is told at once. */
const spacingMs = 250;

/** Somebody who waits for news of one batch; what came since the last time counts. */
export interface BatchWatch {
  /** Until there is news, so many ms, or the signal. @returns false when the signal came */
  changed(ms: number, signal: AbortSignal): Promise<boolean>;
  end(): void;
}

/** Passes on which batches have changed, to those who follow them here and to other gateways. */
export class BatchNews {
  readonly #elsewhere: Pick<News, "tellBatch"> | undefined;
  readonly #watches = new Map<string, Set<() => void>>();
  /** Batches that were spoken of a moment ago, and whether they have changed since. */
  readonly #resting = new Map<string, { again: boolean }>();

  constructor(elsewhere?: News) {
    this.#elsewhere = elsewhere;
    elsewhere?.onBatch((id) => this.#tellHere(id));
  }

  /** A batch has changed. */
  tell(id: string): void {
    const resting = this.#resting.get(id);
    if (resting !== undefined) {
      resting.again = true;
      return;
    }
    this.#tellHere(id);
    this.#elsewhere?.tellBatch(id);
    const begun = { again: false };
    this.#resting.set(id, begun);
    setTimeout(() => {
      this.#resting.delete(id);
      if (begun.again) this.tell(id);
    }, spacingMs).unref();
  }

  watch(id: string): BatchWatch {
    let isNew = false;
    let wake = (): void => undefined;
    const hear = () => {
      isNew = true;
      wake();
    };
    const watches = this.#watches.get(id) ?? new Set();
    this.#watches.set(id, watches.add(hear));
    return {
      changed: async (ms, signal) => {
        if (!isNew && !signal.aborted)
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, ms);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
            signal.addEventListener("abort", wake, { once: true });
          }).finally(() => signal.removeEventListener("abort", wake));
        isNew = false;
        return !signal.aborted;
      },
      end: () => {
        watches.delete(hear);
        if (watches.size === 0 && this.#watches.get(id) === watches) this.#watches.delete(id);
      },
    };
  }

  #tellHere(id: string): void {
    for (const hear of this.#watches.get(id) ?? []) hear();
  }
}

/** The same store, which says so when a batch has changed. */
export function announceBatches(store: BatchStore, news: Pick<BatchNews, "tell">): BatchStore {
  const tell = (id: string) => news.tell(id);
  const all = (changed: readonly { readonly batch: string }[]): void => {
    for (const id of new Set(changed.map(({ batch }) => batch))) tell(id);
  };
  return {
    beginBatch: (draft) => store.beginBatch(draft),
    addItems: (batch, first, items) => store.addItems(batch, first, items),
    sealBatch: (batch, claim) => store.sealBatch(batch, claim),
    dropBatch: (batch) => store.dropBatch(batch),
    getBatch: (id) => store.getBatch(id),
    listBatches: (limit, after) => store.listBatches(limit, after),
    batchResults: (id, after, limit) => store.batchResults(id, after, limit),
    leaseItems: async (ask) => {
      const leased = await store.leaseItems(ask);
      all(leased);
      return leased;
    },
    renewLeases: (leases, leaseMs) => store.renewLeases(leases, leaseMs),
    settleItems: async (settlements) => {
      await store.settleItems(settlements);
      all(settlements);
    },
    recordItem: async (record, origin, lease, drift) => {
      const isWritten = await store.recordItem(record, origin, lease, drift);
      tell(lease.batch);
      return isWritten;
    },
    cancelBatch: async (id, origin) => {
      const batch = await store.cancelBatch(id, origin);
      tell(id);
      return batch;
    },
    retryFailed: async (id, origin) => {
      const batch = await store.retryFailed(id, origin);
      tell(id);
      return batch;
    },
    dueWebhooks: (limit, leaseMs) => store.dueWebhooks(limit, leaseMs),
    settleWebhook: (id, version, sent, retryMs) => store.settleWebhook(id, version, sent, retryMs),
    forgetBatches: (days) => store.forgetBatches(days),
  };
}
