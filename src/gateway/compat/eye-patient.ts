import { z } from "@hono/zod-openapi";
import {
  disclaimer,
  notificationTypes,
  type Oculomics,
  type Person,
  personStatuses,
  severities,
  validationStatuses,
} from "../../contracts/index.ts";
import { pendingShape } from "../pending.ts";
import { imageUrl } from "../public-links.ts";
import type { GatewayContext, Serving } from "../serving.ts";
import { pythonTime } from "./cataract-answer.ts";
import { zonelessDate } from "./eye-body.ts";
import { mountOf } from "./profile.ts";

const percent = z.number().min(0).max(100);
const time = z.string().openapi({ description: "UTC without a zone", example: "2026-01-01T10:00:00.000000" });

const oculomicsSchema = z.strictObject({
  intraocularPressure: z.number().openapi({ description: "mmHg" }),
  cupToDiscRatio: z.number(),
  rnflThickness: z.number().openapi({ description: "µm" }),
  vesselDensity: z.number().openapi({ description: "%" }),
  history: z.array(z.strictObject({ date: z.string(), iop: z.number(), density: z.number() })),
});

const analysisFields = {
  classification: z.string(),
  confidence: percent.openapi({ description: "Of the classification, calibrated, 0..100" }),
  findings: z.array(z.string()),
  recommendation: z.string(),
  explanation: z.string(),
};

/** The source's keys, then ours. */
export const eyePatientSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    age: z.int().nullable().openapi({ description: "Null only for a person whom another source system admitted" }),
    gender: z.string(),
    admissionDate: time,
    symptoms: z.array(z.string()),
    status: z.enum(personStatuses),
    imageUrl: z.string().nullable().openapi({ description: "A link that needs no key, for a short time" }),
    history: z.string(),
    oculomics: oculomicsSchema.nullable(),
    aiAnalysis: z.strictObject(analysisFields).nullable(),
    validationStatus: z.enum(validationStatuses).nullable(),
    appointmentDate: z.string().nullable(),
    workflowStep: z.int().min(1).max(4),
    caseId: z.string().nullable(),
    model: z.string().nullable(),
    severity: z.enum(severities).nullable(),
    validation: z
      .strictObject({ by: z.string(), at: time, caseId: z.string().nullable(), reason: z.string().nullable() })
      .nullable(),
    disclaimer: z.string(),
  })
  .openapi("EyePatient");

export const eyeAnalysisSchema = z
  .strictObject({
    ...analysisFields,
    caseId: z.string(),
    model: z.string(),
    severity: z.enum(severities),
    outcome: z.enum(["negative", "positive", "person"]),
    ...pendingShape,
    disclaimer: z.string(),
  })
  .openapi("EyeAnalysis");

export const eyeNotificationSchema = z
  .strictObject({
    id: z.string(),
    patientId: z.string().nullable(),
    message: z.string(),
    timestamp: time,
    read: z.boolean(),
    type: z.enum(notificationTypes),
  })
  .openapi("EyeNotification");

/** Most picture bytes that one answer carries inside; those beyond come as links. */
const inlineBytesMax = 32 * 1024 * 1024;

export const imagePath = (id: string): `/${string}` => `${mountOf("eye")}/api/patients/${id}/image`;

/** People as the source's clients see them; with `inline=1` their pictures are inside, as that source has them. */
export async function renderPatients(
  serving: Serving,
  c: GatewayContext,
  persons: readonly Person[],
): Promise<z.output<typeof eyePatientSchema>[]> {
  let left = c.req.query("inline") === "1" ? inlineBytesMax : 0;
  const rendered: z.output<typeof eyePatientSchema>[] = [];
  for (const person of persons) {
    const inside = person.image !== null && person.image.bytes <= left ? person.image : undefined;
    const bytes = inside && (await serving.objects.getObject(inside.sha256));
    left -= bytes?.length ?? 0;
    const picture =
      inside !== undefined && bytes !== undefined
        ? `data:${inside.mediaType};base64,${Buffer.from(bytes).toString("base64")}`
        : await addressOf(serving, c, person);
    rendered.push(patientOf(person, picture));
  }
  return rendered;
}

const addressOf = async (serving: Serving, c: GatewayContext, { id, image, imageUrl: given }: Person) =>
  image === null ? given : imageUrl(serving, c, image, imagePath(id));

function patientOf(person: Person, picture: string | null): z.output<typeof eyePatientSchema> {
  const { validation, appointmentDate } = person;
  return {
    id: person.id,
    name: person.name,
    age: person.age,
    gender: person.gender ?? "Unknown",
    admissionDate: pythonTime(person.admittedAt),
    symptoms: [...person.symptoms],
    status: person.status,
    imageUrl: picture,
    history: person.history ?? "",
    oculomics: person.oculomics === null ? null : oculomicsOf(person.oculomics),
    aiAnalysis: person.analysis === null ? null : { ...person.analysis, findings: [...person.analysis.findings] },
    validationStatus: validation?.status ?? null,
    appointmentDate: appointmentDate === null ? null : zonelessDate(appointmentDate),
    workflowStep: person.workflowStep,
    caseId: person.analysisCase,
    model: person.model ?? null,
    severity: person.severity ?? null,
    validation:
      validation === null
        ? null
        : { by: validation.by, at: pythonTime(validation.at), caseId: validation.caseId, reason: validation.reason },
    disclaimer,
  };
}

const oculomicsOf = (measured: Oculomics): z.output<typeof oculomicsSchema> => ({
  ...measured,
  history: measured.history.map((each) => ({ ...each })),
});
