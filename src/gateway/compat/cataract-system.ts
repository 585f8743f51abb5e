import { z } from "@hono/zod-openapi";
import { disclaimer, type MissingProgramme, type PredictorStatus, type Programme } from "../../contracts/index.ts";
import { statusOf } from "../routes/probes.ts";
import type { Serving } from "../serving.ts";
import { pythonTime } from "./cataract-answer.ts";
import { programme } from "./cataract-models.ts";

const loadedSchema = z.strictObject({ clip: z.boolean(), lgbm: z.boolean(), batch: z.boolean() });

const common = {
  device: z.literal("cpu"),
  models_loaded: loadedSchema,
  ray_initialized: z.boolean().openapi({ description: "The inference engine is ready" }),
  ray_workers_available: z.int().openapi({ description: "Idle worker threads" }),
  timestamp: z.string(),
  disclaimer: z.string(),
};

export const cataractHealthSchema = z
  .strictObject({
    status: z.enum(["ok", "degraded"]),
    system_ready: z.boolean(),
    reason: z.string().optional(),
    ...common,
  })
  .openapi("CataractHealth");

export const cataractSystemSchema = z
  .strictObject({
    system_initialized: z.boolean(),
    ray_worker_types: z.array(z.string()),
    ray_workers_total: z.int(),
    directories: z.record(z.string(), z.string()).openapi({ description: "Names only: paths are nobody's business" }),
    ...common,
  })
  .openapi("CataractSystem");

type Deps = Pick<Serving, "predictor" | "programmes" | "clock" | "ready" | "warmUp">;

export async function cataractHealth(deps: Deps): Promise<z.input<typeof cataractHealthSchema>> {
  const shared = await measure(deps);
  const { ready, reason } = deps.ready();
  const well = ready && shared.models_loaded.batch;
  return {
    status: well ? "ok" : "degraded",
    system_ready: well,
    ...(reason !== undefined && { reason }),
    ...shared,
  };
}

export async function cataractSystem(deps: Deps): Promise<z.input<typeof cataractSystemSchema>> {
  const { workers, ...shared } = await measureWorkers(deps);
  return {
    system_initialized: deps.ready().ready,
    ray_worker_types: ["clip", "lgbm"],
    ray_workers_total: workers,
    directories: { data: "<hidden>", models: "<hidden>" },
    ...shared,
  };
}

async function measure(deps: Deps) {
  const { workers: _, ...shared } = await measureWorkers(deps);
  return shared;
}

async function measureWorkers(deps: Deps) {
  // A server that is not ready says so at once; one that is has its packs loaded before it says which are.
  if (deps.ready().ready) await deps.warmUp(programme).catch(() => false);
  const status = await statusOf(deps);
  const workers = status?.workers ?? 0;
  return {
    workers,
    device: "cpu" as const,
    models_loaded: loaded(status, deps.programmes.programmes.get(programme)),
    ray_initialized: status?.state === "ready",
    ray_workers_available: status === undefined ? 0 : Math.max(0, workers - status.busyWorkers),
    timestamp: pythonTime(deps.clock.timestamp()),
    disclaimer,
  };
}

/** A pack counts as loaded when the engine says that it is warm, not when its file exists. */
function loaded(status: PredictorStatus | undefined, found: Programme | MissingProgramme | undefined) {
  const warm = new Set(status?.packs);
  const installed = found !== undefined && "fine" in found ? found : undefined;
  const clip = installed !== undefined && warm.has(installed.fine.digest);
  const lgbm = installed !== undefined && warm.has(installed.fast.digest);
  return { clip, lgbm, batch: clip && lgbm };
}
