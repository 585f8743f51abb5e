import type { MiddlewareHandler } from "hono";
import { Problem } from "../../contracts/index.ts";
import type { GatewayEnv, Serving } from "../serving.ts";

/** Orchestrators probe without a key, and learn nothing but whether to route here. */
const open = new Set(["/livez", "/readyz"]);

/** @throws {Problem} unauthorised */
export function keyNeeded({ keyCheck }: Pick<Serving, "keyCheck">): MiddlewareHandler<GatewayEnv> {
  return (c, next) => {
    const presented = { authorization: c.req.header("authorization"), apiKey: c.req.header("x-api-key") };
    if (!open.has(c.req.path) && !keyCheck(presented))
      throw new Problem("unauthorised", { detail: "Send Authorization: Bearer <key> or X-API-Key." });
    return next();
  };
}
