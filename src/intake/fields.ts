import { Problem } from "../contracts/problems.ts";
import { cleanFilename } from "./filename.ts";

export const FIELD_NAME_CHARS_MAX = 100;
export const FIELD_VALUE_BYTES_MAX = 4096;
export const FIELDS_MAX = 200;
/** NUL and halves of surrogate pairs: neither survives a database or a JSON encoder unharmed. */
const unstorable = /[\0\p{Surrogate}]/u;

/**
 * The text fields beside an image. Names are data: they live in a Map, so `__proto__` is a name like any other.
 */
export class FieldSet {
  readonly #values = new Map<string, string>();

  get map(): ReadonlyMap<string, string> {
    return this.#values;
  }

  /** @throws {Problem} field-invalid, body-malformed */
  add(name: string | undefined, value: string): void {
    if (name === undefined || name === "") throw fieldInvalid("", "A field has no name.");
    if (name.length > FIELD_NAME_CHARS_MAX || unstorable.test(name))
      throw fieldInvalid(name, `A field name may have ${FIELD_NAME_CHARS_MAX} characters, none of them NUL or broken.`);
    if (this.#values.has(name)) throw fieldInvalid(name, "The field is there twice.");
    if (this.#values.size >= FIELDS_MAX)
      throw new Problem("body-malformed", { detail: `A request may have at most ${FIELDS_MAX} fields.` });
    if (value.length > FIELD_VALUE_BYTES_MAX) throw fieldTooLong(name);
    if (unstorable.test(value)) throw fieldInvalid(name, "The value holds NUL or half a character.");
    this.#values.set(name, value);
  }

  /** An object without a prototype. */
  toRecord(): Readonly<Record<string, string>> {
    const record: Record<string, string> = Object.create(null);
    for (const [name, value] of this.#values) record[name] = value;
    return record;
  }
}

export const fieldTooLong = (name: string | undefined): Problem =>
  fieldInvalid(name ?? "", `A field value may have at most ${FIELD_VALUE_BYTES_MAX} bytes.`);

function fieldInvalid(name: string, message: string): Problem {
  return new Problem("field-invalid", { detail: message, fields: [{ name: cleanFilename(name) ?? "", message }] });
}
