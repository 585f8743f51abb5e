import type { MiddlewareHandler } from "hono";
import type { GatewayEnv, Serving } from "../serving.ts";
import { routeName } from "./route-name.ts";

/** One line a request. The route's pattern, never the path: no query, no names, no identifiers of people. */
export function accessLog({ log, clock }: Pick<Serving, "log" | "clock">): MiddlewareHandler<GatewayEnv> {
  return async (c, next) => {
    const startedAt = clock.now();
    c.set("startedAt", startedAt);
    await next();
    if (!log.isLevelEnabled("info")) return;
    const ms = Math.round((clock.now() - startedAt) * 10) / 10;
    const named = { requestId: c.get("requestId"), trace_id: c.get("trace").traceId };
    log.info({ ...named, method: c.req.method, route: routeName(c), status: c.res.status, ms }, "answered");
  };
}
