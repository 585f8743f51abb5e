import { z } from "@hono/zod-openapi";
import { disclaimer } from "../../contracts/index.ts";
import { eyeProgramme } from "../../persons/index.ts";
import { version } from "../../platform/index.ts";
import type { GatewayContext, Serving } from "../serving.ts";

const name = "Ophth-AI";

export const eyeHealthSchema = z
  .strictObject({
    status: z.enum(["healthy", "unhealthy"]),
    version: z.string(),
    model_loaded: z.boolean(),
    reason: z.string().optional(),
    disclaimer: z.string(),
  })
  .openapi("EyeHealth");

export const eyeInfoSchema = z
  .strictObject({
    name: z.string(),
    version: z.string(),
    status: z.string(),
    docs: z.string(),
    endpoints: z.record(z.string(), z.string()),
    disclaimer: z.string(),
  })
  .openapi("EyeInfo");

export async function eyeHealth(serving: Serving, c: GatewayContext): Promise<Response> {
  const loaded = await serving.warmUp(eyeProgramme);
  const { ready, reason } = serving.ready();
  const health: z.input<typeof eyeHealthSchema> = {
    status: ready ? "healthy" : "unhealthy",
    version,
    model_loaded: loaded,
    ...(reason !== undefined && { reason }),
    disclaimer,
  };
  return c.json(health);
}

export function eyeInfo(serving: Pick<Serving, "draining">, c: GatewayContext): Response {
  const info: z.input<typeof eyeInfoSchema> = {
    name,
    version,
    status: serving.draining() ? "stopping" : "running",
    docs: "/docs",
    endpoints: {
      patients: "/api/patients",
      notifications: "/api/notifications",
      ai: "/api/ai",
      docs: "/docs",
    },
    disclaimer,
  };
  return c.json(info);
}
