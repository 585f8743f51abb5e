import { BatchWorker, type BatchWorkerDeps, type BucketSource, urlRules } from "../batches/index.ts";
import type { BatchStore } from "../contracts/index.ts";
import { batchLimitsOf } from "../intake/index.ts";
import type { Config } from "../platform/index.ts";
import { S3Objects } from "../store/index.ts";
import type { Records } from "./records.ts";

type Deps = Pick<
  BatchWorkerDeps,
  "programmes" | "predictor" | "objects" | "metrics" | "clock" | "newCaseId" | "log"
> & { readonly ready: () => { readonly ready: boolean } };

export interface BatchWork {
  /** What routes need. */
  readonly batches: {
    readonly store: BatchStore;
    readonly rules: ReturnType<typeof urlRules>;
    readonly bucket: BucketSource | undefined;
    readonly wake: () => void;
  };
  readonly worker: BatchWorker;
}

/** Durable batches, with a worker in this process; it takes items once cases would be accepted. */
export function batchWork(
  config: Config,
  { cases, objects }: Pick<Records, "cases" | "objects">,
  deps: Deps,
): BatchWork {
  const store = cases.batches;
  const rules = urlRules(config.BATCH_URL_HOSTS);
  const { BATCH_S3_PREFIX: opened } = config;
  const bucket = objects instanceof S3Objects && opened !== undefined ? objects.below(opened) : undefined;
  const worker = new BatchWorker({
    ...deps,
    store,
    rules,
    bucket,
    limits: batchLimitsOf(config),
    secret: config.WEBHOOK_SECRET,
    width: widthOf(config),
    batchDays: config.BATCH_DAYS,
    ready: () => deps.ready().ready,
    log: deps.log.child({ room: "batches" }),
  });
  return { batches: { store, rules, bucket, wake: () => worker.wake() }, worker };
}

/** For each inference thread one item that is read, and one whose image is fetched or whose case is written. */
const itemsPerThread = 2;
const itemsForNodes = 16;

function widthOf({ BATCH_CONCURRENCY, WORKERS }: Config): number {
  if (BATCH_CONCURRENCY > 0) return BATCH_CONCURRENCY;
  return WORKERS > 0 ? WORKERS * itemsPerThread : itemsForNodes;
}
