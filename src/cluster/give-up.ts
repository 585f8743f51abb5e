/**
 * Whether anybody still waits for one attempt. An `AbortSignal` says the same for 10 µs of the processor, and there is one of
 * these for each image.
 */
export class GiveUp {
  #aborted = false;
  #tell: (() => void) | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  /** One listener, told once. */
  onAbort(tell: () => void): void {
    this.#tell = tell;
  }

  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#tell?.();
  }
}
