import { z } from "@hono/zod-openapi";
import { Problem } from "../../contracts/index.ts";

/** The source's naming, and ours. */
const names = ["training_consent", "trainingConsent"] as const;

export const consentSchema = z.stringbool().openapi({
  type: "boolean",
  description:
    "Whether the person allows that the image is used for training, which the source did without asking. It is kept with the case; absent, nobody was asked and it may not be used. The image itself is kept for IMAGE_DAYS either way",
});

/** Both names of the field, for a form or a query. */
export const consentFields = { training_consent: consentSchema.optional(), trainingConsent: consentSchema.optional() };

export const consentEchoSchema = z
  .boolean()
  .nullable()
  .openapi({ description: "As it was sent and kept; null: nobody was asked, the image may not be used for training" });

/**
 * @param readers of a form, a query or a JSON body; several are read as one
 * @throws {Problem} field-invalid when one is neither true nor false, or two differ
 */
export function readConsent(...readers: readonly ((name: string) => string | undefined)[]): boolean | undefined {
  const given = readers.flatMap((read) => names.map(read)).filter((value) => value !== undefined && value !== "");
  const parsed = given.map((value) => consentSchema.safeParse(value));
  if (parsed.some(({ success }) => !success)) throw invalid("training_consent must be true or false");
  const consents = new Set(parsed.map(({ data }) => data));
  if (consents.size > 1) throw invalid("training_consent is given twice and differs");
  return [...consents][0];
}

const invalid = (detail: string): Problem =>
  new Problem("field-invalid", { detail, fields: [{ name: names[0], message: detail }] });
