/** A run may take this many times what runs of its size take, and never less than the floor. */
const hungFactor = 10;
const hungMsMin = 5000;
/** The engine's main thread runs no session, so a second without a heartbeat is already odd. */
const silentMsMax = 5000;
/** Loading and warming takes about 2 s; a start that takes this long hangs. */
const startMsMax = 60_000;
/** When our own process was stopped this long, the engine's silence proves nothing. */
const ownPauseMs = 1000;

interface Run {
  readonly hashes: readonly string[];
  since: number;
  readonly limitMs: number;
}

/** What the supervisor knows of a living engine: when it was last heard, and which inputs it is reading. */
export class RunWatch {
  readonly #runs = new Map<number, Run>();
  #heardAt: number;
  #lookedAt: number;
  readonly #startedAt: number;
  #loadingSince: number | undefined;

  constructor(now: number) {
    this.#startedAt = now;
    this.#heardAt = now;
    this.#lookedAt = now;
  }

  heard(now: number): void {
    this.#heardAt = now;
  }

  /** @param hashes of the inputs in the batch: whom to suspect if the engine dies now */
  started(batch: number, hashes: readonly string[], expectedMs: number, now: number): void {
    this.#runs.set(batch, { hashes, since: now, limitMs: Math.max(hungMsMin, hungFactor * expectedMs) });
  }

  settled(batch: number): void {
    this.#runs.delete(batch);
  }

  /** Packs are loaded by the threads that read: runs wait for them, and that is no fault of theirs. */
  loading(now: number): void {
    this.#loadingSince = now;
  }

  loaded(now: number): void {
    this.#loadingSince = undefined;
    for (const run of this.#runs.values()) run.since = now;
  }

  /** Hashes of the inputs being read, each once. */
  reading(): string[] {
    return [...new Set([...this.#runs.values()].flatMap((run) => run.hashes))];
  }

  /** Why the engine must be ended, or undefined while it is well. */
  complaint(
    now: number,
    ready: boolean,
  ): "a run hangs" | "a load hangs" | "no heartbeat" | "the start hangs" | undefined {
    const paused = now - this.#lookedAt > ownPauseMs;
    this.#lookedAt = now;
    if (paused) {
      this.#heardAt = now;
      for (const run of this.#runs.values()) run.since = now;
    }
    if (!ready) return now - this.#startedAt > startMsMax ? "the start hangs" : undefined;
    if (this.#loadingSince !== undefined) {
      if (now - this.#loadingSince > startMsMax) return "a load hangs";
    } else if ([...this.#runs.values()].some((run) => now - run.since > run.limitMs)) return "a run hangs";
    return now - this.#heardAt > silentMsMax ? "no heartbeat" : undefined;
  }
}
