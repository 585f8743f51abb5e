import { z } from "@hono/zod-openapi";
import { type CaseRecord, disclaimer, type Problem } from "../../contracts/index.ts";
import type { Clock } from "../../platform/index.ts";
import { modelName } from "../case-headers.ts";
import { pythonTime, sourceProbabilities, workerId } from "./cataract-answer.ts";
import { consentEchoSchema } from "./cataract-consent.ts";
import { type CataractModel, cataractModels } from "./cataract-models.ts";
import type { KeptResults } from "./cataract-results.ts";

const probability = z.number().min(0).max(1);
const itemSchema = z.strictObject({
  index: z.int().openapi({ description: "Place in the upload, from 0" }),
  filename: z.string().nullable(),
  status: z.enum(["ok", "error"]),
  error: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
  class: z.int().nullable().openapi({ description: "1: cataract, 0: normal; null where there is an error" }),
  class_name: z.string().nullable(),
  confidence: probability.nullable(),
  probabilities: z.object({ normal: probability, cataract: probability }).nullable(),
  ray_worker_id: z.string().nullable(),
  case_id: z.string().nullable(),
  outcome: z.enum(["negative", "positive", "person"]).nullable(),
  reason: z.string().nullable(),
});
type Item = z.input<typeof itemSchema>;

export const cataractBatchSchema = z
  .strictObject({
    total_images: z.int(),
    predictions: z.array(itemSchema),
    summary: z
      .strictObject({
        total_images: z.int(),
        cataract_predictions: z.int(),
        normal_predictions: z.int(),
        cataract_percentage: z.number(),
        normal_percentage: z.number(),
        avg_confidence: probability,
        throughput: z.number().openapi({ description: "Images per second" }),
        failed: z.int(),
        needs_person: z.int().openapi({
          description:
            "Of the good images: those that nobody may take for normal or cataract before a person has looked",
        }),
      })
      .openapi({ description: "Counts good images only; `failed` counts the others" }),
    processing_time: z.number().openapi({ description: "Seconds" }),
    model_used: z.enum(cataractModels),
    strategy: z.string(),
    timestamp: z.string(),
    ray_workers_used: z.int(),
    training_consent: consentEchoSchema,
    results_id: z.string().nullable().openapi({
      description: "Of the kept copy of this answer; null unless `save_results` asked for one and it could be kept",
    }),
    results_url: z.string().nullable().openapi({
      description: "Opens the copy without a key for LINK_SECONDS; with a key it opens for RESULTS_DAYS",
    }),
    disclaimer: z.string(),
  })
  .openapi("CataractBatch");

/** What is kept of one image: never its bytes. */
export interface BatchResult {
  readonly index: number;
  readonly filename?: string;
  readonly problem?: Problem;
  readonly item?: Omit<Item, "index" | "filename" | "status" | "error">;
  readonly models?: readonly string[];
  readonly workers?: readonly string[];
}

export function resultOf(record: CaseRecord, model: CataractModel): Pick<BatchResult, "item" | "models" | "workers"> {
  const { decision, readings } = record;
  return {
    models: readings.map(modelName),
    workers: readings.map(({ worker }) => worker),
    item: {
      class: decision.label === "cataract" ? 1 : 0,
      class_name: decision.label,
      confidence: decision.probability,
      probabilities: sourceProbabilities(decision),
      ray_worker_id: workerId(readings, model),
      case_id: record.id,
      outcome: decision.outcome,
      reason: decision.reason,
    },
  };
}

const nothing: NonNullable<BatchResult["item"]> = {
  class: null,
  class_name: null,
  confidence: null,
  probabilities: null,
  ray_worker_id: null,
  case_id: null,
  outcome: null,
  reason: null,
};

export interface BatchFrame {
  readonly model: CataractModel;
  readonly strategy: string;
  readonly consent: boolean | undefined;
  readonly clock: Clock;
  readonly startedAt: number;
}

/** The answer but for where a copy of it is kept. */
export function renderBatch(
  results: readonly BatchResult[],
  frame: BatchFrame,
): Omit<z.input<typeof cataractBatchSchema>, keyof KeptResults> {
  const seconds = (frame.clock.now() - frame.startedAt) / 1000;
  return {
    total_images: results.length,
    predictions: results.map(renderItem),
    summary: summarise(results, seconds),
    processing_time: seconds,
    model_used: frame.model,
    strategy: frame.strategy,
    timestamp: pythonTime(frame.clock.timestamp()),
    ray_workers_used: new Set(results.flatMap(({ workers }) => workers ?? [])).size,
    training_consent: frame.consent ?? null,
    disclaimer,
  };
}

function renderItem({ index, filename, problem, item }: BatchResult): Item {
  const error = problem && { code: problem.code, detail: problem.detail ?? problem.spec.title };
  return {
    index,
    filename: filename ?? null,
    status: error === undefined ? "ok" : "error",
    error: error ?? null,
    ...(item ?? nothing),
  };
}

/** Every ratio is 0 where there is nothing to divide by: the source divided by zero. */
function summarise(results: readonly BatchResult[], seconds: number) {
  const good = results.flatMap(({ item }) => item ?? []);
  const cataract = good.filter((item) => item.class === 1).length;
  const percentage = (count: number) => (good.length === 0 ? 0 : (100 * count) / good.length);
  const confidence = good.reduce((sum, item) => sum + (item.confidence ?? 0), 0);
  return {
    total_images: good.length,
    cataract_predictions: cataract,
    normal_predictions: good.length - cataract,
    cataract_percentage: percentage(cataract),
    normal_percentage: percentage(good.length - cataract),
    avg_confidence: good.length === 0 ? 0 : confidence / good.length,
    throughput: seconds > 0 ? good.length / seconds : 0,
    failed: results.length - good.length,
    needs_person: good.filter((item) => item.outcome === "person").length,
  };
}
