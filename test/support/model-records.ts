import { BatchModel } from "../../src/batches/index.ts";
import {
  type BatchItemState,
  type BatchResult,
  type BatchStore,
  type CaseRecord,
  Problem,
} from "../../src/contracts/index.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const isOpen = (state: BatchItemState): boolean => state === "queued" || state === "leased";

/** The batch rules as a store, with what a test of batches asks of the records beside them. */
export class ModelRecords {
  readonly #model = new BatchModel();
  readonly #cases = new Map<string, CaseRecord>();
  readonly #dropped = new Set<string>();
  readonly #now: () => number;
  #audit = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  async getCase(id: string): Promise<CaseRecord | undefined> {
    return this.#cases.get(id);
  }

  async verifyAudit(): Promise<{ readonly entries: number }> {
    return { entries: this.#audit };
  }

  async knownObjects(names: readonly string[]): Promise<readonly string[]> {
    const kept = new Set<string>();
    for (const { items } of this.#model.all().values())
      for (const { draft } of items.values()) if (draft.source?.kind === "object") kept.add(draft.source.sha256);
    return names.filter((name) => kept.has(name));
  }

  readonly batches: BatchStore = {
    beginBatch: async (draft) => this.#model.begin(draft, this.#now()),
    addItems: async (batch, first, items) => {
      const wrong = this.#model.add(batch, first, items, this.#now());
      if (wrong !== undefined) throw new Problem(wrong);
    },
    sealBatch: async (batch, claim) => {
      const sealed = this.#model.seal(batch, this.#now(), claim);
      if (typeof sealed === "string") throw new Problem(sealed);
      return sealed;
    },
    dropBatch: async (batch) => {
      if (this.#model.all().get(batch)?.state === "receiving") this.#dropped.add(batch);
    },
    getBatch: async (id) => this.#model.get(id),
    listBatches: async (limit, after) => {
      const ids = [...this.#model.all().keys()].sort().reverse();
      const seen = ids.flatMap((id) => this.#model.get(id) ?? []).filter(({ id }) => after === undefined || id < after);
      const last = seen[limit - 1];
      return { batches: seen.slice(0, limit), ...(seen.length > limit && last && { next: last.id }) };
    },
    batchResults: async (id, after, limit) => {
      const items = [...(this.#model.all().get(id)?.items ?? [])].filter(([seq]) => seq > after).slice(0, limit);
      const end = items.findIndex(([, { state }]) => isOpen(state));
      const results = (end === -1 ? items : items.slice(0, end)).map(
        ([seq, { state, draft, record, problem }]): BatchResult => ({
          seq,
          state: state as BatchResult["state"],
          ...(draft.customId !== undefined && { customId: draft.customId }),
          ...(record && { record }),
          ...(problem && { problem }),
        }),
      );
      return { results, waits: end !== -1 };
    },
    leaseItems: async (ask) => this.#model.lease(ask, this.#now()),
    renewLeases: async (leases, leaseMs) => this.#model.renew(leases, leaseMs, this.#now()),
    settleItems: async (settlements) => this.#model.settle(settlements, this.#now()),
    recordItem: async (record, _origin, lease) => {
      const isWritten = this.#model.record(record, lease, this.#now());
      if (isWritten && !this.#cases.has(record.id)) this.#audit++;
      if (isWritten) this.#cases.set(record.id, record);
      return isWritten;
    },
    cancelBatch: async (id) => this.#model.cancel(id, this.#now()),
    retryFailed: async (id) => this.#model.retryFailed(id, this.#now()),
    dueWebhooks: async (limit, leaseMs) => {
      const now = this.#now();
      const due = [...this.#model.all().values()].filter(
        ({ webhook }) => webhook?.state === "due" && webhook.dueAt <= now,
      );
      return due.slice(0, limit).flatMap(({ webhook, draft }) => {
        const batch = this.#model.get(draft.id);
        if (webhook === undefined || batch === undefined || draft.webhook === undefined) return [];
        webhook.tries++;
        webhook.dueAt = now + leaseMs;
        return [{ batch, url: draft.webhook, attempt: webhook.tries }];
      });
    },
    settleWebhook: async (id, version, sent, retryMs) => {
      const batch = this.#model.all().get(id);
      if (batch?.webhook?.state !== "due" || batch.version !== version) return;
      batch.webhook.state = sent ? "sent" : retryMs === undefined ? "failed" : "due";
      batch.webhook.dueAt = this.#now() + (retryMs ?? 0);
    },
    forgetBatches: async (days) => {
      const now = this.#now();
      for (const [id, { state, touchedAt }] of this.#model.all()) {
        const isOver = state === "done" || state === "cancelled";
        const isAbandoned = state === "receiving" && (this.#dropped.has(id) || touchedAt < now - hourMs);
        if (isAbandoned || (isOver && touchedAt < now - days * dayMs)) return this.#model.forget(id);
      }
      return false;
    },
  };
}
