import type { MiddlewareHandler } from "hono";
import { newRequestId } from "../../platform/index.ts";
import type { GatewayEnv } from "../serving.ts";

/** Safe to write into a log line and a header as it is. */
const sane = /^[A-Za-z0-9._:-]{1,128}$/;

/** A caller's id is kept, so that its log and ours can be joined; anything odd is replaced. */
export function requestId(): MiddlewareHandler<GatewayEnv> {
  return (c, next) => {
    const given = c.req.header("x-request-id");
    const id = given !== undefined && sane.test(given) ? given : newRequestId();
    c.set("requestId", id);
    c.header("X-Request-Id", id);
    return next();
  };
}
