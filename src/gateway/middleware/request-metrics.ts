import type { MiddlewareHandler } from "hono";
import type { GatewayEnv, Serving } from "../serving.ts";
import { methodName } from "./method-name.ts";
import { routeName } from "./route-name.ts";

const anyRoute = "any";

export function requestMetrics({ metrics, clock }: Pick<Serving, "metrics" | "clock">): MiddlewareHandler<GatewayEnv> {
  return async (c, next) => {
    await next();
    const { status } = c.res;
    const route = routeName(c);
    const method = methodName(c, "other");
    metrics.httpRequests.inc({ route, method, code: String(status) });
    const outcome = outcomeOf(status);
    // Anybody can be refused anywhere: a histogram for each of those routes would be thousands of series.
    const timed = outcome === "refused" ? { route: anyRoute, outcome } : { route, outcome };
    metrics.httpDuration.observe(timed, (clock.now() - c.get("startedAt")) / 1000);
    const wait = status === 429 || status === 503 ? c.res.headers.get("retry-after") : null;
    if (wait !== null && route !== "/readyz") metrics.retryAfter.observe({ code: String(status) }, Number(wait));
  };
}

function outcomeOf(status: number): "ok" | "refused" | "cancelled" | "failed" {
  if (status < 400) return "ok";
  if (status === 499) return "cancelled";
  return status < 500 ? "refused" : "failed";
}
