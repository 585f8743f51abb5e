import type { MiddlewareHandler } from "hono";
import type { GatewayEnv } from "../serving.ts";

/** Set before the route runs, so that a page or an asset may say otherwise. */
const headers = Object.entries({
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  // Results are about people: no cache on the way keeps them.
  "Cache-Control": "no-store",
});

/** No CORS header is ever sent: a browser page of another origin cannot read an answer. */
export function securityHeaders(): MiddlewareHandler<GatewayEnv> {
  return (c, next) => {
    for (const [name, value] of headers) c.header(name, value);
    return next();
  };
}
