import type {
  BatchCounts,
  BatchDraft,
  BatchItemDraft,
  BatchItemState,
  BatchRecord,
  BatchState,
  CaseRecord,
  ItemLease,
  ItemProblem,
  ItemSettlement,
  LeaseAsk,
  LeasedItem,
} from "../contracts/index.ts";

/** One item as its row holds it. */
export interface ModelItem {
  readonly draft: BatchItemDraft;
  state: BatchItemState;
  /** The fence: rises with each lease. */
  attempt: number;
  tries: number;
  /** When it may be taken, ms: of a queued item its next try, of a leased one the end of the lease. */
  dueAt: number;
  problem?: ItemProblem | undefined;
  record?: CaseRecord;
}

export interface ModelBatch {
  readonly draft: BatchDraft;
  readonly items: Map<number, ModelItem>;
  readonly counts: Record<BatchItemState, number>;
  readonly createdAt: number;
  state: BatchState;
  version: number;
  /** When anything changed last, ms. */
  touchedAt: number;
  /** Whose turn it is: the one that was served longest ago goes first; within one ms, the one before. */
  served: { readonly at: number; readonly turn: number };
  finishedAt?: number | undefined;
  claim?: { readonly key: string; readonly fingerprint: string };
  webhook?: { state: "due" | "sent" | "failed"; dueAt: number; tries: number } | undefined;
}

type Moves = Partial<Record<BatchItemState, number>>;

const noCounts = { queued: 0, leased: 0, done: 0, failed: 0, dead: 0, cancelled: 0 } as const;
const vanished: ItemProblem = { code: "engine-lost", detail: "Whoever worked on this item ended each time." };

/**
 * What may become of batches and their items, without a database: the rules that the SQL of the store is held against, one
 * call a transaction. It has no clock; `now` is the database's time, in ms, and may jump.
 */
export class BatchModel {
  protected readonly batches = new Map<string, ModelBatch>();
  #turns = 0;

  begin(draft: BatchDraft, now: number): void {
    const times = { createdAt: now, touchedAt: now, served: this.#turn(now) };
    this.batches.set(draft.id, {
      draft,
      items: new Map(),
      counts: { ...noCounts },
      state: "receiving",
      version: 0,
      ...times,
    });
  }

  /** @returns what is wrong; undefined when they were added */
  add(
    id: string,
    first: number,
    items: readonly BatchItemDraft[],
    now: number,
  ): "field-invalid" | "batch-unknown" | undefined {
    const batch = this.batches.get(id);
    if (batch?.state !== "receiving") return "batch-unknown";
    const names = new Set([...batch.items.values()].map(({ draft }) => draft.customId));
    for (const { customId } of items) {
      if (customId !== undefined && names.has(customId)) return "field-invalid";
      names.add(customId);
    }
    for (const [i, draft] of items.entries()) {
      const { problem } = draft;
      const state = problem === undefined ? "queued" : "failed";
      batch.items.set(first + i, { draft, state, attempt: 0, tries: 0, dueAt: now, problem });
    }
    const failed = items.filter(({ problem }) => problem !== undefined).length;
    this.count(batch, { queued: items.length - failed, failed }, now);
    return undefined;
  }

  /** @returns the batch that stands, or what is wrong */
  seal(id: string, now: number, claim?: ModelBatch["claim"]): BatchRecord | "idempotency-key-reused" | "batch-unknown" {
    const holder = [...this.batches.values()].find((each) => claim !== undefined && each.claim?.key === claim.key);
    if (holder !== undefined)
      return holder.claim?.fingerprint === claim?.fingerprint ? recordOf(holder) : "idempotency-key-reused";
    const batch = this.batches.get(id);
    if (batch?.state !== "receiving") return "batch-unknown";
    batch.state = "running";
    batch.served = this.#turn(now);
    if (claim !== undefined) batch.claim = claim;
    this.count(batch, {}, now);
    return recordOf(batch);
  }

  forget(id: string): boolean {
    return this.batches.delete(id);
  }

  get(id: string): BatchRecord | undefined {
    const batch = this.batches.get(id);
    return batch === undefined || batch.state === "receiving" ? undefined : recordOf(batch);
  }

  /** Everything as it is, for who checks it. */
  all(): ReadonlyMap<string, ModelBatch> {
    return this.batches;
  }

  lease({ limit, leaseMs, triesMax }: LeaseAsk, now: number): readonly LeasedItem[] {
    const leased: LeasedItem[] = [];
    for (const batch of this.#inTurn()) {
      if (batch.state === "cancelling") this.#cancelIdle(batch, now);
      else if (leased.length < limit) {
        const due = [...batch.items].filter(([, item]) => isOpen(item) && item.dueAt <= now);
        const taken = due.slice(0, limit - leased.length);
        for (const [, item] of taken) if (item.tries >= triesMax) this.#bury(batch, item);
        const ours = taken.filter(([, item]) => isOpen(item));
        for (const [seq, item] of ours) {
          const from = item.state;
          Object.assign(item, { state: "leased", attempt: item.attempt + 1, tries: item.tries + 1 });
          item.dueAt = now + leaseMs;
          this.move(batch, from, "leased");
          leased.push(leasedOf(batch, seq, item));
        }
        if (taken.length === 0) continue;
        this.count(batch, {}, now);
        batch.served = this.#turn(now);
      }
    }
    return leased;
  }

  renew(leases: readonly ItemLease[], leaseMs: number, now: number): readonly ItemLease[] {
    const kept = leases.filter((lease) => this.isHeld(this.item(lease), lease));
    for (const lease of kept) (this.item(lease) as ModelItem).dueAt = now + leaseMs;
    return kept.map(({ batch, seq, attempt }) => ({ batch, seq, attempt }));
  }

  settle(settlements: readonly ItemSettlement[], now: number): void {
    const touched = new Set<ModelBatch>();
    for (const each of settlements) {
      const item = this.item(each);
      const batch = this.batches.get(each.batch);
      if (item === undefined || batch === undefined || !this.isHeld(item, each)) continue;
      const to = each.result === "retry" || each.result === "release" ? "queued" : each.result;
      item.state = to;
      item.problem = "problem" in each ? each.problem : undefined;
      item.dueAt = now + ("afterMs" in each ? each.afterMs : 0);
      // Given back: as if nobody had tried.
      if (each.result === "release") item.tries--;
      this.move(batch, "leased", to);
      touched.add(batch);
    }
    for (const batch of touched) this.count(batch, {}, now);
  }

  /** The case and that its item is done. @returns false when the lease was no longer held: nothing is written then */
  record(made: CaseRecord, lease: ItemLease, now: number): boolean {
    const item = this.item(lease);
    const batch = this.batches.get(lease.batch);
    if (item === undefined || batch === undefined) return false;
    // The same once more: its commit was done, and only the word of it was lost.
    if (item.record?.id === made.id) return true;
    if (!this.isHeld(item, lease)) return false;
    const from = item.state;
    Object.assign(item, { state: "done", record: made, problem: undefined });
    this.move(batch, from, "done");
    this.count(batch, {}, now);
    return true;
  }

  cancel(id: string, now: number): BatchRecord | undefined {
    const batch = this.batches.get(id);
    if (batch?.state === "running") {
      batch.state = "cancelling";
      this.#cancelIdle(batch, now);
    }
    return this.get(id);
  }

  retryFailed(id: string, now: number): BatchRecord | undefined {
    const batch = this.batches.get(id);
    if (batch?.state !== "running" && batch?.state !== "done") return this.get(id);
    const again = [...batch.items.values()].filter(
      ({ state, draft }) => (state === "failed" || state === "dead") && draft.source !== undefined,
    );
    if (again.length === 0) return this.get(id);
    for (const item of again) {
      this.move(batch, item.state, "queued");
      Object.assign(item, { state: "queued", tries: 0, dueAt: now, problem: undefined });
    }
    if (batch.state === "done") Object.assign(batch, { state: "running", finishedAt: undefined, webhook: undefined });
    this.count(batch, {}, now);
    return this.get(id);
  }

  protected item({ batch, seq }: Pick<ItemLease, "batch" | "seq">): ModelItem | undefined {
    return this.batches.get(batch)?.items.get(seq);
  }

  /** The fence. */
  protected isHeld(item: ModelItem | undefined, { attempt }: ItemLease): boolean {
    return item?.state === "leased" && item.attempt === attempt;
  }

  protected move(batch: ModelBatch, from: BatchItemState, to: BatchItemState): void {
    batch.counts[from]--;
    batch.counts[to]++;
  }

  /** A change that everybody sees; the batch ends when nothing is left to do. */
  protected count(batch: ModelBatch, moves: Moves, now: number): void {
    for (const [state, by] of Object.entries(moves)) batch.counts[state as BatchItemState] += by;
    batch.version++;
    batch.touchedAt = now;
    const { state, counts, draft } = batch;
    if ((state !== "running" && state !== "cancelling") || counts.queued + counts.leased > 0) return;
    batch.state = state === "running" ? "done" : "cancelled";
    batch.finishedAt = now;
    if (draft.webhook !== undefined) batch.webhook = { state: "due", dueAt: now, tries: 0 };
  }

  #inTurn(): readonly ModelBatch[] {
    const rank = ({ draft }: ModelBatch): number => (draft.priority === "low" ? 1 : 0);
    return [...this.batches.values()]
      .filter(({ state }) => state === "running" || state === "cancelling")
      .sort(
        (one, other) =>
          rank(one) - rank(other) || one.served.at - other.served.at || one.served.turn - other.served.turn,
      );
  }

  #turn = (at: number): ModelBatch["served"] => ({ at, turn: ++this.#turns });

  /** Every try ended its holder. */
  #bury(batch: ModelBatch, item: ModelItem): void {
    this.move(batch, item.state, "dead");
    item.state = "dead";
    item.problem ??= vanished;
  }

  /** What nobody works on; what is worked on may still become a case. */
  #cancelIdle(batch: ModelBatch, now: number): void {
    const idle = [...batch.items.values()].filter(
      (item) => item.state === "queued" || (item.state === "leased" && item.dueAt <= now),
    );
    if (idle.length === 0) return;
    for (const item of idle) {
      this.move(batch, item.state, "cancelled");
      item.state = "cancelled";
    }
    this.count(batch, {}, now);
  }
}

const isOpen = ({ state }: ModelItem): boolean => state === "queued" || state === "leased";

export const totalOf = (counts: Readonly<Record<BatchItemState, number>>): BatchCounts => ({
  ...counts,
  total: Object.values(counts).reduce((sum, each) => sum + each, 0),
});

function recordOf(batch: ModelBatch): BatchRecord {
  const { draft, state, counts, version, createdAt, finishedAt, webhook } = batch;
  const { id, programme, strategy, priority } = draft;
  const time = (ms: number): string => new Date(ms).toISOString();
  return {
    id,
    programme,
    ...(strategy !== undefined && { strategy }),
    priority,
    state,
    counts: totalOf(counts),
    version,
    createdAt: time(createdAt),
    ...(finishedAt !== undefined && { finishedAt: time(finishedAt) }),
    ...(webhook !== undefined && { webhook: webhook.state }),
  };
}

function leasedOf({ draft }: ModelBatch, seq: number, { draft: item, attempt, tries }: ModelItem): LeasedItem {
  if (item.source === undefined) throw new TypeError("an item without a source was queued");
  const { id: batch, programme, strategy, origin } = draft;
  const { subject, source } = item;
  return { batch, seq, attempt, tries, programme, ...(strategy && { strategy }), subject, source, origin };
}
