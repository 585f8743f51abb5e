const failuresMax = 5;
const windowMs = 10_000;
const restMs = 2000;

/** Keeps work away from a node that fails again and again: closed, open for a while, then one probe decides. */
export class Breaker {
  #failures: number[] = [];
  #openedAt: number | undefined;
  #probing = false;

  state(now: number): "closed" | "open" | "half-open" {
    if (this.#openedAt === undefined) return "closed";
    return now - this.#openedAt < restMs ? "open" : "half-open";
  }

  /** Whether something may be sent now. */
  allows(now: number): boolean {
    const state = this.state(now);
    return state === "closed" || (state === "half-open" && !this.#probing);
  }

  sent(now: number): void {
    if (this.state(now) === "half-open") this.#probing = true;
  }

  succeeded(): void {
    this.#failures = [];
    this.#openedAt = undefined;
    this.#probing = false;
  }

  failed(now: number): void {
    this.#failures = [...this.#failures.filter((at) => now - at < windowMs), now].slice(-failuresMax);
    if (this.#probing || this.#failures.length >= failuresMax) this.#openedAt = now;
    this.#probing = false;
  }

  /** What was sent ended without saying anything about the node. */
  undecided(): void {
    this.#probing = false;
  }
}
