import { randomUUID } from "node:crypto";
import { type InputNews, type InputWord, Problem } from "../contracts/index.ts";

/** Inputs remembered as deadly; the oldest is forgotten first, and costs two engines if it comes back. */
const quarantinedMax = 10_000;
/** Those that are neither condemned nor cleared, because nobody sends them any more. */
const suspectsMax = 10_000;

interface Suspicion {
  /** Whether a process of our own ended with it. */
  readonly own: "no" | "among-others" | "alone";
  /** Name of another engine that lost one: the first by name. */
  readonly by?: string | undefined;
}

/**
 * Why an image is not to be read here: it ends processes, or somebody else lost a process to it as well and reads it alone
 * before us, because one trial is enough.
 */
export const notHere = {
  quarantined: () => new Problem("input-quarantined"),
  yielded: () => new Problem("engine-not-ready", { retryAfterS: 1, detail: "another engine reads it first" }),
};
export type NotHere = keyof typeof notHere;

/**
 * Who is to blame when the engine dies. An input that was running becomes a *suspect* and is read alone from then on.
 * A suspect that succeeds is cleared; one that is running alone when the engine dies is *quarantined*. A process
 * killed from outside therefore condemns nobody, unless it is killed during just that run.
 *
 * What other engines found out counts as one's own: it is heard, and what happens here is told.
 */
export class Quarantine {
  readonly #name: string;
  readonly #news: InputNews | undefined;
  readonly #onNotHere: (sha256: string, why: NotHere) => void;
  readonly #suspects = new Map<string, Suspicion>();
  readonly #quarantined = new Set<string>();
  readonly #endNews: (() => void) | undefined;

  /**
   * @param onNotHere what follows for tasks that wait
   * @param name unlike that of any other engine
   */
  constructor(
    news?: InputNews,
    onNotHere: (sha256: string, why: NotHere) => void = () => undefined,
    name: string = randomUUID(),
  ) {
    this.#name = name;
    this.#news = news;
    this.#onNotHere = onNotHere;
    this.#endNews = news?.onInputs((word) => this.#hear(word));
  }

  /** Hears nothing more. */
  close(): void {
    this.#endNews?.();
  }

  isQuarantined(sha256: string): boolean {
    return this.#quarantined.has(sha256);
  }

  isSuspect(sha256: string): boolean {
    return this.#suspects.has(sha256);
  }

  /** Who sends it says that somebody lost a process while reading it. */
  suspect(sha256: string): void {
    if (!this.#suspects.has(sha256)) this.#note(sha256, { own: "no" });
  }

  /** @param running hashes of the inputs that were being read when the engine died */
  blame(running: readonly string[]): void {
    const [first] = running;
    // It ended of what was known by then to end processes; the others only were there.
    if (first === undefined || running.some((sha256) => this.#quarantined.has(sha256))) return;
    const alone = running.length === 1;
    if (alone && this.#suspects.has(first)) {
      this.#condemn(first);
      this.#tell("quarantined", [first]);
      return;
    }
    this.#tell("suspected", running);
    for (const sha256 of running) {
      const { by } = this.#suspects.get(sha256) ?? {};
      this.#note(sha256, { own: alone ? "alone" : "among-others", by });
    }
  }

  clear(sha256: string): void {
    if (this.#suspects.delete(sha256)) this.#tell("cleared", [sha256]);
  }

  #hear({ by, kind, inputs }: InputWord): void {
    if (by === this.#name) return;
    for (const sha256 of inputs) {
      if (kind === "quarantined") this.#condemn(sha256);
      else if (kind === "cleared") this.#suspects.delete(sha256);
      else if (!this.#quarantined.has(sha256)) this.#hearSuspected(sha256, inputs.length === 1, by);
    }
  }

  #hearSuspected(sha256: string, alone: boolean, by: string): void {
    const { own = "no", by: before = by } = this.#suspects.get(sha256) ?? {};
    // Two processes, here and there at about the same time, and each was reading nothing else.
    if (alone && own === "alone") {
      this.#condemn(sha256);
      this.#tell("quarantined", [sha256]);
    } else this.#note(sha256, { own, by: by < before ? by : before });
  }

  #note(sha256: string, suspicion: Suspicion): void {
    this.#suspects.set(sha256, suspicion);
    const [oldest] = this.#suspects.keys();
    if (this.#suspects.size > suspectsMax && oldest !== undefined) this.#suspects.delete(oldest);
    const { own, by = this.#name } = suspicion;
    if (own !== "no" && by < this.#name) this.#onNotHere(sha256, "yielded");
  }

  #condemn(sha256: string): void {
    this.#suspects.delete(sha256);
    this.#quarantined.add(sha256);
    const [oldest] = this.#quarantined;
    if (this.#quarantined.size > quarantinedMax && oldest !== undefined) this.#quarantined.delete(oldest);
    this.#onNotHere(sha256, "quarantined");
  }

  #tell(kind: InputWord["kind"], inputs: readonly string[]): void {
    this.#news?.tellInputs({ by: this.#name, kind, inputs });
  }
}
