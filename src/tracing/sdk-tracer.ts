import type { Context, Tracer as SdkApi, Span as SdkSpan, SpanContext } from "@opentelemetry/api";
import { createTraceState, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import type { Span, SpanAttributes, SpanStart, TraceContext, Tracer } from "../contracts/index.ts";
import { type Clock, type Log, version } from "../platform/index.ts";
import { BoundedExport, exportMsMax, type SpanResult } from "./bounded-export.ts";
import { type SamplerName, samplerOf } from "./sampler.ts";

/** Between two clocks of one machine: more is a step of the wall clock, or a machine that slept. */
const stepMs = 10;
/** Requests to the collector at once; there is one unless the process ends. */
const exportsMax = 8;

export interface SdkTracerOptions {
  /** Where spans are posted to, as JSON. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What is said of this process. */
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: SamplerName;
  /** Of the traces, in [0, 1]: for the samplers that keep a share. */
  readonly share: number;
  readonly clock: Clock;
  readonly count: (result: SpanResult, many: number) => void;
  readonly log: Log;
}

/** OpenTelemetry behind our own door. Whatever its collector does, no caller waits for it and none is told. */
export class SdkTracer implements Tracer {
  readonly #provider: TracerProvider;
  readonly #api: SdkApi;
  readonly #clock: Clock;
  /** What makes a time of the monotonic clock one since 1970, ms. */
  #offsetMs: number;

  constructor({ url, headers, resource, sampler, share, clock, count, log }: SdkTracerOptions) {
    const exporter = new OTLPTraceExporter({
      url,
      headers: { ...headers },
      timeoutMillis: exportMsMax,
      concurrencyLimit: exportsMax,
    });
    this.#provider = new TracerProvider({
      resource: defaultResource().merge(resourceFromAttributes(resource)),
      sampler: samplerOf(sampler, share),
      spanProcessors: [new BoundedExport(exporter, count, log)],
    });
    this.#api = this.#provider.getTracer("fovea", version);
    this.#clock = clock;
    this.#offsetMs = clock.wallMs() - clock.now();
  }

  start(name: string, { kind = "internal", parent, links, attributes, at }: SpanStart = {}): Span {
    const span = this.#api.startSpan(
      name,
      {
        kind: kinds[kind],
        startTime: this.#since1970(at),
        ...(attributes && { attributes: { ...attributes } }),
        ...(links && { links: links.map((link) => ({ context: sdkContextOf(link) })) }),
      },
      parent === undefined ? ROOT_CONTEXT : contextOf(parent),
    );
    return new TracedSpan(span, parent?.state, (ms) => this.#since1970(ms));
  }

  async close(): Promise<void> {
    await this.#provider.shutdown().catch(() => undefined);
  }

  /** One clock for all spans of a process, so that none begins before what it is a part of. */
  #since1970(at = this.#clock.now()): number {
    const offsetMs = this.#clock.wallMs() - this.#clock.now();
    if (Math.abs(offsetMs - this.#offsetMs) > stepMs) this.#offsetMs = offsetMs;
    return this.#offsetMs + at;
  }
}

class TracedSpan implements Span {
  readonly context: TraceContext;
  readonly #span: SdkSpan;
  readonly #since1970: (at?: number) => number;

  constructor(span: SdkSpan, state: string | undefined, since1970: (at?: number) => number) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    const sampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
    this.context = { traceId, spanId, sampled, ...(state !== undefined && { state }) };
    this.#span = span;
    this.#since1970 = since1970;
  }

  rename(name: string): void {
    this.#span.updateName(name);
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes({ ...attributes });
  }

  fail(code: string): void {
    this.#span.setAttribute("error.type", code);
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(at?: number): void {
    this.#span.end(this.#since1970(at));
  }
}

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
} as const;

const sdkContextOf = ({ traceId, spanId, sampled, state }: TraceContext): SpanContext => ({
  traceId,
  spanId,
  traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
  ...(state !== undefined && { traceState: createTraceState(state) }),
});

const contextOf = (parent: TraceContext): Context => trace.setSpanContext(ROOT_CONTEXT, sdkContextOf(parent));
