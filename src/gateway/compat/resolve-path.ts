import { getPath } from "hono/utils/url";
import type { Config, ProfileId } from "../../platform/index.ts";
import type { GatewayEnv } from "../serving.ts";
import { mountOf } from "./profile.ts";

/** Paths that one source system alone has: at the root they mean that system, whatever listens. */
const owned: readonly (readonly [ProfileId, RegExp])[] = [
  ["dr", /^\/(patients(\/.*)?|predict\/patient\/.*)$/],
  ["eye", /^\/(api|api\/(patients|notifications|ai)(\/.*)?|ws\/.*)$/],
  ["hallux", /^\/(predict_base64|model_info|classifications|predict_vit|predict_resnet)$/],
  ["chest", /^\/api\/(predict|explain|health)$/],
  [
    "cataract",
    /^\/(predict_clip|predict_lgbm|predict_ensemble|predict_batch|train_clip|train_lgbm|training_status|drift_status|system_info)$/,
  ],
];
/** Paths of the server itself, which no source system's listener takes away. */
const native = /^\/((v1|v2|assets|docs)\/.*|v2|livez|readyz|metrics|ws|favicon\.ico)$/;

type Bindings = GatewayEnv["Bindings"];
type PathOf = (request: Request, options?: { env?: Bindings }) => string;

/**
 * Under which path a request is answered. Every source system's endpoint is registered once, under its mount; a
 * listener, a host name or a path that only one system has leads there too. A slash at the end makes no difference
 * there, and nothing is ever redirected: a redirected POST is lost by many clients.
 */
export function createPathResolver(config: Pick<Config, "PROFILE_HOSTS">): PathOf {
  const hosts = new Map(readPairs(config.PROFILE_HOSTS));
  return (request, options) => {
    const path = getPath(request);
    if (path.startsWith("/p/")) return unslashed(path);
    if (native.test(path)) return path;
    const plain = unslashed(path);
    const owner = owned.find(([, pattern]) => pattern.test(plain))?.[0];
    const profile = owner ?? hosts.get(hostOf(request)) ?? options?.env?.profile;
    if (profile !== undefined) return plain === "/" ? mountOf(profile) : `${mountOf(profile)}${plain}`;
    return plain === "/predict" ? plain : path;
  };
}

/** @returns names and profiles of a setting like `8001=cataract,8007=chest` */
export function readPairs(setting: string | undefined): [string, ProfileId][] {
  return (setting ?? "")
    .split(",")
    .filter((pair) => pair !== "")
    .map((pair) => pair.split("=") as [string, ProfileId]);
}

const unslashed = (path: string): string => (path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path);

const hostOf = (request: Request): string => (request.headers.get("host") ?? "").toLowerCase().replace(/:\d+$/, "");
