import { Problem } from "../contracts/problems.ts";
import { acceptImage, imageTooLarge } from "./accept-image.ts";
import { type BodyKind, bodyKind, contentLength } from "./body-kind.ts";
import { BodyReader } from "./body-reader.ts";
import type { ByteLease } from "./byte-budget.ts";
import { ByteCollector } from "./byte-collector.ts";
import { FieldSet } from "./fields.ts";
import type { IntakeLimits } from "./limits.ts";
import { type FilePart, type FileSink, MultipartFeed } from "./multipart-feed.ts";
import { jsonBytesMax, readJson } from "./read-json.ts";
import { bodyTooLarge } from "./read-whole.ts";
import type { SingleUpload, Upload, UploadOptions } from "./upload.ts";

/** Room for the fields and headers of a multipart body beside its image. */
export const MULTIPART_FIELDS_BYTES_MAX = 1 << 20;
const defaultJsonFields = ["image", "image_base64"];

export interface SingleUploadOptions extends UploadOptions {
  /** Keys of a JSON body under one of which the image is; default `image` and `image_base64`. */
  readonly jsonFields?: readonly string[];
}

interface ReadUpload {
  readonly bytes: Buffer;
  readonly filename?: string | undefined;
  readonly imageField?: string | undefined;
  readonly fields: FieldSet;
}

/**
 * Reads a request that carries one image: a multipart form, a JSON object with base64, or the bare bytes. The whole
 * body is bounded and counted against the budget before and while it is read.
 *
 * @throws {Problem} body-malformed, body-too-large, json-invalid, base64-invalid, field-invalid, image-missing,
 *   image-repeated, too-many-bytes-in-flight, client-closed-request, and what `acceptImage` throws; the budget is then
 *   already given back
 */
export async function readSingleUpload(
  upload: Upload,
  limits: IntakeLimits,
  options: SingleUploadOptions,
): Promise<SingleUpload> {
  const kind = bodyKind(upload.headers);
  const bytesMax = bodyBytesMax(kind, limits);
  const tooLarge = () => (kind.kind === "raw" ? imageTooLarge(limits) : bodyTooLarge(bytesMax));
  const declaredBytes = contentLength(upload.headers) ?? 0;
  if (declaredBytes > bytesMax) throw tooLarge();
  const lease = options.budget.reserve(declaredBytes);
  try {
    const read = await readBody(upload, { kind, bytesMax, tooLarge, lease, limits, options });
    const image = acceptImage(read.bytes, limits, read.filename);
    lease.resize(image.bytes.length);
    const { imageField } = read;
    const fields = read.fields.toRecord();
    return { image, fields, release: lease.release, ...(imageField !== undefined && { imageField }) };
  } catch (error) {
    lease.release();
    throw error;
  }
}

function bodyBytesMax({ kind }: BodyKind, limits: IntakeLimits): number {
  if (kind === "raw") return limits.imageBytesMax;
  return kind === "json" ? jsonBytesMax(limits) : limits.imageBytesMax + MULTIPART_FIELDS_BYTES_MAX;
}

interface Reading {
  readonly kind: BodyKind;
  readonly bytesMax: number;
  readonly tooLarge: () => Problem;
  readonly lease: ByteLease;
  readonly limits: IntakeLimits;
  readonly options: SingleUploadOptions;
}

async function readBody(upload: Upload, reading: Reading): Promise<ReadUpload> {
  const { kind, limits, options, bytesMax, tooLarge, lease } = reading;
  const body = new BodyReader(upload, { bytesMax, tooLarge, lease, signal: options.signal });
  const collector = new ByteCollector(contentLength(upload.headers));
  try {
    if (kind.kind === "multipart") return await readMultipart(body, collector, kind.boundary, reading);
    for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) collector.add(chunk);
  } finally {
    body.close();
  }
  if (kind.kind === "json") return readJson(collector.take(), options.jsonFields ?? defaultJsonFields, limits);
  if (collector.length === 0) throw new Problem("image-missing", { detail: "The body is empty." });
  return { bytes: collector.take(), fields: new FieldSet() };
}

async function readMultipart(
  body: BodyReader,
  collector: ByteCollector,
  boundary: string,
  { limits, options }: Reading,
): Promise<ReadUpload> {
  const fields = new FieldSet();
  let filename: string | undefined;
  let imageField: string | undefined;
  const { imageFields } = options;
  const onFile = (part: FilePart): FileSink => {
    if (imageField !== undefined) throw new Problem("image-repeated", { detail: "The form holds more than one file." });
    if (part.name === undefined || !imageFields.includes(part.name)) throw imageMissing(imageFields);
    imageField = part.name;
    filename = part.filename;
    return {
      add: (chunk) => collector.add(chunk),
      end: (isTruncated) => {
        if (isTruncated) throw imageTooLarge(limits);
      },
    };
  };
  const onField = (name: string | undefined, value: string) => fields.add(name, value);
  const feed = new MultipartFeed({
    boundary,
    imageFields,
    fileBytesMax: limits.imageBytesMax,
    filesMax: 2,
    onFile,
    onField,
  });
  try {
    for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) await feed.write(chunk);
    await feed.end();
  } finally {
    feed.close();
  }
  if (imageField === undefined) throw imageMissing(imageFields);
  // A form whose file was never chosen has an empty part with an empty name.
  if (collector.length === 0 && !filename) throw imageNotChosen(imageField);
  return { bytes: collector.take(), filename, imageField, fields };
}

export const imageMissing = (imageFields: readonly string[]): Problem =>
  new Problem("image-missing", { detail: `The form needs the image as a file under ${imageFields.join(" or ")}.` });

const imageNotChosen = (imageField: string): Problem =>
  new Problem("image-missing", {
    detail: `No file was chosen for ${imageField}.`,
    fields: [{ name: imageField, message: "no file was chosen" }],
  });
