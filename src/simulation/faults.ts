import type { Random } from "../contracts/random.ts";

/** What can go wrong. Each seed has some of them, so that rare ones are not drowned by common ones. */
export const faultKinds = [
  "node-crash",
  "node-pause",
  "node-drain",
  "node-slow",
  "server-crash",
  "server-pause",
  "server-stop",
  "message-lost",
  "message-late",
  "message-twice",
  "link-cut",
  "bus-down",
  "database-down",
  "commit-answer-lost",
  "call-lost",
  "call-late",
  "database-cut",
  "database-clock",
  "clock-drift",
  "reading-fails",
  "item-kills",
  "source-slow",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** How often something strikes whoever it is asked for: a share of messages or calls, or times a minute. */
const rates: Readonly<Record<FaultKind, readonly [least: number, most: number]>> = {
  "node-crash": [1, 8],
  "node-pause": [1, 6],
  "node-drain": [1, 4],
  "node-slow": [1, 6],
  "server-crash": [0.5, 4],
  "server-pause": [0.5, 3],
  "server-stop": [0.5, 3],
  "message-lost": [0.005, 0.2],
  "message-late": [0.01, 0.3],
  "message-twice": [0.01, 0.3],
  "link-cut": [1, 6],
  "bus-down": [0.5, 3],
  "database-down": [0.5, 3],
  "commit-answer-lost": [0.01, 0.3],
  "call-lost": [0.01, 0.2],
  "call-late": [0.05, 0.5],
  "database-cut": [0.5, 3],
  "database-clock": [0.5, 4],
  "clock-drift": [1, 1],
  "reading-fails": [0.01, 0.2],
  "item-kills": [1, 1],
  "source-slow": [0.1, 0.8],
};

/** The faults of one run: which there are, how often, and how often each struck. */
export class Faults {
  readonly #random: Random;
  readonly #rates = new Map<FaultKind, number>();
  readonly struck = new Map<FaultKind, number>();
  #healed = false;

  constructor(random: Random) {
    this.#random = random;
    const share = random.between(0.15, 0.7);
    for (const kind of faultKinds) {
      const [least, most] = rates[kind];
      const rate = random.between(least, most);
      if (random.chance(share)) this.#rates.set(kind, rate);
    }
  }

  has(kind: FaultKind): boolean {
    return this.#rates.has(kind);
  }

  /** Of something that may strike each of many messages or calls: whether it strikes this one. */
  strikes(kind: FaultKind): boolean {
    const share = this.#healed ? undefined : this.#rates.get(kind);
    if (share === undefined || !this.#random.chance(share)) return false;
    this.strike(kind);
    return true;
  }

  /** Of something that strikes so often a minute: ms until it does. */
  waitMs(kind: FaultKind): number | undefined {
    const aMinute = this.#rates.get(kind);
    return aMinute === undefined ? undefined : (-Math.log(1 - this.#random.next()) * 60_000) / aMinute;
  }

  strike(kind: FaultKind): void {
    this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1);
  }

  /** From now on nothing goes wrong. */
  heal(): void {
    this.#healed = true;
  }

  get healed(): boolean {
    return this.#healed;
  }
}
