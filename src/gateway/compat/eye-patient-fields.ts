import { z } from "@hono/zod-openapi";
import { notificationTypes, personStatuses } from "../../contracts/index.ts";
import type { JsonObject } from "../../intake/index.ts";
import { camelCase, respell } from "./eye-body.ts";

// What the source's clients may say, under the source's names.

const symptomsMax = 50;
const measurementsMax = 1000;
/** Most rows of one answer. The source bounds nothing; what is beyond is on the next page. */
export const pageMax = 1000;
const skipMax = 1_000_000_000;

/** NUL and halves of characters, which no database takes. */
const unstorable = /[\0\p{Surrogate}]/u;
/** Control characters, line separators and bidi overrides change what a reader of one line sees. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\u202A-\u202E\u2066-\u2069]/u;
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !unstorable.test(value), "NUL and broken characters are not allowed");
const line = (max: number) =>
  z
    .string()
    .min(1, { abort: true })
    .max(max)
    .refine((value) => !unprintable.test(value) && /\S/.test(value), "one line of printable text is expected");

/** Numbers and truth values also as the text that lax clients, and every query, send. */
const lax = <T>(pattern: RegExp, schema: z.ZodType<T>) =>
  z.preprocess((value) => (typeof value === "string" && pattern.test(value) ? Number(value) : value), schema);
const whole = (max: number) =>
  lax(/^\s*[+-]?\d{1,15}(\.0*)?\s*$/, z.int().min(0).max(max)).openapi({ type: "integer" });
const figure = lax(/^\s*[+-]?\d{1,15}(\.\d{1,15})?\s*$/, z.number()).openapi({ type: "number" });

const truths: Readonly<Record<string, boolean>> = {
  ...{ true: true, t: true, "1": true, yes: true, y: true, on: true },
  ...{ false: false, f: false, "0": false, no: false, n: false, off: false },
};
export const truth = z
  .preprocess((value) => {
    // A list that holds a word is no word.
    if (typeof value !== "string" && typeof value !== "number") return value;
    const word = String(value).toLowerCase();
    return Object.hasOwn(truths, word) ? truths[word] : value;
  }, z.boolean())
  .openapi({ type: "boolean" });

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const oculomics = z.preprocess(
  (value) => (isObject(value) ? respell(value, camelCase) : value),
  z.object({
    intraocularPressure: figure,
    cupToDiscRatio: figure,
    rnflThickness: figure,
    vesselDensity: figure,
    history: z
      .array(z.object({ date: text(64), iop: figure, density: figure }))
      .max(measurementsMax)
      .default([]),
  }),
);

/** A list, or one text with commas between. */
const symptoms = z
  .preprocess(
    (value) =>
      typeof value === "string"
        ? value
            .split(/[,;\n]/)
            .map((each) => each.trim())
            .filter((each) => each !== "")
        : value,
    z.array(text(500)).max(symptomsMax),
  )
  .openapi({ type: "array", items: { type: "string" } });

const gender = line(50);
const name = line(100);
const history = text(20_000);
/** Bounded by the body: it may hold a picture. */
const image = z.string().openapi({ description: "A picture as a data URL or in base64, or an address that is kept" });

export const patientDraftSchema = z
  .object({
    name,
    age: whole(150),
    gender,
    symptoms: symptoms.nullish(),
    history: history.nullish(),
    image_url: image.nullish(),
    status: z.enum(personStatuses).nullish().openapi({ description: "Stands until something is known" }),
    oculomics: oculomics.nullish(),
  })
  .openapi("EyePatientDraft");

/** `ai_analysis`, `validation_status` and `workflow_step` are taken and ignored: they move by their own routes only. */
export const patientChangeSchema = z
  .object({
    name: name.optional(),
    age: whole(150).nullable().optional(),
    gender: gender.optional(),
    symptoms: symptoms.nullish(),
    history: history.nullish(),
    image_url: image.nullish(),
    oculomics: oculomics.nullish(),
    appointment_date: z.unknown().optional().openapi({ description: "ISO 8601, or null" }),
    status: z.unknown().optional().openapi({ description: "Ignored: it follows from what is known" }),
  })
  .openapi("EyePatientChange");

const optionalText = z.string().max(100).optional();
const page = (fallback: number) => ({
  skip: whole(skipMax).default(0).openapi({ type: "integer", example: 0 }),
  limit: whole(Number.MAX_SAFE_INTEGER)
    .default(fallback)
    .openapi({ type: "integer", example: fallback, description: `At most ${pageMax} are answered at a time` }),
});
const emptyIsAbsent = (value: unknown) => (value === "" ? undefined : value);

export const patientPageSchema = z.object({
  ...page(100),
  status: z.preprocess(emptyIsAbsent, z.enum(personStatuses).optional()),
  search: optionalText.openapi({ description: "Part of the name" }),
  inline: z.string().optional().openapi({ description: "1: pictures inside, as data URLs" }),
});

export const removalSchema = z.object({ reason: text(500).optional() });

export const notificationPageSchema = z.object({ ...page(50), unread_only: truth.default(false) });

export const notificationDraftSchema = z
  .object({
    patient_id: z.string().min(1).max(64),
    message: line(1000),
    type: z.enum(notificationTypes).default("info"),
  })
  .openapi("EyeNotificationDraft");

export const judgementSchema = z.object({ approved: truth, reason: text(2000).nullish() }).openapi("EyeJudgement");
