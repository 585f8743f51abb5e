import type { InputWord } from "../contracts/index.ts";
import type { Outcome } from "./outcome.ts";

/** Of each kind; the oldest is forgotten first. What is forgotten here the engines may still know. */
const rememberedMax = 10_000;

/** What one asking side knows of inputs that end the processes that read them. */
export class KnownInputs {
  readonly #suspects = new Set<string>();
  readonly #quarantined = new Set<string>();

  isQuarantined(sha256: string): boolean {
    return this.#quarantined.has(sha256);
  }

  isSuspect(sha256: string): boolean {
    return this.#suspects.has(sha256);
  }

  /** What an engine says that read them. */
  hear({ kind, inputs }: InputWord): void {
    for (const sha256 of inputs) {
      if (kind === "quarantined") this.#condemn(sha256);
      else if (kind === "cleared") this.#suspects.delete(sha256);
      else if (!this.#quarantined.has(sha256)) remember(this.#suspects, sha256);
    }
  }

  /**
   * What an attempt at reading it says. A node that is gone says nothing: whoever ended it, most of what it held is
   * innocent.
   * @returns whether it is known only now that it ends processes
   */
  learn(sha256: string, outcome: Outcome): boolean {
    if (outcome.kind === "answered") this.#suspects.delete(sha256);
    if (outcome.kind !== "refused") return false;
    const { code } = outcome.problem;
    if (code === "engine-lost" && !this.#quarantined.has(sha256)) remember(this.#suspects, sha256);
    if (code !== "input-quarantined" || this.#quarantined.has(sha256)) return false;
    this.#condemn(sha256);
    return true;
  }

  #condemn(sha256: string): void {
    this.#suspects.delete(sha256);
    remember(this.#quarantined, sha256);
  }
}

function remember(all: Set<string>, one: string): void {
  all.add(one);
  const [oldest] = all;
  if (all.size > rememberedMax && oldest !== undefined) all.delete(oldest);
}
