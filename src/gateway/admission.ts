import { Problem } from "../contracts/index.ts";
import type { Clock, Config } from "../platform/index.ts";

const openPerWorker = 32;
const openMin = 64;
/** Weight of the newest case against all before it. */
const newestShare = 0.1;
const retryAfterSMax = 30;

/** OPEN_CASES_MAX, or what stands for it: enough to keep every worker busy through a burst. */
export function openCasesMax({
  OPEN_CASES_MAX: wanted,
  WORKERS: workers,
  NATS_URL: nats,
  QUEUE_ITEMS_MAX: queue,
}: Pick<Config, "OPEN_CASES_MAX" | "WORKERS" | "NATS_URL" | "QUEUE_ITEMS_MAX">): number {
  if (wanted > 0) return wanted;
  // How much the nodes can read is not known here.
  return nats === undefined ? Math.max(openMin, openPerWorker * workers) : Math.max(openMin, queue);
}

/**
 * The bound on cases in work at once, from the head of a request to its answer. What is beyond it is refused while its
 * body is still unread: to take a picture apart costs as much as to read it, so a server that first takes in what it
 * will refuse does little else under load, and afterwards works off requests whose callers have long gone.
 */
export class Admission {
  readonly #openMax: number;
  readonly #clock: Clock;
  #open = 0;
  #caseMs = 0;

  constructor(openMax: number, clock: Clock) {
    this.#openMax = openMax;
    this.#clock = clock;
  }

  /**
   * @returns what to call when the case has ended; idempotent
   * @throws {Problem} queue-full
   */
  enter(): () => void {
    if (this.#open >= this.#openMax)
      throw new Problem("queue-full", {
        detail: `${this.#open} cases are in work; the bound is ${this.#openMax}.`,
        retryAfterS: Math.min(retryAfterSMax, Math.max(1, Math.ceil(this.#caseMs / 1000))),
      });
    const enteredAt = this.#clock.now();
    let isOpen = true;
    this.#open++;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#open--;
      this.#caseMs += newestShare * (this.#clock.now() - enteredAt - this.#caseMs);
    };
  }
}
