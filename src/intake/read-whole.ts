import { Problem } from "../contracts/problems.ts";
import { contentLength } from "./body-kind.ts";
import { BodyReader } from "./body-reader.ts";
import type { ByteLease } from "./byte-budget.ts";
import { ByteCollector } from "./byte-collector.ts";
import type { Upload } from "./upload.ts";

export interface WholeOptions {
  /** Most bytes that the body may have, as it was sent. */
  readonly bytesMax: number;
  /** Aborts when the caller gives up; a `Problem` as its reason is what the reading then rejects with. */
  readonly signal: AbortSignal;
  /** Grown as the body is read; giving it back is the caller's. */
  readonly lease: ByteLease;
}

export const bodyTooLarge = (bytesMax: number): Problem =>
  new Problem("body-too-large", { detail: `The body may have at most ${bytesMax} bytes.` });

/**
 * Reads a body to its end, as it was sent.
 *
 * @throws {Problem} body-malformed, body-too-large, too-many-bytes-in-flight, client-closed-request, and the signal's own
 */
export async function readWhole(upload: Upload, { bytesMax, signal, lease }: WholeOptions): Promise<Buffer> {
  const body = new BodyReader(upload, { bytesMax, tooLarge: () => bodyTooLarge(bytesMax), signal, lease });
  const collector = new ByteCollector(contentLength(upload.headers));
  try {
    for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) collector.add(chunk);
  } finally {
    body.close();
  }
  return collector.take();
}
