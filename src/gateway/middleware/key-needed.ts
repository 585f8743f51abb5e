import type { MiddlewareHandler } from "hono";
import { Problem } from "../../contracts/index.ts";
import type { GatewayContext, GatewayEnv, Serving } from "../serving.ts";

/**
 * Orchestrators probe without a key, and learn nothing but whether to route here. The page must open before it can ask
 * for the key: a browser cannot send one with an address. No page holds anything about a person; its program asks for it.
 */
const open = /^\/(livez|readyz|v2\/health\/(live|ready)|favicon\.ico|people(\/[^/]*)?|ops|assets\/.*)?$/;

/**
 * Lets a request go on that carries the key or is a signed link, and notes who it is.
 * @throws {Problem} unauthorised, link-invalid
 */
export function keyNeeded(serving: Pick<Serving, "keyCheck" | "links" | "clock">): MiddlewareHandler<GatewayEnv> {
  return (c, next) => {
    const presented = { authorization: c.req.header("authorization"), apiKey: c.req.header("x-api-key") };
    // A link that is shown is judged, also where the caller would need none: a wrong one never opens anything.
    const actor = linkHolder(serving, c) ?? serving.keyCheck(presented);
    if (actor === undefined && !open.test(c.req.path))
      throw new Problem("unauthorised", { detail: "Send Authorization: Bearer <key> or X-API-Key." });
    c.set("actor", actor ?? "nobody");
    return next();
  };
}

function linkHolder({ links, clock }: Pick<Serving, "links" | "clock">, c: GatewayContext): string | undefined {
  const { expires, signature } = c.req.query();
  if (expires === undefined || signature === undefined || c.req.method !== "GET") return undefined;
  if (links.verify(c.req.path, clock.wallMs(), { expires, signature })) return "link";
  throw new Problem("link-invalid");
}
