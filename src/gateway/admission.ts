import { Problem } from "../contracts/index.ts";
import type { Clock, Config } from "../platform/index.ts";

const openPerWorker = 32;
const openMin = 64;
/** Weight of the newest case against all before it. */
const newestShare = 0.1;
const retryAfterSMax = 30;
/** A body that takes longer to come costs no work meanwhile: its case holds no place until it is there. */
const slowBodyMs = 3000;

/** Of one case, from the head of its request on. */
interface Place {
  /** The body is there. */
  arrived(): void;
  /** The case has ended; idempotent. */
  leave(): void;
}

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

  /** @throws {Problem} queue-full */
  enter(): Place {
    if (this.#open >= this.#openMax)
      throw new Problem("queue-full", {
        detail: `${this.#open} cases are in work; the bound is ${this.#openMax}.`,
        retryAfterS: Math.min(retryAfterSMax, Math.max(1, Math.ceil(this.#caseMs / 1000))),
      });
    let arrivedAt = this.#clock.now();
    let isCounted = true;
    let hasEnded = false;
    const count = (counted: boolean): void => {
      if (counted === isCounted) return;
      isCounted = counted;
      this.#open += counted ? 1 : -1;
    };
    this.#open++;
    const slow = setTimeout(() => count(false), slowBodyMs);
    return {
      arrived: () => {
        clearTimeout(slow);
        arrivedAt = this.#clock.now();
        if (!hasEnded) count(true);
      },
      leave: () => {
        if (hasEnded) return;
        hasEnded = true;
        clearTimeout(slow);
        count(false);
        this.#caseMs += newestShare * (this.#clock.now() - arrivedAt - this.#caseMs);
      },
    };
  }
}
