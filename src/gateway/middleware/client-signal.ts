import type { MiddlewareHandler } from "hono";
import { Problem } from "../../contracts/index.ts";
import type { GatewayEnv } from "../serving.ts";

/**
 * One signal a request, aborted when the socket closes before the answer is finished. What waits in a queue for it is
 * then dropped at once. Without a socket (tests) the request's own signal does the same.
 */
export function clientSignal(): MiddlewareHandler<GatewayEnv> {
  return (c, next) => {
    const controller = new AbortController();
    const gone = () => controller.abort(new Problem("client-closed-request"));
    const outgoing = c.env?.outgoing;
    if (outgoing === undefined) c.req.raw.signal.addEventListener("abort", gone, { once: true });
    else if (outgoing.destroyed) gone();
    else
      outgoing.once("close", () => {
        if (!outgoing.writableFinished) gone();
      });
    c.set("signal", controller.signal);
    return next();
  };
}
