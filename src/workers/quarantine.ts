/** Inputs remembered as deadly; the oldest is forgotten first, and costs two engines if it comes back. */
const quarantinedMax = 10_000;

/**
 * Who is to blame when the engine dies. An input that was running becomes a *suspect* and is read alone from then on.
 * A suspect that succeeds is cleared; one that is running alone when the engine dies is *quarantined*. A process
 * killed from outside therefore condemns nobody, unless it is killed during just that run.
 */
export class Quarantine {
  readonly #suspects = new Set<string>();
  readonly #quarantined = new Set<string>();

  isQuarantined(sha256: string): boolean {
    return this.#quarantined.has(sha256);
  }

  isSuspect(sha256: string): boolean {
    return this.#suspects.has(sha256);
  }

  /** @param running hashes of the inputs that were being read when the engine died */
  blame(running: readonly string[]): void {
    const [only] = running;
    if (running.length === 1 && only !== undefined && this.#suspects.delete(only)) {
      this.#quarantined.add(only);
      if (this.#quarantined.size > quarantinedMax)
        this.#quarantined.delete(this.#quarantined.values().next().value as string);
      return;
    }
    for (const sha256 of running) this.#suspects.add(sha256);
  }

  clear(sha256: string): void {
    this.#suspects.delete(sha256);
  }
}
