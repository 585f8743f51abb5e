import type { ImageMediaType } from "../contracts/image.ts";
import { Problem } from "../contracts/problems.ts";
import { bmpHeaderSizes } from "./containers/bmp.ts";

const startsWith = (bytes: Buffer, text: string, at = 0): boolean =>
  bytes.toString("latin1", at, at + text.length) === text;

/** Said to the caller only, so that "unsupported" is not a riddle; it never lets anything in. */
const refusedKinds: readonly (readonly [name: string, text: string, at?: number])[] = [
  ["a GIF", "GIF8"],
  ["a PDF", "%PDF"],
  ["an SVG or XML file", "<"],
  ["a gzip archive", "\x1f\x8b"],
  ["a ZIP archive", "PK"],
  ["a DICOM file", "DICM", 128],
  ["an HEIF or AVIF file", "ftyp", 4],
  ["a FITS file", "SIMPLE"],
  ["a JPEG 2000 file", "\0\0\0\x0cjP"],
  ["a JPEG XL file", "\xff\x0a"],
];

/**
 * The kind of an image by its first bytes alone: names and declared types are wrong too often to count.
 * @throws {Problem} image-type-unsupported; image-malformed when there are no bytes at all
 */
export function sniff(bytes: Buffer): ImageMediaType {
  if (bytes.length === 0) throw new Problem("image-malformed", { detail: "The image file is empty." });
  if (startsWith(bytes, "\xff\xd8\xff")) return "image/jpeg";
  if (startsWith(bytes, "\x89PNG\r\n\x1a\n")) return "image/png";
  if (startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8)) return "image/webp";
  if (startsWith(bytes, "II*\0") || startsWith(bytes, "MM\0*")) return "image/tiff";
  // "BM" alone begins many words; the size of the second header is one of six.
  if (startsWith(bytes, "BM") && bytes.length >= 18 && bmpHeaderSizes.includes(bytes.readUInt32LE(14)))
    return "image/bmp";
  const refused = refusedKinds.find(([, text, at]) => startsWith(bytes, text, at));
  const looksLike = refused === undefined ? "" : ` They look like ${refused[0]}.`;
  throw new Problem("image-type-unsupported", {
    detail: `The first bytes are not those of a JPEG, PNG, WebP, TIFF or BMP image.${looksLike}`,
  });
}
