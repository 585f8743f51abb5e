import type { Allowance } from "./allowance.ts";
import type { Target, Wanted } from "./target.ts";

/** Draws that may hit somebody who cannot take this very task, before all are looked at. */
const missesMax = 8;

/** What one task asks of whoever is drawn. */
export interface Draw {
  readonly bytes: number;
  readonly tried: readonly Target[];
  readonly now: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Pays for asking somebody who is expected to be slower, and was not asked for long. */
  readonly exploration: Allowance;
}

/**
 * Who may be asked for one set of packs, such that choosing costs the same among three and among a thousand: whoever is
 * drawn and found unable (full, silent, resting) is put aside, and comes back with what makes it able again, which is a
 * heartbeat or the end of an attempt. So each is looked at in vain at most once for each of these.
 */
export class Candidates implements Wanted {
  readonly packs: readonly string[];
  readonly key: string;
  readonly #free: Target[] = [];
  readonly #at = new Map<Target, number>();
  /** Put aside for their silence: asked when nobody else is there. */
  readonly #suspects = new Set<Target>();

  constructor({ packs, key }: Wanted) {
    this.packs = packs;
    this.key = key;
  }

  /** It may have become able, or unable for good. */
  review(target: Target): void {
    if (target.holds(this.packs) === "no") this.remove(target);
    else this.add(target);
  }

  add(target: Target): void {
    this.#suspects.delete(target);
    if (this.#at.has(target)) return;
    this.#at.set(target, this.#free.length);
    this.#free.push(target);
  }

  remove(target: Target): void {
    this.#suspects.delete(target);
    const at = this.#at.get(target);
    const last = this.#free.pop();
    if (last === undefined) return;
    if (at === undefined) {
      this.#free.push(last);
      return;
    }
    this.#at.delete(target);
    if (last === target) return;
    this.#free[at] = last;
    this.#at.set(last, at);
  }

  /** Of two at random the one that would answer sooner: all gateways together must not run to the same best one. */
  choose(draw: Draw): Target | undefined {
    const one = this.#draw(draw);
    if (one === undefined) return this.#suspect(draw);
    const other = this.#draw(draw, one);
    return other === undefined ? one : this.#sooner(one, other, draw);
  }

  /**
   * Whoever was slow once is never the sooner one, and would never be seen to be fast again: a small share of the tasks
   * looks.
   */
  #sooner(one: Target, other: Target, { now, exploration }: Draw): Target {
    const isOther = other.expectedMs(this, now) < one.expectedMs(this, now);
    const [sooner, later] = isOther ? [other, one] : [one, other];
    const isAsked = exploration.affordable && later.isUnseen(this, now) && exploration.spend();
    return isAsked ? later : sooner;
  }

  #draw(draw: Draw, except?: Target): Target | undefined {
    const fits = (target: Target): boolean =>
      target !== except && !draw.tried.includes(target) && target.hasCredit(draw.bytes);
    for (let missed = 0; missed < missesMax && this.#free.length > 0; ) {
      const target = any(this.#free, draw);
      if (target === undefined) return undefined;
      const state = target.state(draw.now);
      if (state !== "ready" || !target.hasCredit(0)) {
        this.remove(target);
        if (state === "suspect") this.#suspects.add(target);
      } else if (fits(target)) return target;
      else missed++;
    }
    return any(
      this.#free.filter((target) => target.state(draw.now) === "ready" && fits(target)),
      draw,
    );
  }

  #suspect(draw: Draw): Target | undefined {
    const { bytes, tried, now } = draw;
    const left = [...this.#suspects].filter(
      (target) => target.state(now) === "suspect" && !tried.includes(target) && target.hasCredit(bytes),
    );
    const one = any(left, draw);
    const other = any(
      left.filter((target) => target !== one),
      draw,
    );
    return one === undefined || other === undefined ? one : this.#sooner(one, other, draw);
  }
}

const any = (from: readonly Target[], { random }: Draw): Target | undefined => from[Math.floor(random() * from.length)];
