import { type Lane, lanes } from "../contracts/predictor.ts";

/** What the mailbox must know of a waiting item; everything else is the owner's business. */
export interface Letter {
  readonly id: string;
  readonly lane: Lane;
  readonly bytes: number;
  /** Only letters with the same key share a batch: same packs, same input. */
  readonly batchKey: string;
  /** Monotonic ms at which the caller gives up. */
  readonly deadlineAt: number;
  /** Must run while nothing else runs: an input that is suspected of ending the process. */
  readonly alone: boolean;
}

export interface MailboxBounds {
  readonly itemsMax: number;
  readonly bytesMax: number;
  readonly secondsMax: number;
}

export type Refusal = "queue-full" | "deadline-unmeetable";

/** Turns a lane gets in a round: people at a clinic first, second looks next, and bulk never starves. */
const weights: Readonly<Record<Lane, number>> = { interactive: 8, escalation: 4, bulk: 1 };
/** A letter that waited this long goes first, whatever its lane. */
const ageingMs = 10_000;

/**
 * A bounded queue with three lanes. It never throws, never waits and owns no clock: every call says what time it is.
 * Invariant: items and bytes equal the sums over the lanes, and every offered letter leaves exactly once, by `take`,
 * `cancel` or `expire`.
 */
export class Mailbox<L extends Letter> {
  readonly #bounds: MailboxBounds;
  readonly #lanes: Readonly<Record<Lane, (L & { readonly arrivedAt: number })[]>> = {
    interactive: [],
    escalation: [],
    bulk: [],
  };
  readonly #credit: Record<Lane, number> = { ...weights };
  #items = 0;
  #bytes = 0;

  constructor(bounds: MailboxBounds) {
    this.#bounds = bounds;
  }

  get items(): number {
    return this.#items;
  }

  get bytes(): number {
    return this.#bytes;
  }

  itemsIn(lane: Lane): number {
    return this.#lanes[lane].length;
  }

  /**
   * @param waitMs estimated time until this letter would have been answered
   * @returns undefined when accepted
   */
  offer(letter: L, now: number, waitMs: number): Refusal | undefined {
    if (this.#items + 1 > this.#bounds.itemsMax || this.#bytes + letter.bytes > this.#bounds.bytesMax)
      return "queue-full";
    if (now + waitMs > letter.deadlineAt) return "deadline-unmeetable";
    if (waitMs > this.#bounds.secondsMax * 1000) return "queue-full";
    this.#lanes[letter.lane].push({ ...letter, arrivedAt: now });
    this.#items++;
    this.#bytes += letter.bytes;
    return undefined;
  }

  cancel(id: string): L | undefined {
    for (const lane of lanes) {
      const at = this.#lanes[lane].findIndex((letter) => letter.id === id);
      if (at >= 0) return this.#remove(lane, at);
    }
    return undefined;
  }

  /** Removes and returns every letter whose caller has given up. */
  expire(now: number): L[] {
    return lanes.flatMap((lane) => {
      const late = this.#lanes[lane].filter((letter) => letter.deadlineAt <= now);
      return late.map((letter) => this.#remove(lane, this.#lanes[lane].indexOf(letter)));
    });
  }

  /**
   * The next batch: the oldest letter of the lane whose turn it is, with those behind it that share its key.
   *
   * @param itemsMax most letters in a batch that begins with this one
   * @param mayRun false for letters that cannot run yet (a lane at its share, a suspect while others run)
   */
  take(now: number, itemsMax: (first: L) => number, mayRun: (letter: L) => boolean): L[] {
    const lane = this.#turn(now, mayRun);
    if (lane === undefined) return [];
    this.#credit[lane]--;
    const letters = this.#lanes[lane];
    const batch: L[] = [];
    let limit = 1;
    for (let at = letters.findIndex(mayRun); at >= 0 && at < letters.length && batch.length < limit; ) {
      const letter = letters[at] as L;
      const [first] = batch;
      const fits = first === undefined || (letter.batchKey === first.batchKey && !letter.alone && mayRun(letter));
      if (fits) batch.push(this.#remove(lane, at));
      else at++;
      if (first === undefined) limit = letter.alone ? 1 : itemsMax(letter);
    }
    return batch;
  }

  #turn(now: number, mayRun: (letter: L) => boolean): Lane | undefined {
    const waiting = lanes.filter((lane) => this.#lanes[lane].some(mayRun));
    const aged = waiting.find((lane) => now - (this.#lanes[lane].find(mayRun)?.arrivedAt ?? now) > ageingMs);
    if (aged !== undefined) return aged;
    if (waiting.length > 0 && !waiting.some((lane) => this.#credit[lane] > 0)) Object.assign(this.#credit, weights);
    return waiting.find((lane) => this.#credit[lane] > 0);
  }

  #remove(lane: Lane, at: number): L {
    const [letter] = this.#lanes[lane].splice(at, 1);
    if (letter === undefined) throw new Error("no such letter");
    this.#items--;
    this.#bytes -= letter.bytes;
    return letter;
  }
}
