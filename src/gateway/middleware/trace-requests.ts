import type { MiddlewareHandler } from "hono";
import type { Span, TraceContext } from "../../contracts/index.ts";
import { newTrace, readTraceContext } from "../../platform/index.ts";
import { problemOf } from "../problem-reply.ts";
import type { GatewayContext, GatewayEnv, Serving } from "../serving.ts";
import { methodName } from "./method-name.ts";
import { routeName } from "./route-name.ts";

/** Asked every few seconds for ever: nobody looks for them, and they would be most of what is kept. */
const unseen = /^\/(livez|readyz|metrics|v2\/health\/(live|ready))$/;

/** Goes on with the trace of whoever asks, or begins one; a span for the request where spans are collected. */
export function traceRequests({ tracer }: Pick<Serving, "tracer">): MiddlewareHandler<GatewayEnv> {
  if (tracer === undefined)
    return (c, next) => {
      c.set("trace", givenTo(c) ?? newTrace());
      return next();
    };
  return async (c, next) => {
    const given = givenTo(c);
    if (unseen.test(c.req.path)) {
      c.set("trace", given ?? newTrace());
      return next();
    }
    const method = methodName(c);
    const told = { "http.request.method": method, "url.scheme": "http" };
    const span = tracer.start(method, { kind: "server", parent: given, attributes: told });
    c.set("trace", span.context);
    try {
      await next();
    } finally {
      tell(span, c, method);
      span.end();
    }
  };
}

function givenTo(c: GatewayContext): TraceContext | undefined {
  const traceparent = c.req.header("traceparent");
  return traceparent === undefined ? undefined : readTraceContext(traceparent, c.req.header("tracestate"));
}

/** The route's pattern and how it ended. Not the path, the query, the caller or its program: they may name people. */
function tell(span: Span, c: GatewayContext, method: string): void {
  const route = routeName(c);
  const { status } = c.res;
  span.rename(`${method} ${route}`);
  span.set({ "http.route": route, "http.response.status_code": status });
  if (c.error === undefined) return;
  const { code } = problemOf(c.error, c.get("signal"));
  // What is refused is no failure of ours.
  if (status >= 500) span.fail(code);
  else span.set({ "error.type": code });
}
