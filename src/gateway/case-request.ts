import { z } from "@hono/zod-openapi";
import { type CaseSubject, type Lane, Problem, type Strategy, strategies } from "../contracts/index.ts";
import type { JsonObject } from "../intake/index.ts";
import type { GatewayContext } from "./serving.ts";

const deadlineMsMax = 600_000;

/** Control characters, line and paragraph separators, bidi overrides and lone surrogates change what a reader sees. */
const plain = /^[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202A-\u202E\u2066-\u2069]*$/u;
const text = (max: number, about: string) =>
  z
    .string()
    .max(max)
    .refine((value) => plain.test(value), "control characters are not allowed")
    .optional()
    .openapi({ description: `${about}. No control characters` });

/** Optional fields beside an image; an empty one counts as absent, because HTML forms send it. */
export const subjectSchema = z
  .object({
    patientId: text(64, "Your identifier of the person. Stored with the case, never logged"),
    laterality: z.enum(["left", "right", "both", "unknown"]).optional(),
    view: text(64, "Which view of the body part, e.g. external-eye"),
    site: text(64, "Where the image was taken"),
    externalId: text(128, "Your identifier of the examination"),
    visitType: text(64, "Which visit the image belongs to, e.g. pre-treatment, follow-up, post-treatment"),
    notes: text(2000, "Anything that belongs to the image. Stored with the case, never logged"),
    trainingConsent: z.stringbool().optional().openapi({
      type: "boolean",
      description: "Whether the image may be used for training. Absent: it may not",
    }),
  })
  .openapi("CaseSubject");

export const strategySchema = z
  .enum(strategies)
  .openapi({ description: "How the readers are combined. Default: the programme's cascade" });
export const laneSchema = z
  .enum(["interactive", "bulk"])
  .openapi({ description: "`bulk` waits for free workers behind people who wait. Default: interactive" });
export const deadlineSchema = z.coerce.number().int().min(1).max(deadlineMsMax).openapi({
  description: "Milliseconds after which the answer is of no use any more",
  type: "integer",
  minimum: 1,
  maximum: deadlineMsMax,
});
export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "1 to 255 printable ASCII characters without spaces")
  .openapi({
    description:
      "Makes a repeated post harmless: within 24 hours the same key with the same content is answered with the first one's case, with other content it is refused",
  });

/** What a caller may say about one case outside its body. */
export interface CaseWishes {
  readonly strategy?: Strategy;
  readonly lane?: Lane;
  readonly deadlineMs?: number;
  readonly idempotencyKey?: string;
}

/**
 * Reads the query and headers.
 * @throws {Problem} field-invalid, naming every field that is wrong
 */
export function readWishes(c: GatewayContext): CaseWishes {
  const query = c.req.query("strategy");
  const header = c.req.header("x-strategy");
  if (query !== undefined && header !== undefined && query !== header)
    throw invalid([{ name: "strategy", message: "the query and X-Strategy differ" }]);
  const wishes = {
    strategy: readField("strategy", strategySchema, query ?? header),
    lane: readField("X-Lane", laneSchema, c.req.header("x-lane")),
    deadlineMs: readField("X-Deadline-Ms", deadlineSchema, c.req.header("x-deadline-ms")),
    idempotencyKey: readField("Idempotency-Key", idempotencyKeySchema, c.req.header("idempotency-key")),
  };
  const present = Object.entries(wishes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as CaseWishes;
}

/** @throws {Problem} field-invalid */
export function readSubject(fields: Readonly<Record<string, string>>): CaseSubject {
  const known: Record<string, string> = {};
  for (const name of subjectNames) {
    const value = Object.hasOwn(fields, name) ? fields[name]?.trim() : undefined;
    if (value !== undefined && value !== "") known[name] = value;
  }
  const parsed = subjectSchema.safeParse(known);
  if (parsed.success) return parsed.data as CaseSubject;
  throw invalid(parsed.error.issues.map(({ path, message }) => ({ name: path.join("."), message })));
}

const subjectNames: readonly string[] = Object.keys(subjectSchema.shape);

/** @throws {Problem} field-invalid */
export function readField<T>(name: string, schema: z.ZodType<T>, value: string | undefined): T | undefined {
  if (value === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid([{ name, message: parsed.error.issues[0]?.message ?? "not allowed" }]);
}

/** @throws {Problem} field-invalid, naming every field that is wrong */
export function readBody<T>(schema: z.ZodType<T>, body: JsonObject): T {
  // The object has no prototype, which the library takes for no plain object.
  const result = schema.safeParse({ ...body });
  if (result.success) return result.data;
  throw invalid(result.error.issues.map(({ path, message }) => ({ name: path.join(".") || "body", message })));
}

const invalid = (fields: readonly { name: string; message: string }[]): Problem =>
  new Problem("field-invalid", { detail: fields.map(({ name, message }) => `${name}: ${message}`).join("; "), fields });
