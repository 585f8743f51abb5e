import { z } from "@hono/zod-openapi";
import {
  imageMediaTypes,
  notificationTypes,
  personStatuses,
  severities,
  validationStatuses,
} from "../contracts/index.ts";

// People and notifications as the native API shows and takes them.

const symptomsMax = 50;
const measurementsMax = 1000;
const pageMax = 200;
const skipMax = 1_000_000;

/** NUL and halves of characters, which no database takes. */
const unstorable = /[\0\p{Surrogate}]/u;
/** Control characters, line separators and bidi overrides change what a reader of one line sees. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\u202A-\u202E\u2066-\u2069]/u;
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !unstorable.test(value), "NUL and broken characters are not allowed");
export const line = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => /\S/.test(value) && !unprintable.test(value), "one line of printable text is expected");

const time = z.iso.datetime({ offset: true }).openapi({ example: "2026-01-01T10:00:00Z" });
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const measures = {
  intraocularPressure: z.number().min(0).max(200).openapi({ description: "mmHg" }),
  cupToDiscRatio: z.number().min(0).max(1),
  rnflThickness: z.number().min(0).max(1000).openapi({ description: "Of the nerve fibre layer, µm" }),
  vesselDensity: z.number().min(0).max(100).openapi({ description: "%" }),
};
const oculomicsDraftSchema = z.strictObject({
  ...measures,
  history: z
    .array(
      z.strictObject({
        date: z.union([z.iso.date(), time]),
        iop: measures.intraocularPressure,
        density: measures.vesselDensity,
      }),
    )
    .max(measurementsMax)
    .default([]),
});
/** Another door may have taken what this one would not: answers promise the shape only. */
const oculomicsSchema = z
  .strictObject({
    intraocularPressure: z.number().openapi({ description: "mmHg" }),
    cupToDiscRatio: z.number(),
    rnflThickness: z.number().openapi({ description: "Of the nerve fibre layer, µm" }),
    vesselDensity: z.number().openapi({ description: "%" }),
    history: z.array(z.strictObject({ date: z.string(), iop: z.number(), density: z.number() })).openapi({
      description: "Earlier measurements: pressure in mmHg, vessel density in %; dates as they were given",
    }),
  })
  .openapi("Oculomics");

const known = {
  name: line(100),
  age: z.int().min(0).max(150).nullable(),
  gender: line(50).nullable(),
  email: line(254).nullable(),
  phone: line(50).nullable(),
  history: text(20_000).nullable().openapi({ description: "What is known of earlier illness" }),
  symptoms: z.array(line(500)).max(symptomsMax),
  oculomics: oculomicsDraftSchema.nullable(),
  /** Its length is bounded by the body's. */
  image: z
    .string()
    .min(1)
    .nullable()
    .openapi({ description: "A picture in base64, or as a data URL; null takes it away" }),
};

export const personDraftSchema = z
  .strictObject({ ...z.object(known).partial().shape, name: known.name })
  .openapi("PersonDraft");
export const personChangeSchema = z
  .strictObject(z.object(known).partial().shape)
  .openapi("PersonChange", { description: "What is absent stays. Status and step follow from what is known" });
export const judgementSchema = z
  .strictObject({ approved: z.boolean(), reason: text(2000).nullable().optional() })
  .openapi("Judgement");
export const appointmentSchema = z.strictObject({ appointmentDate: time }).openapi("Appointment");

export const personSchema = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    age: z.int().nullable(),
    gender: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    history: z.string().nullable(),
    symptoms: z.array(z.string()),
    status: z.enum(personStatuses),
    image: z
      .strictObject({
        sha256: digest,
        mediaType: z.enum(imageMediaTypes),
        bytes: z.int(),
        width: z.int(),
        height: z.int(),
      })
      .nullable(),
    imageUrl: z
      .string()
      .nullable()
      .openapi({ description: "An address that was given in place of a picture: kept, never fetched" }),
    oculomics: oculomicsSchema.nullable(),
    analysis: z
      .strictObject({
        classification: z.string(),
        confidence: z.number().min(0).max(100).openapi({ description: "Of the classification, calibrated, percent" }),
        findings: z.array(z.string()),
        recommendation: z.string(),
        explanation: z.string(),
      })
      .nullable(),
    analysisCase: z.string().nullable().openapi({ description: "Case that the analysis rests on" }),
    severity: z.enum(severities).nullable(),
    model: z.string().nullable(),
    validation: z
      .strictObject({
        status: z.enum(validationStatuses),
        by: z.string(),
        at: time,
        caseId: z.string().nullable(),
        reason: z.string().nullable(),
      })
      .nullable(),
    appointmentDate: time.nullable(),
    workflowStep: z.int().min(1).max(4).openapi({ description: "1 analysis, 2 validation, 3 scheduling, 4 complete" }),
    admittedAt: time,
    createdAt: time,
    updatedAt: time,
    version: z.int(),
    links: z.strictObject({ self: z.string(), cases: z.string(), image: z.string().nullable() }),
    disclaimer: z.string(),
  })
  .openapi("Person");
export type PersonAnswer = z.output<typeof personSchema>;

const total = z.int().openapi({ description: "All that fit, also those on other pages" });
export const personListSchema = z
  .strictObject({ persons: z.array(personSchema), total, disclaimer: z.string() })
  .openapi("PersonList");
export const notificationSchema = z
  .strictObject({
    id: z.uuid(),
    personId: z.string().nullable(),
    message: z.string(),
    at: time,
    read: z.boolean(),
    type: z.enum(notificationTypes),
  })
  .openapi("Notification");
export type NotificationAnswer = z.output<typeof notificationSchema>;
export const notificationListSchema = z
  .strictObject({
    notifications: z.array(notificationSchema),
    unread: z.int().openapi({ description: "All that nobody has read, also those on other pages" }),
    disclaimer: z.string(),
  })
  .openapi("NotificationList");
export const unreadSchema = z.strictObject({ unread: z.int() });

const limit = z.coerce.number().int().min(1).max(pageMax).openapi({ type: "integer", example: 50 });
const skip = z.coerce.number().int().min(0).max(skipMax).openapi({ type: "integer", example: 0 });
const page = { skip: skip.optional(), limit: limit.optional() };
export const personPageQuery = {
  search: z.string().max(100).optional().openapi({ description: "Part of the name, any case" }),
  status: z.enum(personStatuses).optional(),
  ...page,
};
export const personCasesQuery = { limit: page.limit, cursor: z.string().max(64).optional() };
export const notificationPageQuery = {
  unreadOnly: z.stringbool().optional().openapi({ type: "boolean" }),
  personId: z.uuid().optional(),
  ...page,
};
