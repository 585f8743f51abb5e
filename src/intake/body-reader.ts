import type { Readable } from "node:stream";
import { isProblem, Problem } from "../contracts/problems.ts";
import { contentLength } from "./body-kind.ts";
import type { ByteLease } from "./byte-budget.ts";
import type { Upload } from "./upload.ts";

/** Bodies of unknown length reserve this much at a time. */
const LEASE_STEP_BYTES = 1 << 20;

export interface BodyReaderOptions {
  readonly bytesMax: number;
  /** Made only when it is needed: an error knows where it was made, and that costs. */
  readonly tooLarge: () => Problem;
  readonly signal: AbortSignal;
  /** Grows with the bytes read. */
  readonly lease?: ByteLease;
}

/**
 * Takes a body chunk by chunk, and no chunk before it is asked for. Counts the bytes itself: a declared length is not
 * trusted to be there or to be true.
 *
 * Open, then ended (all was read) or failed (too large, aborted, hung up), for good. The stream is paused, not
 * destroyed, on failure: destroying it would cut the connection before the answer is written.
 */
export class BodyReader {
  readonly #body: Readable;
  readonly #options: BodyReaderOptions;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #isEnded = false;
  #failure: unknown;
  #wake: (() => void) | undefined;

  /** @throws {Problem} `tooLarge` when the declared length already says so */
  constructor({ headers, body }: Upload, options: BodyReaderOptions) {
    this.#body = body;
    this.#options = options;
    if ((contentLength(headers) ?? 0) > options.bytesMax) throw options.tooLarge();
    options.signal.addEventListener("abort", this.#onAbort, { once: true });
    body.on("data", this.#onData).on("end", this.#onEnd).on("close", this.#onClose).on("error", this.#onClose);
    if (body.readableEnded) this.#isEnded = true;
    else if (body.destroyed) this.#fail(hungUp());
    if (options.signal.aborted) this.#onAbort();
  }

  /**
   * @returns undefined at the end
   * @throws {Problem} client-closed-request, `tooLarge`, too-many-bytes-in-flight
   */
  async read(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const chunk = this.#chunks.shift();
      if (chunk !== undefined || this.#isEnded) return chunk;
      await new Promise<void>((wake) => {
        this.#wake = wake;
        this.#body.resume();
      });
    }
  }

  /** Lets go of the body; no byte of it is read any more. Idempotent. */
  close(): void {
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    // The error listener stays: a stream that fails later must not end the process.
    this.#body.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onClose);
    if (!this.#isEnded) this.#body.pause();
    this.#chunks.length = 0;
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#body.pause();
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    this.#bytes += bytes.length;
    const { bytesMax, tooLarge, lease } = this.#options;
    try {
      if (this.#bytes > bytesMax) throw tooLarge();
      if (lease !== undefined && this.#bytes > lease.bytes)
        lease.resize(Math.min(bytesMax, this.#bytes + LEASE_STEP_BYTES));
      this.#chunks.push(bytes);
      this.#wake?.();
    } catch (error) {
      this.#fail(error);
    }
  };

  readonly #onEnd = (): void => {
    this.#isEnded = true;
    this.#wake?.();
  };

  readonly #onClose = (): void => {
    if (!this.#isEnded) this.#fail(hungUp());
  };

  readonly #onAbort = (): void => {
    const { reason } = this.#options.signal;
    this.#fail(isProblem(reason) ? reason : hungUp());
  };

  #fail(failure: unknown): void {
    this.#failure ??= failure;
    this.#chunks.length = 0;
    this.#body.pause();
    this.#wake?.();
  }
}

const hungUp = (): Problem =>
  new Problem("client-closed-request", { detail: "The connection ended before the whole body had arrived." });
