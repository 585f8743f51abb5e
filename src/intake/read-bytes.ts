import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";
import { malformedBody } from "./body-kind.ts";
import { bodyTooLarge, readWhole, type WholeOptions } from "./read-whole.ts";
import type { Upload } from "./upload.ts";

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
export async function readBytes(upload: Upload, options: WholeOptions): Promise<Buffer> {
  const encoding = String(upload.headers["content-encoding"] ?? "identity")
    .trim()
    .toLowerCase();
  const isPlain = encoding === "identity" || encoding === "";
  const undo = Object.hasOwn(inflaters, encoding) ? inflaters[encoding] : undefined;
  if (!isPlain && undo === undefined)
    throw malformedBody("Of content encodings only gzip and deflate are undone here.");
  const sent = await readWhole(upload, options);
  if (undo === undefined) return sent;
  const { bytesMax, lease } = options;
  // How long it becomes is not known before, so the most is reserved.
  lease.resize(sent.length + bytesMax);
  const inflated = await undo(sent, { maxOutputLength: bytesMax }).catch((error: unknown) => {
    throw isTooLong(error) ? bodyTooLarge(bytesMax) : malformedBody(`The body cannot be undone as ${encoding}.`);
  });
  lease.resize(inflated.length);
  return inflated;
}

const isTooLong = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
