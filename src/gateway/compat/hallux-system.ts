import { z } from "@hono/zod-openapi";
import { disclaimer, type MissingProgramme, Problem, type Programme, type Strategy } from "../../contracts/index.ts";
import { version } from "../../platform/index.ts";
import { evaluationOf } from "../../programmes/index.ts";
import type { Serving } from "../serving.ts";
import { appearanceOf, displayName, programme } from "./hallux-labels.ts";
import {
  halluxEvaluationSchema,
  performanceNumbers,
  performanceTexts,
  renderEvaluation,
} from "./hallux-performance.ts";
import { imageBytesMax } from "./hallux-problem.ts";

/** What is offered here. The source's endpoints for two more models are not: they answered with the same one. */
const endpoints = ["/predict", "/predict_base64", "/health", "/model_info", "/classifications"] as const;

export const halluxInfoSchema = z
  .strictObject({
    name: z.string(),
    version: z.string(),
    endpoints: z.array(z.string()),
    docs: z.string(),
    disclaimer: z.string(),
  })
  .openapi("HalluxInfo");

export const halluxHealthSchema = z
  .strictObject({
    status: z.enum(["healthy", "degraded"]),
    model_loaded: z.boolean(),
    device: z.literal("cpu"),
    timestamp: z.number().openapi({ description: "Seconds since 1970" }),
    version: z.string(),
    api_endpoints: z.array(z.string()),
    reason: z.string().optional(),
    disclaimer: z.string(),
  })
  .openapi("HalluxHealth");

const packSchema = z.strictObject({ reader: z.string(), pack: z.string(), digest: z.string() });

export const halluxModelSchema = z
  .strictObject({
    model_name: z.string(),
    model_type: z.string(),
    classes: z.array(z.string()),
    performance: z
      .record(z.string(), z.string())
      .openapi({ example: { overall_accuracy: "89.8%", hallux_valgus_precision: "n/a" } }),
    device: z.literal("cpu"),
    model_loaded: z.boolean(),
    packs: z.array(packSchema),
    evaluation: halluxEvaluationSchema,
    supported_formats: z.array(z.string()),
    image_bytes_max: z.int(),
    disclaimer: z.string(),
  })
  .openapi("HalluxModel");

const inPercent = z.number().min(0).max(100).nullable();

export const halluxClassesSchema = z
  .strictObject({
    classifications: z.array(
      z.strictObject({
        id: z.int().openapi({ description: "Place among the model's classes, from 0" }),
        name: z.string(),
        description: z.string(),
        icon: z.string(),
        color: z.string(),
        prevalence: z
          .string()
          .nullable()
          .openapi({ description: "The class's share of the images of the evaluation, not of people" }),
        label: z.string(),
        positive: z.boolean(),
      }),
    ),
    model_performance: z.strictObject({
      overall_metrics: z.strictObject({
        accuracy: inPercent,
        precision: inPercent,
        recall: inPercent.openapi({ description: "Mean of the classes" }),
        f1_score: inPercent,
      }),
      per_class_recall: z.record(z.string(), inPercent),
    }),
    evaluation: halluxEvaluationSchema,
    disclaimer: z.string(),
  })
  .openapi("HalluxClasses");

type Deps = Pick<Serving, "programmes" | "warmUp" | "ready" | "clock" | "config">;

/** How the server itself combines its readers. */
const strategy: Strategy = "cascade";

export function halluxInfo(deps: Pick<Serving, "programmes">): z.input<typeof halluxInfoSchema> {
  const { manifest } = declared(deps);
  return { name: manifest.title, version, endpoints: [...endpoints], docs: "/docs", disclaimer };
}

export async function halluxHealth(deps: Deps): Promise<z.input<typeof halluxHealthSchema>> {
  const isLoaded = await deps.warmUp(programme);
  const { ready, reason } = deps.ready();
  return {
    status: ready && isLoaded ? "healthy" : "degraded",
    model_loaded: isLoaded,
    device: "cpu",
    timestamp: deps.clock.wallMs() / 1000,
    version,
    api_endpoints: [...endpoints],
    ...(reason !== undefined && { reason }),
    disclaimer,
  };
}

/** @throws {Problem} programme-unknown */
export async function halluxModel(deps: Deps): Promise<z.input<typeof halluxModelSchema>> {
  const found = declared(deps);
  const evaluation = evaluationOf(found);
  const { accuracy, recall, precision, f1 } = performanceTexts(evaluation, strategy);
  return {
    model_name: "missing" in found ? found.manifest.cascade : found.band.pack,
    model_type: "Cascade of a fast and a fine reader; what stays uncertain goes to a person",
    classes: found.manifest.labels.map(displayName),
    performance: {
      overall_accuracy: accuracy,
      hallux_valgus_recall: recall,
      hallux_valgus_precision: precision,
      hallux_valgus_f1_score: f1,
    },
    device: "cpu",
    model_loaded: await deps.warmUp(programme),
    packs: "missing" in found ? [] : packsOf(found),
    evaluation: renderEvaluation(evaluation, strategy),
    supported_formats: ["png", "jpg", "jpeg", "bmp", "tiff", "tif"],
    image_bytes_max: Math.min(imageBytesMax, deps.config.IMAGE_BYTES_MAX),
    disclaimer,
  };
}

/** @throws {Problem} programme-unknown */
export function halluxClasses(deps: Pick<Serving, "programmes">): z.input<typeof halluxClassesSchema> {
  const found = declared(deps);
  const { labels, positive } = found.manifest;
  const evaluation = evaluationOf(found);
  return {
    classifications: labels.map((label, id) => ({
      id,
      name: displayName(label),
      ...appearanceOf(label),
      prevalence: shareWords(evaluation?.data, label),
      label,
      positive: positive.includes(label),
    })),
    model_performance: performanceNumbers(evaluation, labels),
    evaluation: renderEvaluation(evaluation, strategy),
    disclaimer,
  };
}

/** How common a class is among people nobody here has measured; among the images of the evaluation it is known. */
function shareWords(
  data: { readonly images: number; readonly perLabel: Readonly<Record<string, number>> } | undefined,
  label: string,
): string | null {
  const count = data?.perLabel[label];
  if (data === undefined || count === undefined) return null;
  return `${((100 * count) / data.images).toFixed(1)}% of the ${data.images} images of the evaluation`;
}

/** Also a programme whose packs are absent can be described. */
function declared({ programmes }: Pick<Serving, "programmes">): Programme | MissingProgramme {
  const found = programmes.programmes.get(programme);
  if (found === undefined) throw new Problem("programme-unknown");
  return found;
}

const packsOf = ({ fast, fine, band }: Programme): z.input<typeof packSchema>[] => [
  { reader: "fast", pack: fast.id, digest: fast.digest },
  { reader: "fine", pack: fine.id, digest: fine.digest },
  { reader: "cascade", pack: band.pack, digest: band.digest },
];
