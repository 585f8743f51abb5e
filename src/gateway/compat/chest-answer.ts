import { z } from "@hono/zod-openapi";
import type { CaseRecord, Decision, InstalledReader, Programme } from "../../contracts/index.ts";
import { evaluationOf } from "../../programmes/index.ts";
import { modelName } from "../case-headers.ts";
import { isPending, pendingFlag } from "../pending.ts";
import { assessedLabels, displayName, type Finding, operatingPoint, rankedFindings } from "./chest-labels.ts";

const probability = z.number().min(0).max(1);

const predictionSchema = z
  .strictObject({
    label: z.string().openapi({ example: "Pleural_Thickening", description: "As the model's own label list has it" }),
    probability: probability.openapi({ description: "Calibrated, see `calibration`" }),
    display: z.string().openapi({ example: "Pleural Thickening" }),
    class_index: z.int(),
    operating_point: probability,
    positive: z.boolean().openapi({
      description: "A finding called present: at or above its operating point. Never true of the label for no finding",
    }),
    assessed: z.boolean().openapi({ description: "False: too few cases to know how well this label is read" }),
  })
  .openapi("ChestFinding");

const limitsSchema = z.strictObject({
  of: z.literal("any finding"),
  probability: probability.nullable(),
  negative_at_or_below: probability,
  positive_at_or_above: probability,
  pack: z.string(),
  certified: z.boolean(),
  certificate: z.string(),
});

const calibrationSchema = z.strictObject({
  calibrated: z.literal(true),
  note: z.string(),
  readers: z.array(
    z.strictObject({ reader: z.string(), pack: z.string(), method: z.string(), images: z.int(), positives: z.int() }),
  ),
});

const assessmentSchema = z.strictObject({
  note: z.string(),
  assessed: z.array(z.string()),
  not_assessed: z.array(z.string()),
  evaluation: z
    .strictObject({
      sets: z.array(z.string()),
      split: z.string(),
      images: z.int(),
      cases_per_label: z.record(z.string(), z.int()),
    })
    .nullable(),
});

/** What every answer about a case says beside the source's keys. */
export const chestCaseSchema = {
  case_id: z.string(),
  outcome: z.enum(["negative", "positive", "person"]),
  reason: z.string(),
  explanation: z.string(),
  strategy: z.string(),
  escalated: z.boolean(),
  readings: z.array(
    z.strictObject({ reader: z.string(), model: z.string(), probabilities: z.record(z.string(), probability) }),
  ),
  gradability: z.string(),
  ...pendingFlag,
  calibration: calibrationSchema,
  operating_points: z.strictObject({ note: z.string(), finding: probability, case: limitsSchema }),
  assessment: assessmentSchema,
};

export const chestAnswerSchema = z
  .strictObject({
    status: z.literal("success"),
    data: z.strictObject({
      filename: z.string().openapi({ description: "As it was sent; empty where none was" }),
      predictions: z.array(predictionSchema).openapi({ description: "The most probable labels, in falling order" }),
      top_prediction: predictionSchema,
      ...chestCaseSchema,
      heatmap_url: z.string().openapi({ description: "Opens without a key for a short time" }),
    }),
    disclaimer: z.string(),
  })
  .openapi("ChestPrediction");

/** @param top how many labels to name */
export function chestAnswer(
  record: CaseRecord,
  programme: Programme,
  { filename, top, heatmapUrl }: { readonly filename: string; readonly top: number; readonly heatmapUrl: string },
): z.input<typeof chestAnswerSchema> {
  const assessed = assessedLabels(programme, evaluationOf(programme));
  const predictions = rankedFindings(record, programme).map((finding) => render(finding, programme, assessed));
  return {
    status: "success",
    data: {
      filename,
      predictions: predictions.slice(0, top),
      // A record of a case holds at least one label.
      top_prediction: predictions[0] as z.input<typeof predictionSchema>,
      ...renderCase(record, programme),
      heatmap_url: heatmapUrl,
    },
    disclaimer: record.disclaimer,
  };
}

function render(
  { label, probability, classIndex }: Finding,
  { manifest }: Programme,
  assessed: ReadonlySet<string>,
): z.input<typeof predictionSchema> {
  return {
    label,
    probability,
    display: displayName(label),
    class_index: classIndex,
    operating_point: operatingPoint,
    positive: manifest.positive.includes(label) && probability >= operatingPoint,
    assessed: assessed.has(label),
  };
}

/** The added keys of one case, the same on both routes. */
export function renderCase(record: CaseRecord, programme: Programme) {
  const { decision, readings } = record;
  return {
    case_id: record.id,
    outcome: decision.outcome,
    reason: decision.reason,
    explanation: decision.explanation,
    strategy: decision.strategy,
    escalated: decision.escalated,
    readings: readings.map((each) => ({
      reader: each.reader,
      model: modelName(each),
      probabilities: { ...each.probabilities },
    })),
    gradability: decision.gradability,
    pending: isPending(record),
    calibration: calibrationOf(record, programme),
    operating_points: {
      note: "Probabilities are calibrated, so one half means as likely there as not. The outcome of the case follows from the limits on any finding; between them a person decides.",
      finding: operatingPoint,
      case: limitsOf(decision),
    },
    assessment: assessmentOf(programme),
  };
}

/** Only of the packs that read this case: another release may serve by now. */
function calibrationOf({ readings }: CaseRecord, { fast, fine }: Programme): z.input<typeof calibrationSchema> {
  const read = (reader: InstalledReader): boolean => readings.some(({ digest }) => digest === reader.digest);
  return {
    calibrated: true,
    note: "Fitted on images that the reader had not learnt from; of labels that are not assessed nobody could check it. The scores of the source were not probabilities.",
    readers: [fast, fine].filter(read).map(({ id, load, calibration: { method, fittedOn } }) => ({
      reader: load.kind,
      pack: id,
      method,
      images: fittedOn.images,
      positives: fittedOn.positives,
    })),
  };
}

/** The limits that were in force for the reader that the decision rests on. */
function limitsOf({ stage, band, positiveProbability }: Decision): z.input<typeof limitsSchema> {
  const [low, high] = stage === "fast" ? [band.lo, band.hi] : [band.a, band.b];
  return {
    of: "any finding",
    probability: positiveProbability ?? null,
    negative_at_or_below: low,
    positive_at_or_above: high,
    pack: band.pack,
    certified: band.certificate.certified,
    certificate: band.certificate.reason,
  };
}

function assessmentOf(programme: Programme): z.input<typeof assessmentSchema> {
  const evaluation = evaluationOf(programme);
  const { labels } = programme.manifest;
  const known = assessedLabels(programme, evaluation);
  const assessed = labels.filter((label) => known.has(label));
  const unassessed = labels.filter((label) => !known.has(label));
  if (evaluation === undefined)
    return {
      note: "There is no evaluation record of exactly these packs: how well any label is read is not known.",
      assessed,
      not_assessed: unassessed,
      evaluation: null,
    };
  const { sets, split, images, perLabel } = evaluation.data;
  return {
    note: `Measured on ${images} images. Labels that are not assessed had too few cases for a figure: an answer about them carries no weight.`,
    assessed,
    not_assessed: unassessed,
    evaluation: { sets, split, images, cases_per_label: perLabel },
  };
}
