import { Problem } from "../contracts/problems.ts";
import { base64BytesMax, decodeBase64 } from "./base64.ts";
import { FieldSet } from "./fields.ts";
import { cutJsonObject, parseJson } from "./json-members.ts";
import type { IntakeLimits } from "./limits.ts";

/** Room for everything in a JSON body but the image. */
const JSON_FIELDS_BYTES_MAX = 65_536;

/** Most bytes a JSON body may have: the largest image as base64, and its fields. */
export const jsonBytesMax = (limits: IntakeLimits): number => base64BytesMax(limits) + JSON_FIELDS_BYTES_MAX;

export interface JsonUpload {
  readonly bytes: Buffer;
  readonly fields: FieldSet;
}

/**
 * `{image: base64 or data URL, ...fields}`. Texts, numbers and booleans become fields; null, objects and arrays are
 * not looked at further.
 *
 * @param imageKeys under one of which the image must be
 * @throws {Problem} json-invalid, image-missing, image-repeated, field-invalid, base64-invalid, image-too-large
 */
export function readJson(body: Buffer, imageKeys: readonly string[], limits: IntakeLimits): JsonUpload {
  const members = cutJsonObject(body);
  const images = members.filter(({ key }) => imageKeys.includes(key));
  const image = images[0];
  if (image === undefined)
    throw new Problem("image-missing", { detail: `The JSON body needs the image under ${imageKeys.join(" or ")}.` });
  if (images.length > 1) throw new Problem("image-repeated", { detail: "The JSON body holds the image twice." });
  if (body.length - image.value.length > JSON_FIELDS_BYTES_MAX)
    throw new Problem("body-too-large", {
      detail: `Beside the image a JSON body may have at most ${JSON_FIELDS_BYTES_MAX} bytes.`,
    });
  const fields = new FieldSet();
  for (const member of members) {
    if (member === image) continue;
    const value = parseJson(member.value);
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      fields.add(member.key, String(value));
  }
  return { bytes: decodeBase64(textOf(image.value), limits), fields };
}

/** The bytes between the quotes; a text with escapes (some writers put `\/`) is unescaped first. */
function textOf(value: Buffer): Buffer {
  if (value[0] !== 0x22) {
    if (parseJson(value) === null) throw new Problem("image-missing", { detail: "The image is null." });
    throw new Problem("field-invalid", { detail: "The image must be a text of base64." });
  }
  return value.includes(0x5c) ? Buffer.from(String(parseJson(value)), "utf8") : value.subarray(1, -1);
}
