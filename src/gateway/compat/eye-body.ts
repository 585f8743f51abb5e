import { Problem } from "../../contracts/index.ts";
import { acceptBase64, type ByteLease, base64BytesMax, type JsonObject } from "../../intake/index.ts";
import type { PersonDraft } from "../../persons/index.ts";
import type { GatewayContext, Serving } from "../serving.ts";
import { receiveJson } from "../upload.ts";
import { type InputPlace, invalidInput } from "./fastapi-problem.ts";

/** A person's fields: a history of illness may be some pages. */
export const fieldBytesMax = 128 * 1024;

/** Fields, and a picture in base64 among them. */
export const picturedBytesMax = ({ limits }: Pick<Serving, "limits">): number => base64BytesMax(limits) + fieldBytesMax;

/**
 * The JSON body with its keys as the source writes them; camelCase, as its answers are written, is taken as well.
 * @throws {Problem} as `readJsonObject`; field-invalid where a field is there in both spellings
 */
export async function readBody(
  serving: Pick<Serving, "budget">,
  c: GatewayContext,
  options: { readonly bytesMax: number; readonly lease?: ByteLease },
): Promise<JsonObject> {
  return respell(await receiveJson(serving, c, options), snakeCase);
}

const snakeCase = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
export const camelCase = (key: string): string =>
  key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** @throws {Problem} field-invalid */
export function respell(object: JsonObject, spell: (key: string) => string): JsonObject {
  const spelt: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(object)) {
    const name = spell(key);
    if (Object.hasOwn(spelt, name))
      throw invalidInput([{ type: "value_error", loc: ["body", name], msg: "The field is there twice", input: null }]);
    spelt[name] = value;
  }
  return spelt;
}

const urlCharsMax = 2048;
const webAddress = /^https?:\/\/[^\s\p{Cc}]+$/iu;

/**
 * A picture as a data URL or in bare base64; an address on the web is kept as it is and never fetched.
 * @throws {Problem} field-invalid, base64-invalid, and what `acceptImage` throws
 */
export function readPicture(text: string | null, { limits }: Pick<Serving, "limits">): PersonDraft["picture"] {
  if (text === null || text === "") return null;
  if (!/^https?:/i.test(text)) return { image: acceptBase64(text, limits) };
  if (text.length <= urlCharsMax && webAddress.test(text)) return { url: text };
  throw new Problem("field-invalid", {
    fields: [{ name: "image_url", message: `An address may have ${urlCharsMax} characters and no spaces` }],
  });
}

/** The source has no year 0 and no hour 24, and cannot read back a time that has. */
const iso =
  /^((?!0000)\d{4}-\d{2}-\d{2})(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * A date, or a date and a time, as ISO 8601 writes them.
 * @throws {Problem} field-invalid
 */
export function readDate(value: unknown, place: InputPlace, name: string): string {
  if (typeof value === "string" && isDate(value)) return value;
  const msg = "Input should be a valid datetime or date";
  const input = typeof value === "string" && value.length <= 64 ? value : null;
  throw invalidInput([{ type: "datetime_parsing", loc: [place, name], msg, input }]);
}

function isDate(text: string): boolean {
  const [, day = "", minutes = "00:00", seconds = "00", , zone = "Z"] = iso.exec(text) ?? [];
  const midnight = new Date(`${day}T00:00:00Z`);
  // A day that the month does not have would be read as one of the next month.
  const isDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
  return isDay && day !== "" && !Number.isNaN(new Date(`${day}T${minutes}:${seconds}${zone}`).getTime());
}

/** A date that was given, as the source answers: UTC without a zone, to the second where nothing finer was said. */
export function zonelessDate(text: string): string {
  const [, day, minutes = "00:00", seconds = "00", fraction, zone] = iso.exec(text) ?? [];
  if (day === undefined) return text;
  const local = `${day}T${minutes}:${seconds}`;
  const utc = zone === undefined ? local : new Date(`${local}${zone}`).toISOString().slice(0, 19);
  return fraction === undefined ? utc : `${utc}.${fraction.slice(0, 6).padEnd(6, "0")}`;
}
