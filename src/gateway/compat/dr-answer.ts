import { z } from "@hono/zod-openapi";
import { type CaseRecord, networkOf, type Preparation, type Programme, type Reading } from "../../contracts/index.ts";
import { modelName } from "../case-headers.ts";
import { pendingOf, pendingShape } from "../pending.ts";
import { pythonTime } from "./cataract-answer.ts";
import { bySeverity, severities, severityOf } from "./dr-severity.ts";

const probability = z.number().min(0).max(1);
const bySeveritySchema = z.object(
  Object.fromEntries(severities.map((severity) => [severity, probability])) as Record<
    (typeof severities)[number],
    typeof probability
  >,
);
const time = z.string().openapi({ description: "UTC without a zone", example: "2026-01-01T10:00:00.000000" });
const link = (description: string) => z.url().nullable().openapi({ description });

/** What the source says of a scan wherever it names one. */
const scanShape = {
  patient_id: z.string(),
  dr_severity: z.enum(severities),
  confidence_score: probability.openapi({ description: "Of `dr_severity`, 0..1" }),
  scan_timestamp: time,
  visit_type: z.string().nullable(),
  image_url: link("Opens without a key, for a short time; null when the image is no longer kept"),
  heatmap_url: link("Opens without a key, for a short time. The map is made when the link is first followed"),
};

/** What we add wherever a scan is shown. */
const addedShape = {
  notes: z.string().nullable(),
  probabilities: bySeveritySchema,
  outcome: z.enum(["negative", "positive", "person"]).openapi({
    description: "`person`: nobody should act on `dr_severity` before a qualified person has looked",
  }),
  requires_review: z.boolean().openapi({ description: "True when a person must decide" }),
  reason: z.string(),
  explanation: z.string(),
  gradability: z.string(),
  ...pendingShape,
  disclaimer: z.string(),
};

/** The source's keys, then ours. None of the source's is ever removed or of another type. */
export const drScanSchema = z
  .strictObject({
    scan_id: z.string(),
    ...scanShape,
    ...addedShape,
    escalated: z.boolean(),
    strategy: z.string(),
    readings: z.array(
      z.strictObject({ reader: z.string(), model: z.string(), digest: z.string(), probabilities: bySeveritySchema }),
    ),
    quality: z.strictObject({ luminance: z.number(), contrast: z.number(), sharpness: z.number() }),
    preprocessing: z
      .array(
        z.strictObject({
          reader: z.string(),
          model: z.string(),
          steps: z.array(z.string()),
          width: z.int(),
          height: z.int(),
        }),
      )
      .openapi({ description: "What was done to the picture before each model saw it" }),
  })
  .openapi("DrScan");

/** One line of a history: the scan's key is `id` here. */
export const drHistorySchema = z
  .array(
    z
      .strictObject({
        id: z.string(),
        ...scanShape,
        ...addedShape,
        model_version: z.string().openapi({ description: "Every model that read the scan" }),
      })
      .openapi("DrHistoryEntry"),
  )
  .openapi("DrHistory");

/** Addresses that only the request can tell. */
export interface ScanLinks {
  readonly imageUrl: string | null;
  readonly heatmapUrl: string | null;
}

export function drScan(record: CaseRecord, programme: Programme, links: ScanLinks): z.input<typeof drScanSchema> {
  const { decision, readings } = record;
  return {
    scan_id: record.id,
    ...scanOf(record, links),
    ...addedOf(record),
    escalated: decision.escalated,
    strategy: decision.strategy,
    readings: readings.map((reading) => ({
      reader: reading.reader,
      model: modelName(reading),
      digest: reading.digest,
      probabilities: bySeverity(reading.probabilities),
    })),
    quality: decision.quality,
    preprocessing: readings.flatMap((reading) => preprocessingOf(reading, programme)),
  };
}

export function drHistoryEntry(record: CaseRecord, links: ScanLinks): z.input<typeof drHistorySchema>[number] {
  return {
    id: record.id,
    ...scanOf(record, links),
    ...addedOf(record),
    model_version: record.readings.map(modelName).join(", "),
  };
}

function scanOf({ decision, ...record }: CaseRecord, { imageUrl, heatmapUrl }: ScanLinks) {
  return {
    patient_id: record.patientId ?? "",
    dr_severity: severityOf(decision.label),
    confidence_score: decision.probability,
    scan_timestamp: pythonTime(record.createdAt),
    visit_type: record.visitType ?? null,
    image_url: imageUrl,
    heatmap_url: heatmapUrl,
  };
}

function addedOf(record: CaseRecord) {
  const { decision, notes, disclaimer } = record;
  return {
    notes: notes ?? null,
    probabilities: bySeverity(decision.probabilities),
    outcome: decision.outcome,
    requires_review: decision.outcome === "person",
    reason: decision.reason,
    explanation: decision.explanation,
    gradability: decision.gradability,
    ...pendingOf(record),
    disclaimer,
  };
}

const discCrop = "crop to the lit disc of the fundus, where one is found";
const preparationWords: Readonly<Record<Preparation, readonly string[]>> = {
  none: [],
  centre: ["crop to the middle 60 % of each side"],
  disc: [discCrop],
  fundus: [discCrop, "equalise the luminance, contrast-limited (CLAHE)"],
};

/** Read from the pack that looked, so that it says what was done and not what is usual; nothing of another pack. */
function preprocessingOf(reading: Reading, { fast, fine }: Programme): z.input<typeof drScanSchema>["preprocessing"] {
  const installed = [fast, fine].find(({ digest }) => digest === reading.digest);
  if (installed === undefined) return [];
  const { input } = networkOf(installed.load);
  const fit = { squash: "squeeze to the input size", cover: "scale the shortest side and cut out the middle" }[
    input.fit
  ];
  const scale = input.type === "float32" ? ["subtract the mean and divide by the deviation of each channel"] : [];
  return [
    {
      reader: reading.reader,
      model: modelName(reading),
      steps: [
        "turn upright (EXIF orientation)",
        ...preparationWords[input.prepare],
        `${fit}, ${input.kernel}`,
        ...scale,
      ],
      width: input.width,
      height: input.height,
    },
  ];
}
