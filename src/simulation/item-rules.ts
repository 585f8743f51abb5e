import { type BatchModel, type ModelBatch, type ModelItem, triesMax } from "../batches/index.ts";
import type { BatchItemState, ItemLease } from "../contracts/index.ts";
import { must } from "./task-rules.ts";

/** What one transaction was asked for. */
export type Asked =
  | { readonly call: "post" | "cancel" | "retry" }
  | { readonly call: "lease" }
  | { readonly call: "renew" | "settle"; readonly leases: readonly ItemLease[] }
  | { readonly call: "record"; readonly leases: readonly ItemLease[]; readonly caseId: string };

interface Seen {
  readonly state: BatchItemState;
  readonly attempt: number;
  readonly tries: number;
  readonly dueAt: number;
  readonly record: string | undefined;
}

interface SeenBatch {
  readonly items: Map<number, Seen>;
  readonly state: ModelBatch["state"];
  readonly version: number;
}

const final: ReadonlySet<BatchItemState> = new Set(["done", "failed", "dead", "cancelled"]);

/** What must be true of batches after each transaction, judged by comparing what is with what was. */
export class ItemRules {
  readonly #seen = new Map<string, SeenBatch>();
  /** Leases that ran out and were given to somebody else. */
  stolen = 0;
  /** Late words of former holders that changed nothing. */
  fenced = 0;

  follow(model: BatchModel, asked: Asked, now: number): void {
    for (const [id, batch] of model.all()) {
      const before = this.#seen.get(id);
      if (before !== undefined) this.#countFenced(id, before, asked);
      const items = new Map<number, Seen>();
      for (const [seq, item] of batch.items) {
        const was = before?.items.get(seq);
        if (was !== undefined) this.#moved(`${id}/${seq}`, was, { id, seq, batch, item }, asked, now);
        const { state, attempt, tries, dueAt, record } = item;
        items.set(seq, { state, attempt, tries, dueAt, record: record?.id });
      }
      this.#checkCounts(id, batch, before);
      this.#seen.set(id, { items, state: batch.state, version: batch.version });
    }
  }

  #countFenced(id: string, { items }: SeenBatch, asked: Asked): void {
    if (asked.call !== "settle" && asked.call !== "record") return;
    for (const { batch, seq, attempt } of asked.leases) {
      const was = items.get(seq);
      if (batch !== id || was === undefined) continue;
      const isRepeated = asked.call === "record" && was.record === asked.caseId;
      if (!isRepeated && (was.state !== "leased" || was.attempt !== attempt)) this.fenced++;
    }
  }

  #moved(
    name: string,
    was: Seen,
    { id, seq, batch, item }: { id: string; seq: number; batch: ModelBatch; item: ModelItem },
    asked: Asked,
    now: number,
  ): void {
    const changed = item.state !== was.state || item.attempt !== was.attempt || item.record?.id !== was.record;
    must(item.attempt >= was.attempt, `${name}: the fence falls`);
    must(item.tries >= 0 && item.tries <= triesMax, `${name} is tried ${item.tries} times`);
    must((item.state === "done") === (item.record !== undefined), `${name} is ${item.state} with or without a case`);
    if (!changed) return;
    must(was.state !== "done", `${name} was done and is changed`);
    must(was.state !== "cancelled", `${name} was cancelled and is changed`);
    if (final.has(was.state)) must(asked.call === "retry", `${name} was ${was.state} and is changed by ${asked.call}`);
    if (item.attempt !== was.attempt) {
      must(asked.call === "lease" && item.attempt === was.attempt + 1, `${name}: the fence moves by ${asked.call}`);
      must(this.#seen.get(id)?.state === "running", `${name} is leased from a batch that is ${batch.state}`);
      if (was.state === "leased") this.stolen++;
    }
    const isHolders = asked.call === "settle" || asked.call === "record";
    if (was.state === "leased" && !isHolders)
      must(was.dueAt <= now, `${name} is taken by ${asked.call} ${was.dueAt - now} ms before its lease is over`);
    if (isHolders) {
      const lease = asked.leases.find((each) => each.batch === id && each.seq === seq);
      must(lease !== undefined, `${name} is changed by a word about others`);
      must(was.state === "leased" && lease.attempt === was.attempt, `${name} is changed by a former holder`);
    }
  }

  #checkCounts(id: string, batch: ModelBatch, before: SeenBatch | undefined): void {
    const { counts, items, state } = batch;
    const found: Record<string, number> = { queued: 0, leased: 0, done: 0, failed: 0, dead: 0, cancelled: 0 };
    for (const item of items.values()) found[item.state] = (found[item.state] ?? 0) + 1;
    for (const [each, count] of Object.entries(counts))
      must(found[each] === count, `batch ${id} counts ${count} ${each} of ${found[each]}`);
    if (before !== undefined) {
      must(batch.version >= before.version, `batch ${id}: the version falls`);
      if (before.state !== "receiving") must(items.size === before.items.size, `batch ${id} changes its size`);
    }
    const isOver = state === "done" || state === "cancelled";
    if (state !== "receiving") must(isOver === (counts.queued + counts.leased === 0), `batch ${id} is ${state}`);
    must(isOver === (batch.finishedAt !== undefined), `batch ${id} is ${state} with or without an end`);
  }
}
