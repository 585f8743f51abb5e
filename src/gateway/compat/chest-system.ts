import { z } from "@hono/zod-openapi";
import { disclaimer, Problem } from "../../contracts/index.ts";
import { version } from "../../platform/index.ts";
import type { Serving } from "../serving.ts";
import { displayName, programme } from "./chest-labels.ts";

export const chestHealthSchema = z
  .strictObject({
    status: z.enum(["healthy", "degraded"]),
    model_loaded: z.boolean(),
    device: z.literal("cpu"),
    version: z.string(),
    reason: z.string().optional(),
    disclaimer: z.string(),
  })
  .openapi("ChestHealth");

export const chestInfoSchema = z
  .strictObject({
    name: z.string(),
    version: z.string(),
    labels: z.array(z.strictObject({ label: z.string(), display: z.string(), class_index: z.int() })),
    endpoints: z.array(z.string()),
    docs: z.string(),
    disclaimer: z.string(),
  })
  .openapi("ChestInfo");

export async function chestHealth(
  serving: Pick<Serving, "warmUp" | "ready">,
): Promise<z.input<typeof chestHealthSchema>> {
  const isLoaded = await serving.warmUp(programme);
  const { ready, reason } = serving.ready();
  return {
    status: ready && isLoaded ? "healthy" : "degraded",
    model_loaded: isLoaded,
    device: "cpu",
    version,
    ...(reason !== undefined && { reason }),
    disclaimer,
  };
}

/** @throws {Problem} programme-unknown */
export function chestInfo({ programmes }: Pick<Serving, "programmes">): z.input<typeof chestInfoSchema> {
  const found = programmes.programmes.get(programme);
  if (found === undefined) throw new Problem("programme-unknown");
  const { title, labels } = found.manifest;
  return {
    name: title,
    version,
    labels: labels.map((label, index) => ({ label, display: displayName(label), class_index: index })),
    endpoints: ["/api/predict", "/api/explain", "/api/health"],
    docs: "/docs",
    disclaimer,
  };
}
