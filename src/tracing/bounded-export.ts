import { TraceFlags } from "@opentelemetry/api";
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Log } from "../platform/index.ts";

/** Ended spans that wait to be sent; more are dropped. About 2 KiB each. */
export const maxQueueSize = 2048;
/** Spans in one request to the collector. */
export const maxExportBatchSize = 512;
/** Fewer wait this long for more. */
const scheduledDelayMillis = 1000;
/** For one batch, with all its tries. */
export const exportMsMax = 5000;
const reasonCharsMax = 200;
/** `ExportResultCode.SUCCESS` of a package that is not ours to import. */
const success = 0;

/** `exported`: the collector has it; `failed`: it did not take it in time; `dropped`: there was no room for it to wait. */
export type SpanResult = "exported" | "failed" | "dropped";

type Done = Parameters<SpanExporter["export"]>[1];

/** Sends ended spans in batches, one at a time, and counts what becomes of each. */
export class BoundedExport implements SpanProcessor {
  readonly #batches: BatchSpanProcessor;
  readonly #count: (result: SpanResult, many: number) => void;
  readonly #log: Log;
  #waiting = 0;
  #isAway = false;

  constructor(exporter: SpanExporter, count: (result: SpanResult, many: number) => void, log: Log) {
    this.#count = count;
    this.#log = log;
    const counted: SpanExporter = {
      export: (spans, done) => this.#export(exporter, spans, done),
      shutdown: () => exporter.shutdown(),
    };
    this.#batches = new BatchSpanProcessor({
      exporter: counted,
      maxQueueSize,
      maxExportBatchSize,
      scheduledDelayMillis,
      // The exporter ends by itself before that.
      exportTimeoutMillis: 2 * exportMsMax,
    });
  }

  onStart(): void {
    // Only what has ended is sent.
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.#waiting >= maxQueueSize) {
      // The queue behind would drop it as well, and tell nobody.
      this.#count("dropped", 1);
      return;
    }
    this.#waiting++;
    this.#batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#batches.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#batches.shutdown();
  }

  #export(exporter: SpanExporter, spans: ReadableSpan[], done: Done): void {
    this.#waiting -= spans.length;
    exporter.export(spans, ({ code, error }) => {
      this.#count(code === success ? "exported" : "failed", spans.length);
      this.#tell(code !== success, error);
      // A failure is told above. The end of the process would not wait for the other batches if it heard of one here.
      done({ code: success });
    });
  }

  /** Once when it begins and once when it is over: a collector that is away must not fill the log too. */
  #tell(isAway: boolean, error: Error | undefined): void {
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    if (isAway) this.#log.warn({ reason: error?.message.slice(0, reasonCharsMax) }, "the collector takes no traces");
    else this.#log.info("the collector takes traces again");
  }
}
