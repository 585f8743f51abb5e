import { Problem } from "../contracts/problems.ts";
import { imageTooLarge } from "./accept-image.ts";
import type { IntakeLimits } from "./limits.ts";

/** Text decoded, and proved, at a time: bounds the strings that are made on the way. A multiple of four. */
const SLICE_CHARS = 1 << 20;
const DATA_URL_HEAD_CHARS_MAX = 200;
const dataUrlHead = /^data:image\/[a-z0-9.+-]+(?:;[a-z0-9.+-]+=[a-z0-9.+-]+)*;base64,/i;

/** Length of the largest image as base64. */
export const base64BytesMax = ({ imageBytesMax }: IntakeLimits): number => 4 * Math.ceil(imageBytesMax / 3);

/**
 * Strict base64 as RFC 4648 section 4 has it: standard alphabet, full padding, no line breaks, no stray bits in the
 * last character. Node's own decoder skips what it does not know, so each slice is encoded again and compared.
 *
 * @param text ASCII bytes of the base64, or of a data URL of any image type
 * @throws {Problem} base64-invalid, image-missing, image-too-large
 */
export function decodeBase64(text: Buffer, limits: IntakeLimits): Buffer {
  const head = dataUrlHeadOf(text);
  const body = text.subarray(head);
  if (body.length === 0) throw new Problem("image-missing", { detail: "The image is an empty text." });
  if (body.length % 4 !== 0) throw invalid("its length is not a multiple of four, as padded base64 has it");
  const bytes = (body.length / 4) * 3 - paddingOf(body);
  if (bytes > limits.imageBytesMax) throw imageTooLarge(limits);
  const decoded = Buffer.allocUnsafeSlow(bytes);
  let written = 0;
  for (let at = 0; at < body.length; at += SLICE_CHARS) {
    const slice = body.toString("latin1", at, at + SLICE_CHARS);
    const count = decoded.write(slice, written, "base64");
    if (decoded.toString("base64", written, written + count) !== slice) throw invalid(reasonFor(slice));
    written += count;
  }
  if (written !== bytes) throw invalid("it is padded in the middle");
  return decoded;
}

function dataUrlHeadOf(text: Buffer): number {
  if (text.toString("latin1", 0, 5).toLowerCase() !== "data:") return 0;
  const match = dataUrlHead.exec(text.toString("latin1", 0, DATA_URL_HEAD_CHARS_MAX));
  if (match === null) throw invalid("the data URL is not one of an image in base64");
  return match[0].length;
}

const paddingOf = (body: Buffer): number => (body.at(-1) !== 0x3d ? 0 : body.at(-2) !== 0x3d ? 1 : 2);

function reasonFor(slice: string): string {
  if (/\s/.test(slice)) return "it holds spaces or line breaks";
  if (/[-_]/.test(slice)) return "it is in the URL-safe alphabet; the standard one is expected";
  if (/[^A-Za-z0-9+/=]/.test(slice)) return "it holds characters that are not base64";
  return "its end or its padding is wrong";
}

const invalid = (reason: string): Problem =>
  new Problem("base64-invalid", { detail: `The image cannot be read as base64: ${reason}.` });
