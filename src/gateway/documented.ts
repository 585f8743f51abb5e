import type { OpenAPIHono, RouteConfig } from "@hono/zod-openapi";
import type { GatewayContext, GatewayEnv } from "./serving.ts";

export type GatewayApp = OpenAPIHono<GatewayEnv>;
type Handler = (c: GatewayContext) => Response | Promise<Response>;

/**
 * Documents a route and answers it. The library's own `openapi()` would also validate, and so consume, bodies that
 * intake must stream.
 */
export function answer(app: GatewayApp, route: RouteConfig, handler: Handler): void {
  app.openAPIRegistry.registerPath(route);
  app.on(route.method, [patternOf(route.path)], handler);
}

/** As the router writes it. Under a mount a slash at the end is dropped before routing, so none is registered. */
function patternOf(path: string): string {
  const pattern = path.replaceAll(/\/{(.+?)}/g, "/:$1");
  return pattern.startsWith("/p/") ? pattern.replace(/\/$/, "") : pattern;
}
