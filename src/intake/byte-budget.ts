import { Problem } from "../contracts/problems.ts";

/** Uploads take well under a second each, so room is likely after one. */
const RETRY_AFTER_S = 1;

/** A share of the budget, held from before the first byte is read until the case is done. */
export interface ByteLease {
  readonly bytes: number;
  /** Growing can be refused; shrinking never is. @throws {Problem} too-many-bytes-in-flight */
  resize(bytes: number): void;
  /** Idempotent; afterwards `resize` does nothing. */
  release(): void;
}

/** The bound on upload bytes held at once by all requests. */
export class ByteBudget {
  readonly #bytesMax: number;
  #reservedBytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get reservedBytes(): number {
    return this.#reservedBytes;
  }

  /** @throws {Problem} too-many-bytes-in-flight */
  reserve(bytes: number): ByteLease {
    this.#take(bytes);
    let held = bytes;
    let isReleased = false;
    const resize = (wanted: number) => {
      if (isReleased) return;
      this.#take(wanted - held);
      held = wanted;
    };
    return {
      get bytes() {
        return held;
      },
      resize,
      release: () => {
        resize(0);
        isReleased = true;
      },
    };
  }

  #take(bytes: number): void {
    if (bytes > 0 && this.#reservedBytes + bytes > this.#bytesMax)
      throw new Problem("too-many-bytes-in-flight", {
        detail: `Uploads of ${this.#reservedBytes} bytes are being held; the bound is ${this.#bytesMax}.`,
        retryAfterS: RETRY_AFTER_S,
      });
    this.#reservedBytes += bytes;
  }
}
