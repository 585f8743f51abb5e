const FIRST_BYTES = 1 << 16;

/**
 * Puts chunks together. A file in one chunk is not copied; a longer one is copied once as it arrives, so that chunks
 * can be freed at once and no more than the file itself is held.
 */
export class ByteCollector {
  readonly #expectedBytes: number;
  #bytes: Buffer | undefined;
  #length = 0;

  /** @param expectedBytes an upper bound where one is known; memory is only touched as it fills */
  constructor(expectedBytes = 0) {
    this.#expectedBytes = expectedBytes;
  }

  get length(): number {
    return this.#length;
  }

  add(chunk: Buffer): void {
    const length = this.#length + chunk.length;
    if (this.#bytes === undefined) this.#bytes = chunk;
    else {
      // A first chunk has no room behind it, so it is never written to.
      if (length > this.#bytes.length) this.#bytes = this.#grown(this.#bytes, length);
      chunk.copy(this.#bytes, this.#length);
    }
    this.#length = length;
  }

  take(): Buffer {
    return this.#bytes?.subarray(0, this.#length) ?? Buffer.alloc(0);
  }

  #grown(bytes: Buffer, length: number): Buffer {
    const room = length <= this.#expectedBytes ? this.#expectedBytes : Math.max(2 * length, FIRST_BYTES);
    const grown = Buffer.allocUnsafeSlow(room);
    bytes.copy(grown, 0, 0, this.#length);
    return grown;
  }
}
