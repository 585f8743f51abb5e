import type { MiddlewareHandler } from "hono";
import type { Caller, CallerKind, RateStanding } from "../../access/index.ts";
import type { GatewayContext, GatewayEnv, Serving } from "../serving.ts";

/** Whoever decides whether to send requests here must be answered whatever callers do. */
const probes = /^\/(livez|readyz|v2\/health\/(live|ready))$/;
/** Who looks why a server is overloaded uses the key of those who overload it. */
const forKeysOpen = /^\/metrics$/;

type Limiting = Pick<Serving, "limiter" | "addressOf">;

/**
 * Lets a request go on while its caller has something left: first whoever has that address, also without a key, then
 * whoever has the key.
 * @throws {Problem} rate-limited
 */
export function rateLimit(serving: Limiting, kind: CallerKind): MiddlewareHandler<GatewayEnv>[] {
  const { limiter } = serving;
  if (limiter === undefined) return [];
  return [
    async (c, next) => {
      const name = kind === "address" ? addressOf(serving, c) : keyOf(c);
      if (name === undefined || probes.test(c.req.path)) return next();
      const caller = limiter.caller(kind, name);
      c.set("callers", [...(c.get("callers") ?? []), caller]);
      try {
        // Where nobody else must be asked this costs no turn of the event loop.
        const spent = caller.spend("requests", 1);
        if (spent !== undefined) await spent;
        const bytes = announcedBytes(c);
        if (bytes > 0 || isUnannounced(c)) await caller.spend("bytes", bytes);
      } finally {
        tellStanding(c, caller.standing());
      }
      return admitted(c, caller, next);
    },
  ];
}

/** Counted as open until its answer has left, however long that streams. */
async function admitted(c: GatewayContext, caller: Caller, next: () => Promise<void>): Promise<void> {
  const close = caller.open("requests");
  const outgoing = c.env?.outgoing;
  const socket = c.env?.incoming?.socket;
  const before = socket?.bytesRead ?? 0;
  outgoing?.once("close", () => {
    close();
    if (isUnannounced(c)) caller.charge("bytes", Math.max(0, (socket?.bytesRead ?? 0) - before));
  });
  await next();
  if (outgoing === undefined) close();
}

const addressOf = ({ addressOf }: Limiting, c: GatewayContext): string =>
  addressOf(c.env?.incoming?.socket?.remoteAddress, c.req.header("x-forwarded-for"));

/** A link's holder has no key, and somebody whose key is wrong has none either. */
function keyOf(c: GatewayContext): string | undefined {
  const actor = c.get("actor");
  return actor.startsWith("key:") && !forKeysOpen.test(c.req.path) ? actor : undefined;
}

/** A body's bytes count before they are read, or nobody would be stopped while many large ones are on their way. */
function announcedBytes(c: GatewayContext): number {
  const length = Number(c.req.header("content-length") ?? 0);
  return Number.isSafeInteger(length) && length > 0 ? length : 0;
}

const isUnannounced = (c: GatewayContext): boolean => c.req.header("transfer-encoding") !== undefined;

/** The names of draft-ietf-httpapi-ratelimit-headers: a policy, and what is left of it, each caller's beside the other's. */
function tellStanding(c: GatewayContext, standing: RateStanding | undefined): void {
  if (standing === undefined) return;
  const { kind, capacity, windowS, left, resetS } = standing;
  c.header("RateLimit-Policy", `"${kind}";q=${capacity};w=${windowS}`, { append: true });
  c.header("RateLimit", `"${kind}";r=${left};t=${resetS}`, { append: true });
}
