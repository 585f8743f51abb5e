import { z } from "@hono/zod-openapi";
import type { CaseRecord, Decision, EvaluationRecord } from "../../contracts/index.ts";
import { modelName } from "../case-headers.ts";
import { pendingOf, pendingShape } from "../pending.ts";
import { displayName, halluxLabel, percent, percentages } from "./hallux-labels.ts";
import { evaluationFor, halluxEvaluationSchema, performanceTexts, renderEvaluation } from "./hallux-performance.ts";

const inPercent = z.number().min(0).max(100);

const thresholdSchema = z
  .strictObject({
    of: z.literal("any finding"),
    percent: inPercent.nullable().openapi({ description: "That any class but Normal is there" }),
    negative_at_or_below_percent: inPercent,
    positive_at_or_above_percent: inPercent,
    pack: z.string(),
    certified: z.boolean(),
    certificate: z.string(),
  })
  .openapi("HalluxThreshold", {
    description:
      "What the outcome follows from; between both limits a person decides. `hallux_valgus_detected` is true when the outcome is not negative and hallux valgus is the most probable finding",
  });

/** The source's keys, then ours. None of the source's is ever removed or of another type. */
export const halluxAnswerSchema = z
  .strictObject({
    prediction: z.string().openapi({ example: "Hallux Valgus" }),
    confidence: inPercent.openapi({ description: "Of the prediction, calibrated, 0..100 with two decimals" }),
    hallux_valgus_detected: z.boolean(),
    probabilities: z
      .record(z.string(), inPercent)
      .openapi({ example: { Normal: 2.1, Flatfoot: 0.8, "Foot Ulcer": 0.3, "Hallux Valgus": 96.8 } }),
    inference_time: z
      .number()
      .min(0)
      .openapi({ description: "Seconds of decoding and computing, three decimals; waiting is in Server-Timing" }),
    model_info: z.strictObject({
      name: z.string(),
      accuracy: z.string().openapi({ description: "From the evaluation of exactly these packs, or n/a" }),
      hallux_valgus_recall: z.string(),
    }),
    case_id: z.string(),
    outcome: z.enum(["negative", "positive", "person"]),
    reason: z.string(),
    explanation: z.string(),
    escalated: z.boolean(),
    strategy: z.string(),
    threshold: thresholdSchema,
    readings: z.array(
      z.strictObject({ reader: z.string(), model: z.string(), probabilities: z.record(z.string(), inPercent) }),
    ),
    evaluation: halluxEvaluationSchema,
    gradability: z.string(),
    quality: z.strictObject({ luminance: z.number(), contrast: z.number(), sharpness: z.number() }),
    heatmap_url: z.string().openapi({
      description: "An overlay of where the fine reader saw evidence; opens without a key for a short time",
    }),
    ...pendingShape,
    disclaimer: z.string(),
  })
  .openapi("HalluxPrediction");

/** @param evaluation of the packs that serve now; figures are shown only where they are of those that read */
export function halluxAnswer(
  record: CaseRecord,
  evaluation: EvaluationRecord | undefined,
  heatmapUrl: string,
): z.input<typeof halluxAnswerSchema> {
  const { decision, readings } = record;
  const measured = evaluationFor(record, evaluation);
  const { accuracy, recall } = performanceTexts(measured, decision.strategy);
  return {
    prediction: displayName(decision.label),
    confidence: percent(decision.probability),
    hallux_valgus_detected: decision.label === halluxLabel,
    probabilities: percentages(decision.probabilities),
    inference_time: Number((computeMs(record) / 1000).toFixed(3)),
    model_info: { name: nameOf(record), accuracy, hallux_valgus_recall: recall },
    case_id: record.id,
    outcome: decision.outcome,
    reason: decision.reason,
    explanation: decision.explanation,
    escalated: decision.escalated,
    strategy: decision.strategy,
    threshold: thresholdOf(decision),
    readings: readings.map((each) => ({
      reader: each.reader,
      model: modelName(each),
      probabilities: percentages(each.probabilities),
    })),
    evaluation: renderEvaluation(measured, decision.strategy),
    gradability: decision.gradability,
    quality: decision.quality,
    heatmap_url: heatmapUrl,
    ...pendingOf(record),
    disclaimer: record.disclaimer,
  };
}

/** The pack that the answer speaks for: of both readers together, the band that joins them. */
function nameOf({ decision, readings }: CaseRecord): string {
  const { strategy, band } = decision;
  if (strategy === "cascade" || strategy === "mean") return band.pack;
  return readings.find(({ reader }) => reader === strategy)?.pack ?? band.pack;
}

/** Readers that shared one pass decoded once. */
function computeMs({ readings, decision }: CaseRecord): number {
  const passes = decision.strategy === "cascade" ? readings : readings.slice(0, 1);
  return (
    passes.reduce((sum, { timings }) => sum + timings.decodeMs, 0) +
    readings.reduce((sum, { timings }) => sum + timings.computeMs, 0)
  );
}

/** The limits that were in force for the reader that the decision rests on. */
function thresholdOf({ stage, band, positiveProbability }: Decision): z.input<typeof thresholdSchema> {
  const [low, high] = stage === "fast" ? [band.lo, band.hi] : [band.a, band.b];
  return {
    of: "any finding",
    percent: positiveProbability === undefined ? null : percent(positiveProbability),
    negative_at_or_below_percent: percent(low),
    positive_at_or_above_percent: percent(high),
    pack: band.pack,
    certified: band.certificate.certified,
    certificate: band.certificate.reason,
  };
}
