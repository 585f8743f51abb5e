import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";
import { Problem } from "../contracts/problems.ts";
import { contentLength, malformedBody } from "./body-kind.ts";
import { BodyReader } from "./body-reader.ts";
import type { ByteLease } from "./byte-budget.ts";
import { ByteCollector } from "./byte-collector.ts";
import type { Upload } from "./upload.ts";

export interface BytesOptions {
  /** Most bytes that the body may have, as it was sent and as it is once inflated. */
  readonly bytesMax: number;
  /** Aborts when the caller gives up; a `Problem` as its reason is what the reading then rejects with. */
  readonly signal: AbortSignal;
  /** Grown as the body is read; giving it back is the caller's. */
  readonly lease: ByteLease;
}

type Inflate = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const inflaters: Readonly<Record<string, Inflate>> = {
  gzip: promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip),
  deflate: promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate),
};

/**
 * Reads a whole body as it is; gzip and deflate are undone, within the same bound.
 *
 * @throws {Problem} body-malformed, body-too-large, too-many-bytes-in-flight, client-closed-request, and the signal's own
 */
export async function readBytes(upload: Upload, { bytesMax, signal, lease }: BytesOptions): Promise<Buffer> {
  const encoding = String(upload.headers["content-encoding"] ?? "identity")
    .trim()
    .toLowerCase();
  const isPlain = encoding === "identity" || encoding === "";
  const undo = Object.hasOwn(inflaters, encoding) ? inflaters[encoding] : undefined;
  if (!isPlain && undo === undefined)
    throw malformedBody("Of content encodings only gzip and deflate are undone here.");
  const tooLarge = new Problem("body-too-large", { detail: `The body may have at most ${bytesMax} bytes.` });
  const body = new BodyReader(upload, { bytesMax, tooLarge, signal, lease });
  const collector = new ByteCollector(contentLength(upload.headers));
  try {
    for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) collector.add(chunk);
  } finally {
    body.close();
  }
  const sent = collector.take();
  if (undo === undefined) return sent;
  // How long it becomes is not known before, so the most is reserved.
  lease.resize(sent.length + bytesMax);
  const inflated = await undo(sent, { maxOutputLength: bytesMax }).catch((error: unknown) => {
    throw isTooLong(error) ? tooLarge : malformedBody(`The body cannot be undone as ${encoding}.`);
  });
  lease.resize(inflated.length);
  return inflated;
}

const isTooLong = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
