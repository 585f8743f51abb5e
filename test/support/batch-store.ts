import { type BatchRecord, type BatchStore, Problem } from "../../src/contracts/index.ts";

/** A batch that has ended. */
export const finishedBatch = (id: string): BatchRecord => ({
  id,
  programme: "cataract",
  priority: "normal",
  state: "done",
  counts: { total: 2, queued: 0, leased: 0, done: 0, failed: 2, dead: 0, cancelled: 0 },
  version: 3,
  createdAt: "2026-01-01T10:00:00.000Z",
  finishedAt: "2026-01-01T10:00:01.000Z",
});

/** Holds one batch that has ended, and takes no other: what batches really do is tested with a database. */
export function oneBatch(held: BatchRecord): BatchStore {
  const find = async (id: string) => (id === held.id ? held : undefined);
  const away = async (): Promise<never> => {
    throw new Problem("store-unavailable");
  };
  return {
    beginBatch: away,
    addItems: away,
    sealBatch: away,
    dropBatch: away,
    getBatch: find,
    listBatches: async () => ({ batches: [held] }),
    batchResults: async () => ({
      results: [
        { seq: 0, customId: '=cmd|"x"', state: "failed", problem: { code: "image-malformed", detail: "cut, off" } },
        { seq: 1, state: "failed", problem: { code: "image-too-small" } },
      ],
      waits: false,
    }),
    leaseItems: async () => [],
    renewLeases: async () => [],
    settleItems: away,
    recordItem: away,
    cancelBatch: find,
    retryFailed: find,
    dueWebhooks: async () => [],
    settleWebhook: away,
    forgetBatches: async () => false,
  };
}
