import type { Clock } from "../platform/index.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What a wall clock shows at virtual time 0: 2026-01-01. */
const epochMs = 1_767_225_600_000;

/**
 * A process: it can be killed and started anew, stopped and continued (waking with everything it believed), and its clock
 * starts anywhere and goes its own way.
 */
export class SimProcess {
  readonly name: string;
  readonly #time: VirtualTime;
  readonly #offsetMs: number;
  /** Its ms for one of the real ones. */
  readonly #rate: number;
  readonly #held: (() => void)[] = [];
  /** Rises with each start. */
  run = 0;
  alive = false;
  paused = false;

  constructor(time: VirtualTime, name: string, clock: { readonly offsetMs: number; readonly rate: number }) {
    this.#time = time;
    this.name = name;
    this.#offsetMs = clock.offsetMs;
    this.#rate = clock.rate;
  }

  readonly clock: Clock = {
    now: () => this.now(),
    wallMs: () => epochMs + this.now(),
    timestamp: () => new Date(epochMs + this.now()).toISOString(),
  };

  now(): number {
    return this.#offsetMs + this.#time.now * this.#rate;
  }

  start(): void {
    this.run++;
    this.alive = true;
  }

  /** What it was about to do is never done. */
  kill(): void {
    this.alive = false;
    this.paused = false;
    this.#held.length = 0;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    while (!this.paused && this.#held.length > 0) this.#held.shift()?.();
  }

  /** Something reaches it: done now, or when it goes on, or never. @param run of which life it is meant */
  deliver(act: () => void, run = this.run): void {
    if (!this.alive || this.run !== run) return;
    if (!this.paused) act();
    else
      this.#held.push(() => {
        if (this.alive && this.run === run) act();
      });
  }

  /** A timer by its own clock, which ends with the process. @returns what ends it before */
  after(ms: number, act: () => void): () => void {
    const { run } = this;
    let ended = false;
    this.#time.after(Math.max(0, ms) / this.#rate, () => {
      if (!ended)
        this.deliver(() => {
          if (!ended) act();
        }, run);
    });
    return () => {
      ended = true;
    };
  }

  every(ms: number, act: () => void): () => void {
    let end = (): void => undefined;
    const again = (): void => {
      end = this.after(ms, () => {
        again();
        act();
      });
    };
    again();
    return () => end();
  }
}
