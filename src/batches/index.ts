export { type UrlRules, urlRules } from "./allowed-url.ts";
export { BatchWorker, type BatchWorkerDeps } from "./batch-worker.ts";
export { Batches } from "./batches.ts";
export type { BucketSource } from "./read-prefix.ts";
