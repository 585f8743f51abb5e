import type { NodeState, NodeView, PredictTask } from "../contracts/index.ts";
import { Breaker } from "./breaker.ts";
import { type Cost, CostFit } from "./cost-fit.ts";
import type { Heartbeat } from "./messages.ts";

const suspectMs = 3000;
const deadMs = 5000;
/** What was measured longer ago says less than what the node says of itself. */
const fitMsMax = 10_000;
/** Nothing was answered for so long: it is worth a look whether it still is as slow. */
const unseenMs = 2000;
/** Before anything was measured: one image in one slot. */
const itemMsGuess = 30;
/** What loading packs at their first task adds. */
const coldMs = 2000;
/** Pack sets with a fit of their own. */
const fitsMax = 64;

/** A set of packs, and whether maps are wanted with them. */
export interface Wanted {
  readonly packs: readonly string[];
  readonly key: string;
}

export interface LocalFacts {
  readonly slots: number;
  readonly creditItems: number;
}

interface Open {
  readonly bytes: number;
  readonly sentAt: number;
  /** Open images there when it was sent, itself included. */
  readonly n: number;
}

export const keyOf = ({ packs, maps }: Pick<PredictTask, "packs" | "maps">): string =>
  packs.join("+") + (maps === true ? "+maps" : "");

/** One engine that tasks can be sent to, as far as one gateway knows it. Reads no clock. */
export class Target {
  readonly name: string;
  readonly local: LocalFacts | undefined;
  readonly breaker = new Breaker();
  readonly #open = new Map<number, Open>();
  readonly #fits = new Map<string, { fit: CostFit; at: number }>();
  #openBytes = 0;
  #beat: Heartbeat | undefined;
  #heardAt = 0;
  /** What others had open there at the last heartbeat. */
  #foreign = 0;
  /** What it said of itself in an answer, until its next heartbeat. */
  #said: "starting" | "draining" | "dead" | undefined;
  #localReady = false;
  /** What it said of itself, by pack set. */
  #saidCosts: ReadonlyMap<string, Cost> = new Map();

  constructor(name: string, local?: LocalFacts) {
    this.name = name;
    this.local = local;
  }

  /** @returns false for one that is older than what was heard already */
  hear(beat: Heartbeat, now: number): boolean {
    if (this.#beat?.incarnation === beat.incarnation && beat.seq <= this.#beat.seq) return false;
    this.#beat = beat;
    this.#heardAt = now;
    this.#said = undefined;
    this.#saidCosts = new Map(beat.costs.map((cost) => [keyOf(cost), cost]));
    this.#foreign = Math.max(0, beat.load - this.#open.size);
    return true;
  }

  isNewProcess({ incarnation }: Heartbeat): boolean {
    return this.#beat !== undefined && this.#beat.incarnation !== incarnation;
  }

  say(said: "starting" | "draining" | "dead"): void {
    if (this.local === undefined) this.#said = said;
  }

  setLocalReady(ready: boolean): void {
    this.#localReady = ready;
  }

  state(now: number): NodeState {
    const own = this.local === undefined ? this.#nodeState(now) : this.#localReady ? "ready" : "starting";
    return own === "ready" && !this.breaker.allows(now) ? "resting" : own;
  }

  #nodeState(now: number): NodeState {
    if (this.#said !== undefined) return this.#said;
    const silentMs = now - this.#heardAt;
    if (this.#beat === undefined || silentMs >= deadMs) return "dead";
    if (this.#beat.state !== "ready") return this.#beat.state;
    return silentMs >= suspectMs ? "suspect" : "ready";
  }

  /** `later`: it would have to load them first. The local engine is asked for anything: it says itself what it lacks. */
  holds(packs: readonly string[]): "now" | "later" | "no" {
    if (this.local !== undefined) return "now";
    const { packs: loaded = [], later = [] } = this.#beat ?? {};
    if (packs.every((pack) => loaded.includes(pack))) return "now";
    return packs.every((pack) => loaded.includes(pack) || later.includes(pack)) ? "later" : "no";
  }

  hasCredit(bytes: number): boolean {
    if (this.#open.size === 0) return true;
    if (this.local !== undefined) return this.#open.size < this.local.creditItems;
    const credit = this.#beat?.credit;
    return credit !== undefined && this.#open.size < credit.items && this.#openBytes + bytes <= credit.bytes;
  }

  /** When a task that was sent now would be answered. */
  expectedMs({ packs, key }: Wanted, now: number): number {
    const { fixedMs, itemMs } = this.#cost(key, now);
    const cold = this.holds(packs) === "later" ? coldMs : 0;
    return cold + fixedMs + itemMs * (this.#open.size + this.#foreign + 1);
  }

  /** Idle, warm, and without an answer for so long that nobody knows how fast it is now. */
  isUnseen({ packs, key }: Wanted, now: number): boolean {
    if (this.#open.size > 0 || this.holds(packs) !== "now") return false;
    const known = this.#fits.get(key);
    return known === undefined || now - known.at >= unseenMs;
  }

  #cost(key: string, now: number): Cost {
    const known = this.#fits.get(key);
    const measured = known !== undefined && now - known.at < fitMsMax ? known.fit.cost : undefined;
    return measured ?? this.#saidCosts.get(key) ?? known?.fit.cost ?? { fixedMs: 0, itemMs: itemMsGuess / this.slots };
  }

  get slots(): number {
    return this.local?.slots ?? this.#beat?.slots ?? 1;
  }

  get openAttempts(): readonly number[] {
    return [...this.#open.keys()];
  }

  send(attempt: number, task: PredictTask, now: number): void {
    const bytes = task.image.bytes.byteLength;
    this.#openBytes += bytes;
    this.#open.set(attempt, { bytes, sentAt: now, n: this.#open.size + this.#foreign + 1 });
    this.breaker.sent(now);
  }

  /** @returns ms since it was sent */
  end(attempt: number, key: string, answered: boolean, now: number): number {
    const open = this.#open.get(attempt);
    if (open === undefined) return 0;
    this.#open.delete(attempt);
    this.#openBytes -= open.bytes;
    const ms = now - open.sentAt;
    if (answered) this.#learn(key, open.n, ms, now);
    return ms;
  }

  #learn(key: string, n: number, ms: number, now: number): void {
    const known = this.#fits.get(key);
    if (known === undefined) {
      if (this.#fits.size >= fitsMax) this.#forgetOldest();
      const fit = new CostFit();
      fit.observe(n, ms);
      this.#fits.set(key, { fit, at: now });
      return;
    }
    // What was learnt long ago may have been another load on that machine.
    if (now - known.at >= fitMsMax) known.fit = new CostFit();
    known.fit.observe(n, ms);
    known.at = now;
  }

  #forgetOldest(): void {
    let oldest: [string, number] | undefined;
    for (const [key, { at }] of this.#fits) if (oldest === undefined || at < oldest[1]) oldest = [key, at];
    if (oldest !== undefined) this.#fits.delete(oldest[0]);
  }

  /** Dead and silent for so long that nobody will ask for it. */
  isForgotten(now: number, afterMs: number): boolean {
    return this.local === undefined && this.#open.size === 0 && now - this.#heardAt >= afterMs;
  }

  view(now: number): NodeView {
    const beat = this.#beat;
    const costs = [...this.#fits].flatMap(([key, { fit }]) => {
      const packs = key.replace(/\+maps$/, "").split("+");
      return fit.cost === undefined || key.endsWith("+maps") ? [] : [{ packs, ...fit.cost }];
    });
    return {
      name: this.name,
      local: this.local !== undefined,
      state: this.state(now),
      slots: this.slots,
      creditItems: this.local?.creditItems ?? beat?.credit.items ?? 0,
      openItems: this.#open.size,
      load: this.local === undefined ? (beat?.load ?? 0) : this.#open.size,
      costs: costs.length > 0 ? costs : (beat?.costs ?? []),
      ...(beat && {
        version: beat.version,
        provider: beat.provider,
        packs: beat.packs,
        later: beat.later,
        silentMs: Math.round(now - this.#heardAt),
      }),
    };
  }
}
