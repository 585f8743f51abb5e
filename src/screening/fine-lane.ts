import { nextPrice } from "../ensemble/index.ts";
import type { Clock } from "../platform/index.ts";

const secondMs = 1000;

/**
 * How busy this server keeps the fine reader with cases that somebody waits for, and what a second look costs because
 * of that. Time passes when it is asked: it has no timer.
 */
export class FineLane {
  readonly #clock: Clock;
  readonly #slots: () => number;
  #open = 0;
  #price = 0;
  /** Of the second that runs: how much of it the lane was in use, ms. */
  #usedMs = 0;
  #seenAt: number;
  #secondEndsAt: number;

  /** @param slots images that the fine reader reads at the same time, at all engines together */
  constructor(clock: Clock, slots: () => number) {
    this.#clock = clock;
    this.#slots = slots;
    this.#seenAt = clock.now();
    this.#secondEndsAt = this.#seenAt + secondMs;
  }

  /** From 0; a second look that is worth less waits. */
  get price(): number {
    this.#pass();
    return this.#price;
  }

  /** A second look begins. @returns what to call when it has ended, once */
  enter(): () => void {
    this.#pass();
    this.#open++;
    return () => {
      this.#pass();
      this.#open--;
    };
  }

  #pass(): void {
    const now = this.#clock.now();
    // Nothing changes in an idle second at no price: whole hours of them are skipped.
    if (this.#open === 0 && this.#price === 0 && this.#secondEndsAt <= now) {
      this.#usedMs = 0;
      this.#seenAt = now;
      this.#secondEndsAt = now + secondMs;
      return;
    }
    while (this.#secondEndsAt <= now) {
      this.#useUntil(this.#secondEndsAt);
      this.#price = nextPrice(this.#price, this.#usedMs / secondMs);
      this.#usedMs = 0;
      this.#secondEndsAt += secondMs;
    }
    this.#useUntil(now);
  }

  #useUntil(at: number): void {
    this.#usedMs += Math.min(1, this.#open / Math.max(1, this.#slots())) * (at - this.#seenAt);
    this.#seenAt = at;
  }
}
