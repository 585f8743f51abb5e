import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import type { Config } from "../../platform/index.ts";
import type { GatewayEnv } from "../serving.ts";

const maxAgeS = 600;
const exposed = [
  "X-Programme",
  "X-Model",
  "X-Request-Id",
  "X-Total-Count",
  "X-Ignored-Fields",
  "X-Warning",
  "Link",
  "Deprecation",
  "Preference-Applied",
  "RateLimit",
  "RateLimit-Policy",
  "Retry-After",
  "Server-Timing",
];

/** Pages of the listed origins may read answers; without a list no CORS header is ever sent. */
export function allowedOrigins({ CORS_ORIGINS }: Pick<Config, "CORS_ORIGINS">): MiddlewareHandler<GatewayEnv>[] {
  const origin = (CORS_ORIGINS ?? "").split(",").filter((each) => each !== "");
  if (origin.length === 0) return [];
  return [
    cors({
      origin,
      allowHeaders: ["Authorization", "X-API-Key", "Content-Type", "X-Strategy", "X-Deadline-Ms", "Idempotency-Key"],
      exposeHeaders: exposed,
      maxAge: maxAgeS,
    }),
  ];
}
