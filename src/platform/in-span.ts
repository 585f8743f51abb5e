import { isProblem, type Span, type SpanStart, type TraceContext, type Tracer } from "../contracts/index.ts";

/**
 * Does a piece of work as a span of its own. Without a tracer the work is all that happens, in the trace of whoever asks.
 * @param work is given what goes on to whatever it asks, and the span where there is one
 */
export function inSpan<T>(
  tracer: Tracer | undefined,
  name: string,
  start: SpanStart,
  work: (trace: TraceContext | undefined, span?: Span) => Promise<T>,
): Promise<T> {
  return tracer === undefined ? work(start.parent) : traced(tracer.start(name, start), work);
}

async function traced<T>(span: Span, work: (trace: TraceContext, span: Span) => Promise<T>): Promise<T> {
  try {
    return await work(span.context, span);
  } catch (error) {
    span.fail(isProblem(error) ? error.code : "internal");
    throw error;
  } finally {
    span.end();
  }
}
