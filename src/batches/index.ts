export { type UrlRules, urlRules } from "./allowed-url.ts";
export { BatchModel, type ModelBatch, type ModelItem } from "./batch-model.ts";
export { announceBatches, BatchNews, type BatchWatch } from "./batch-news.ts";
export { BatchWorker } from "./batch-worker.ts";
export { Batches } from "./batches.ts";
export { screenItem, triesMax } from "./item-work.ts";
export type { BucketSource } from "./read-prefix.ts";
