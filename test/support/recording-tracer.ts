import type { Span, SpanAttributes, SpanStart, TraceContext, Tracer } from "../../src/contracts/index.ts";
import { newTrace } from "../../src/platform/index.ts";

/** A span as a collector would see it. */
export interface RecordedSpan extends SpanStart {
  readonly context: TraceContext;
  name: string;
  attributes: SpanAttributes;
  failed?: string;
  /** True once it has ended, or when, where that was said. */
  ended?: number | true;
}

/** Keeps every span that is begun, in order. Of a parent that is not sampled none is recorded by others; here all are. */
export function recordingTracer(): Tracer & { readonly spans: RecordedSpan[] } {
  const spans: RecordedSpan[] = [];
  return {
    spans,
    start: (name, start = {}): Span => {
      const made = newTrace();
      const { parent } = start;
      const context = { ...made, sampled: true, ...(parent && { traceId: parent.traceId }) };
      const span: RecordedSpan = { ...start, context, name, attributes: { ...start.attributes } };
      spans.push(span);
      return {
        context,
        rename: (other) => {
          span.name = other;
        },
        set: (more) => {
          span.attributes = { ...span.attributes, ...more };
        },
        fail: (code) => {
          span.failed = code;
        },
        end: (at) => {
          if (span.ended !== undefined) throw new Error(`${span.name} ended twice`);
          span.ended = at ?? true;
        },
      };
    },
  };
}

/** What a span is a part of, by name; undefined for one that begins a trace. */
export const parentOf = ({ spans }: { readonly spans: readonly RecordedSpan[] }, name: string): string | undefined => {
  const parent = spans.find((span) => span.name === name)?.parent;
  return spans.find(({ context }) => context.spanId === parent?.spanId)?.name ?? parent?.spanId;
};
