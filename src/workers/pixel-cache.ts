import type { ImageQuality } from "../contracts/image.ts";

interface Held {
  readonly pixels: Uint8Array;
  readonly quality: ImageQuality;
}

/**
 * Decoded pixels of recent images, so that the second reader of a case does not decode it again. Least recently used
 * goes first; bounded in bytes.
 */
export class PixelCache {
  readonly #bytesMax: number;
  readonly #held = new Map<string, Held>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get(key: string): Held | undefined {
    const found = this.#held.get(key);
    if (found !== undefined) {
      this.#held.delete(key);
      this.#held.set(key, found);
    }
    return found;
  }

  put(key: string, held: Held): void {
    const before = this.#held.get(key);
    if (before !== undefined) this.#bytes -= before.pixels.byteLength;
    this.#held.delete(key);
    this.#held.set(key, held);
    this.#bytes += held.pixels.byteLength;
    for (const [oldest, { pixels }] of this.#held) {
      if (this.#bytes <= this.#bytesMax) break;
      this.#held.delete(oldest);
      this.#bytes -= pixels.byteLength;
    }
  }
}
