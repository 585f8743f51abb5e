import type { MiddlewareHandler } from "hono";
import type { GatewayEnv, Serving } from "../serving.ts";
import { routeName } from "./route-name.ts";

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export function requestMetrics({ metrics, clock }: Pick<Serving, "metrics" | "clock">): MiddlewareHandler<GatewayEnv> {
  return async (c, next) => {
    await next();
    const { status } = c.res;
    const route = routeName(c);
    const method = methods.has(c.req.method) ? c.req.method : "other";
    metrics.httpRequests.inc({ route, method, code: String(status) });
    metrics.httpDuration.observe({ route, outcome: outcomeOf(status) }, (clock.now() - c.get("startedAt")) / 1000);
  };
}

function outcomeOf(status: number): "ok" | "refused" | "cancelled" | "failed" {
  if (status < 400) return "ok";
  if (status === 499) return "cancelled";
  return status < 500 ? "refused" : "failed";
}
