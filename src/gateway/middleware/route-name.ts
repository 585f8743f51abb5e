import { routePath } from "hono/route";
import type { GatewayContext } from "../serving.ts";

/**
 * The pattern of the route that answers, for logs and metric labels: a closed set, without what callers put into
 * paths. Middleware is registered on everything, so that a request nobody answers ends with the middleware's pattern.
 */
export function routeName(c: GatewayContext): string {
  const pattern = routePath(c, -1);
  return pattern === "/*" || pattern === "*" || pattern === "" ? "unmatched" : pattern;
}
