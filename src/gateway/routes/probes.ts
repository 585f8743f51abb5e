import type { RouteConfig } from "@hono/zod-openapi";
import type { PredictorStatus } from "../../contracts/index.ts";
import { version } from "../../platform/index.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { json } from "../responses.ts";
import { liveSchema, readySchema } from "../schemas.ts";
import type { Serving } from "../serving.ts";

const live: RouteConfig = {
  method: "get",
  path: "/livez",
  operationId: "live",
  summary: "The process lives",
  description: "200 as long as it can answer at all. Restart the process when this fails, never when readyz does.",
  tags: ["operation"],
  security: [],
  responses: { 200: json("It lives", liveSchema) },
};

const ready: RouteConfig = {
  method: "get",
  path: "/readyz",
  operationId: "ready",
  summary: "Cases are accepted",
  tags: ["operation"],
  security: [],
  responses: { 200: json("Ready", readySchema), 503: json("Not ready, and why", readySchema) },
};

export function routeProbes(app: GatewayApp, serving: Pick<Serving, "ready" | "predictor" | "programmes">): void {
  answer(app, live, (c) => c.json({ live: true, version }));
  answer(app, ready, async (c) => {
    const { ready: isReady, reason } = serving.ready();
    if (!isReady) c.header("Retry-After", "1");
    const body = {
      ready: isReady,
      ...(reason !== undefined && { reason }),
      engine: renderEngine(await statusOf(serving)),
      programmes: [...serving.programmes.programmes.values()].map((each) => ({
        id: each.manifest.id,
        status: "missing" in each ? "missing" : "ready",
      })),
    };
    return c.json(body, isReady ? 200 : 503);
  });
}

/** The engine's own account; undefined when it does not give one. Never fails: probes and scrapes go on without. */
export const statusOf = ({ predictor }: Pick<Serving, "predictor">): Promise<PredictorStatus | undefined> =>
  predictor.status().catch(() => undefined);

function renderEngine(status: PredictorStatus | undefined) {
  if (status === undefined) return { state: "unknown" };
  const { state, reason, workers, restarts } = status;
  return { state, ...(reason !== undefined && { reason }), workers, restarts };
}
