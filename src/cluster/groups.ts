import type { ProblemMessage } from "../contracts/index.ts";
import { Candidates, type Draw } from "./candidates.ts";
import { refusalOf, type Verdict, whyNobody } from "./refusal.ts";
import type { Target, Wanted } from "./target.ts";

/** Sets of packs that are asked for at the same time. */
const groupsMax = 64;
/** Why nobody can be asked is looked at anew after so long: with everybody full, many are refused at once. */
const verdictMs = 50;

interface Group {
  readonly candidates: Candidates;
  verdict?: { readonly said: Verdict; readonly at: number };
}

/** All targets, by what they can be asked for. */
export class Groups {
  readonly #targets: ReadonlyMap<string, Target>;
  readonly #groups = new Map<string, Group>();

  constructor(targets: ReadonlyMap<string, Target>) {
    this.#targets = targets;
  }

  choose(wanted: Wanted, draw: Draw): Target | undefined {
    return this.#of(wanted).candidates.choose(draw);
  }

  refusal(wanted: Wanted, now: number, random: () => number): ProblemMessage {
    const group = this.#of(wanted);
    if (group.verdict === undefined || now - group.verdict.at >= verdictMs)
      group.verdict = { said: whyNobody(this.#targets.values(), group.candidates, now), at: now };
    return refusalOf(group.verdict.said, random);
  }

  /** Something happened that may have made it able, or unable. */
  review(target: Target): void {
    for (const { candidates } of this.#groups.values()) candidates.review(target);
  }

  remove(target: Target): void {
    for (const { candidates } of this.#groups.values()) candidates.remove(target);
  }

  #of({ packs, key }: Wanted): Group {
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const [oldest] = this.#groups.keys();
    if (this.#groups.size >= groupsMax && oldest !== undefined) this.#groups.delete(oldest);
    const group: Group = { candidates: new Candidates({ packs, key }) };
    for (const target of this.#targets.values()) group.candidates.review(target);
    this.#groups.set(key, group);
    return group;
  }
}
