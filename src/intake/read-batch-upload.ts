import { isProblem, Problem } from "../contracts/problems.ts";
import { acceptImage, imageTooLarge } from "./accept-image.ts";
import { bodyKind, malformedBody } from "./body-kind.ts";
import { BodyReader } from "./body-reader.ts";
import type { ByteLease } from "./byte-budget.ts";
import { ByteCollector } from "./byte-collector.ts";
import { FieldSet } from "./fields.ts";
import { cleanFilename } from "./filename.ts";
import type { IntakeLimits } from "./limits.ts";
import { type FilePart, type FileSink, MultipartFeed } from "./multipart-feed.ts";
import { imageMissing } from "./read-single-upload.ts";
import type { BatchItem, BatchUpload, Upload, UploadOptions } from "./upload.ts";

/** Each image in the making reserves this much at a time. */
const LEASE_STEP_BYTES = 1 << 18;

/** A file part on its way to becoming an item. */
interface BatchPart {
  readonly part: FilePart;
  readonly collector: ByteCollector;
  readonly lease: ByteLease;
  state: "growing" | "whole" | "truncated";
}

/**
 * Reads a multipart form of many images, one at a time: nothing is taken from the socket while images that arrived
 * wait to be asked for. (Small images that share a chunk wait together; a chunk is about 64 KB.) A bad image is an
 * item with its problem; a bad form ends the walk.
 *
 * Walking `items` throws {Problem} body-malformed, body-too-large, field-invalid, image-missing (no image at all, or a
 * file under another name), too-many-images, too-many-bytes-in-flight, client-closed-request.
 */
export function readBatchUpload(upload: Upload, limits: IntakeLimits, options: UploadOptions): BatchUpload {
  const fields = new FieldSet();
  return { items: walkItems(upload, limits, options, fields), fields: fields.map };
}

async function* walkItems(
  upload: Upload,
  limits: IntakeLimits,
  options: UploadOptions,
  fields: FieldSet,
): AsyncGenerator<BatchItem, void, undefined> {
  const kind = bodyKind(upload.headers);
  if (kind.kind !== "multipart") throw malformedBody("A batch is sent as multipart/form-data.");
  const parts = new BatchParts(limits, options);
  const body = new BodyReader(upload, {
    bytesMax: limits.batchBytesMax,
    tooLarge: () =>
      new Problem("body-too-large", { detail: `A batch may have at most ${limits.batchBytesMax} bytes.` }),
    signal: options.signal,
  });
  const feed = new MultipartFeed({
    boundary: kind.boundary,
    imageFields: options.imageFields,
    fileBytesMax: limits.imageBytesMax,
    filesMax: limits.batchImagesMax + 1,
    onFile: (part) => parts.begin(part),
    onField: (name, value) => fields.add(name, value),
  });
  try {
    let isWhole = false;
    for (let index = 0; ; ) {
      const ended = parts.shift();
      if (ended !== undefined) yield toItem(index++, ended, limits);
      else if (isWhole) break;
      else isWhole = await readOn(body, feed);
    }
    if (parts.count === 0) throw imageMissing(options.imageFields);
  } finally {
    body.close();
    feed.close();
    parts.release();
  }
}

/** @returns whether the body has ended */
async function readOn(body: BodyReader, feed: MultipartFeed): Promise<boolean> {
  const chunk = await body.read();
  if (chunk === undefined) await feed.end();
  else await feed.write(chunk);
  return chunk === undefined;
}

/** The file parts between the parser and the walk, in the order in which they began; only the last ones grow. */
class BatchParts {
  readonly #limits: IntakeLimits;
  readonly #options: UploadOptions;
  readonly #parts: BatchPart[] = [];
  #count = 0;

  constructor(limits: IntakeLimits, options: UploadOptions) {
    this.#limits = limits;
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  /** The oldest part, once it has ended. */
  shift(): BatchPart | undefined {
    return this.#parts[0]?.state === "growing" ? undefined : this.#parts.shift();
  }

  begin(part: FilePart): FileSink {
    const { imageFields, budget } = this.#options;
    const { batchImagesMax } = this.#limits;
    if (part.name === undefined || !imageFields.includes(part.name)) throw imageMissing(imageFields);
    if (++this.#count > batchImagesMax)
      throw new Problem("too-many-images", { detail: `A batch may have at most ${batchImagesMax} images.` });
    const collector = new ByteCollector();
    const begun: BatchPart = { part, collector, lease: budget.reserve(0), state: "growing" };
    this.#parts.push(begun);
    return {
      add: (chunk) => {
        collector.add(chunk);
        if (collector.length > begun.lease.bytes) begun.lease.resize(collector.length + LEASE_STEP_BYTES);
      },
      end: (isTruncated) => {
        begun.state = isTruncated ? "truncated" : "whole";
      },
    };
  }

  /** Gives back what was never handed out. */
  release(): void {
    for (const { lease } of this.#parts) lease.release();
    this.#parts.length = 0;
  }
}

function toItem(index: number, ended: BatchPart, limits: IntakeLimits): BatchItem {
  const { part, collector, state, lease } = ended;
  const filename = part.filename === undefined ? undefined : cleanFilename(part.filename);
  const named = { index, ...(filename === undefined ? {} : { filename }), release: lease.release };
  try {
    if (state === "truncated") throw imageTooLarge(limits);
    const image = acceptImage(collector.take(), limits, part.filename);
    lease.resize(image.bytes.length);
    return { ...named, image };
  } catch (error) {
    lease.release();
    if (!isProblem(error)) throw error;
    return { ...named, problem: error };
  }
}
