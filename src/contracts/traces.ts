/** Where a piece of work belongs: a W3C trace context, as the headers `traceparent` and `tracestate` carry it. */
export interface TraceContext {
  /** 32 lower-case hex digits, not all of them zero; the same for everything that one request sets going. */
  readonly traceId: string;
  /** Of whoever asks: 16 lower-case hex digits, not all of them zero. */
  readonly spanId: string;
  /** Whoever began the trace wants it kept. */
  readonly sampled: boolean;
  /** What other systems noted on it, as they wrote it; at most 512 characters. */
  readonly state?: string;
}

/**
 * What a span may say of its work: closed words, counts and digests. Never anything about a person, the name of a file, or
 * what a caller put into an address.
 */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanStart {
  /** Default: internal. */
  readonly kind?: "internal" | "server" | "client" | "consumer";
  /** Default: none, a trace of its own begins. */
  readonly parent?: TraceContext | undefined;
  /** Work that this one has to do with and is no part of. */
  readonly links?: readonly TraceContext[];
  readonly attributes?: SpanAttributes;
  /** On the monotonic clock, ms; default: now. */
  readonly at?: number | undefined;
}

/** One piece of work from its beginning to its end. */
export interface Span {
  /** What goes to whatever is asked within it. */
  readonly context: TraceContext;
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  /** @param code a stable one; never a message, which may say anything */
  fail(code: string): void;
  /** Once. @param at on the monotonic clock, ms; default: now */
  end(at?: number): void;
}

/** Where spans are begun. There is none while nobody collects them: work that is not traced pays nothing for it. */
export interface Tracer {
  /** @param name one of few: not an id, not an address */
  start(name: string, start?: SpanStart): Span;
}
