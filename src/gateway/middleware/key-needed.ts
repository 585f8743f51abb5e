import type { MiddlewareHandler } from "hono";
import { Problem } from "../../contracts/index.ts";
import type { GatewayContext, GatewayEnv, Serving } from "../serving.ts";

/** Orchestrators probe without a key, and learn nothing but whether to route here. */
const open = new Set(["/livez", "/readyz"]);

/**
 * Lets a request go on that carries the key or is a signed link, and notes who it is.
 * @throws {Problem} unauthorised, link-invalid
 */
export function keyNeeded(serving: Pick<Serving, "keyCheck" | "links">): MiddlewareHandler<GatewayEnv> {
  return (c, next) => {
    const presented = { authorization: c.req.header("authorization"), apiKey: c.req.header("x-api-key") };
    const actor = serving.keyCheck(presented) ?? linkHolder(serving, c);
    if (actor === undefined && !open.has(c.req.path))
      throw new Problem("unauthorised", { detail: "Send Authorization: Bearer <key> or X-API-Key." });
    c.set("actor", actor ?? "nobody");
    return next();
  };
}

function linkHolder({ links }: Pick<Serving, "links">, c: GatewayContext): string | undefined {
  const { expires, signature } = c.req.query();
  if (expires === undefined || signature === undefined || c.req.method !== "GET") return undefined;
  if (links.verify(c.req.path, Date.now(), { expires, signature })) return "link";
  throw new Problem("link-invalid");
}
