import { announceBatches, BatchNews, BatchWorker, type BucketSource, screenItem, urlRules } from "../batches/index.ts";
import type { BatchBacklog, BatchStore, News } from "../contracts/index.ts";
import { batchLimitsOf } from "../intake/index.ts";
import type { Config, Log } from "../platform/index.ts";
import { S3Objects } from "../store/index.ts";
import { countItems } from "./count-items.ts";
import type { Records } from "./records.ts";

type Deps = Pick<
  Parameters<typeof screenItem>[0],
  "programmes" | "predictor" | "objects" | "metrics" | "clock" | "newCaseId" | "audits" | "tracer"
> & {
  readonly log: Log;
  readonly news: News | undefined;
  readonly ready: () => { readonly ready: boolean };
  readonly width: () => number;
};

export interface BatchWork {
  /** What routes need. */
  readonly batches: {
    readonly store: BatchStore;
    readonly rules: ReturnType<typeof urlRules>;
    readonly bucket: BucketSource | undefined;
    readonly wake: () => void;
    readonly news: BatchNews;
    readonly backlog: () => Promise<BatchBacklog>;
  };
  readonly worker: BatchWorker;
}

/** Durable batches, with a worker in this process; it takes items once cases would be accepted. */
export function batchWork(
  config: Config,
  { cases, objects }: Pick<Records, "cases" | "objects">,
  deps: Deps,
): BatchWork {
  const news = new BatchNews(deps.news);
  const store = countItems(announceBatches(cases.batches, news), deps.metrics);
  const rules = urlRules(config.BATCH_URL_HOSTS);
  const { BATCH_S3_PREFIX: opened } = config;
  const bucket = objects instanceof S3Objects && opened !== undefined ? objects.below(opened) : undefined;
  const worker = new BatchWorker({
    screen: screenItem({ ...deps, rules, bucket, limits: batchLimitsOf(config) }),
    store,
    rules,
    clock: deps.clock,
    secret: config.WEBHOOK_SECRET,
    width: deps.width,
    batchDays: config.BATCH_DAYS,
    ready: () => deps.ready().ready,
    log: deps.log.child({ room: "batches" }),
  });
  const backlog = () => cases.batches.batchBacklog();
  return { batches: { store, rules, bucket, wake: () => worker.wake(), news, backlog }, worker };
}
