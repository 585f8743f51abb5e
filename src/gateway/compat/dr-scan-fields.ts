import { z } from "@hono/zod-openapi";
import type { GatewayContext } from "../serving.ts";
import { conflictingInput } from "./dr-problem.ts";
import { type InputPlace, invalidInput, missingInput, parseInput } from "./fastapi-problem.ts";

/** Line breaks and tabs are part of notes; other control characters and halves of characters are not. */
const unstorable = /[^\P{Cc}\n\r\t]|\p{Surrogate}/u;
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !unstorable.test(value), "control characters are not allowed");

/** The visits that the source's text names; its server takes any word. */
export const visitTypes = ["pre-treatment", "follow-up", "post-treatment"] as const;

export const scanFieldsSchema = z.object({
  patient_id: text(64).openapi({ description: "Id of a patient that was created here" }),
  visit_type: text(64).openapi({
    description: `Usually one of ${visitTypes.join(", ")}; others are taken with a warning`,
  }),
  notes: text(2000).optional().openapi({ description: "Stored with the scan, never logged" }),
});
const names = ["patient_id", "visit_type", "notes"] as const;
type FieldName = (typeof names)[number];

export interface ScanFields {
  readonly patientId: string;
  readonly visitType: string;
  readonly notes?: string | undefined;
}

/**
 * What is said beside an image: in the form, as the source's text has it, or in the query, as its server has it. An
 * empty value counts as absent, because HTML forms send it.
 *
 * @throws {Problem} field-invalid
 */
export function readScanFields(c: GatewayContext, form: Readonly<Record<string, string>>): ScanFields {
  const given = new Map<FieldName, string>();
  let place: InputPlace = "query";
  for (const name of names) {
    const inForm = Object.hasOwn(form, name) ? [form[name] as string] : [];
    const values = new Set([...(c.req.queries(name) ?? []), ...inForm].map((value) => value.trim()));
    values.delete("");
    if (values.size > 1) throw conflictingInput(name);
    for (const value of values) given.set(name, value);
    if (inForm.length > 0) place = "body";
  }
  const missing = names.filter((name) => name !== "notes" && !given.has(name));
  if (missing.length > 0) throw invalidInput(missing.map((name) => missingInput("query", name)));
  const read = parseInput(scanFieldsSchema, Object.fromEntries(given), place);
  if (!visitTypes.some((known) => known === read.visit_type.toLowerCase()))
    c.header("X-Warning", `visit_type is none of ${visitTypes.join(", ")}`);
  return { patientId: read.patient_id, visitType: read.visit_type, notes: read.notes };
}
