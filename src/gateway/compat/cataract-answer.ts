import { z } from "@hono/zod-openapi";
import type { CaseRecord, Decision, Reading } from "../../contracts/index.ts";
import { modelName } from "../case-headers.ts";
import { pendingOf, pendingShape } from "../pending.ts";
import { consentEchoSchema } from "./cataract-consent.ts";
import { type CataractModel, cataractModels } from "./cataract-models.ts";

const probability = z.number().min(0).max(1);

/** The source's keys, then ours. None of the source's is ever removed or of another type. */
export const cataractAnswerSchema = z
  .strictObject({
    prediction: z.string().openapi({ example: "cataract" }),
    confidence: probability.openapi({ description: "Of the predicted label, 0..1" }),
    probabilities: z.object({ normal: probability, cataract: probability }),
    model_used: z.enum(cataractModels),
    processing_time: z.number().openapi({ description: "Seconds" }),
    ray_worker_id: z.string().openapi({ description: "Stable per worker thread; an ensemble joins two with +" }),
    timestamp: z.string().openapi({ description: "UTC without a zone", example: "2026-01-01T10:00:00.000000" }),
    case_id: z.string(),
    outcome: z.enum(["negative", "positive", "person"]),
    reason: z.string(),
    explanation: z.string(),
    escalated: z.boolean(),
    strategy: z.string(),
    readings: z.array(
      z.strictObject({ reader: z.string(), model: z.string(), probabilities: z.record(z.string(), probability) }),
    ),
    band: z.strictObject({
      pack: z.string(),
      lo: probability,
      hi: probability,
      a: probability,
      b: probability,
      certified: z.boolean(),
      certificate: z.string(),
    }),
    gradability: z.string(),
    quality: z.strictObject({ luminance: z.number(), contrast: z.number(), sharpness: z.number() }),
    training_consent: consentEchoSchema,
    ...pendingShape,
    disclaimer: z.string(),
  })
  .openapi("CataractPrediction");

export function cataractAnswer(
  record: CaseRecord,
  model: CataractModel,
  totalMs: number,
): z.input<typeof cataractAnswerSchema> {
  const { decision } = record;
  return {
    prediction: decision.label,
    confidence: decision.probability,
    probabilities: sourceProbabilities(decision),
    model_used: model,
    processing_time: totalMs / 1000,
    ray_worker_id: workerId(record.readings, model),
    timestamp: pythonTime(record.createdAt),
    case_id: record.id,
    outcome: decision.outcome,
    reason: decision.reason,
    explanation: decision.explanation,
    escalated: decision.escalated,
    strategy: decision.strategy,
    readings: record.readings.map((each) => ({
      reader: each.reader,
      model: modelName(each),
      probabilities: each.probabilities,
    })),
    band: bandSummary(decision),
    gradability: decision.gradability,
    quality: decision.quality,
    training_consent: record.trainingConsent ?? null,
    ...pendingOf(record),
    disclaimer: record.disclaimer,
  };
}

export const sourceProbabilities = ({ probabilities }: Decision): { normal: number; cataract: number } =>
  probabilities as { normal: number; cataract: number };

/** The worker of the reading that the endpoint names; an ensemble read by two joins both, as the source does. */
export function workerId(readings: readonly Reading[], model: CataractModel): string {
  const wanted = { clip: "fine", lgbm: "fast", ensemble: undefined }[model];
  return readings
    .filter(({ reader }) => wanted === undefined || reader === wanted)
    .map(({ worker }) => worker)
    .join("+");
}

/** `2026-01-01T10:00:00.123Z` as Python's `isoformat` writes a naive UTC time. */
export const pythonTime = (timestamp: string): string => timestamp.replace(/Z$/, "000");

function bandSummary({ band }: Decision): z.input<typeof cataractAnswerSchema>["band"] {
  const { pack, lo, hi, a, b, certificate } = band;
  return { pack, lo, hi, a, b, certified: certificate.certified, certificate: certificate.reason };
}
