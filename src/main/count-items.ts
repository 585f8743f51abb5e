import type { BatchStore, ItemSettlement } from "../contracts/index.ts";
import type { Metrics } from "../platform/index.ts";

const names: Readonly<Record<ItemSettlement["result"], string>> = {
  failed: "failed",
  dead: "dead",
  retry: "retried",
  release: "released",
};

/** The same store, which counts what becomes of the items that are worked on here. */
export function countItems(store: BatchStore, { batchItems }: Pick<Metrics, "batchItems">): BatchStore {
  return {
    ...store,
    settleItems: async (settlements) => {
      await store.settleItems(settlements);
      for (const { result } of settlements) batchItems.inc({ result: names[result] });
    },
    recordItem: async (record, origin, lease, drift) => {
      const isWritten = await store.recordItem(record, origin, lease, drift);
      if (isWritten) batchItems.inc({ result: "done" });
      return isWritten;
    },
  };
}
