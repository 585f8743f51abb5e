import type { Effect, Heartbeat } from "../cluster/index.ts";
import type { NodeView, PredictTask } from "../contracts/index.ts";
import { scoreOf } from "./sim-node.ts";

/** A rule that must hold in every state does not. */
export class RuleBroken extends Error {
  override readonly name = "RuleBroken";
}

export function must(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new RuleBroken(rule);
}

/** A task has at most one more attempt, be it a retry or a hedge. */
const attemptsMax = 2;
const hedgeShare = 0.05;
/** Hedges that may be saved up. */
const hedgesSaved = 2;

interface Open {
  readonly task: PredictTask;
  readonly deadlineAt: number;
  readonly targets: string[];
  readonly attempts: Set<number>;
}

interface Credit {
  readonly items: number;
  readonly bytes: number;
}

/**
 * What must be true of a dispatcher's core after each input, judged from what went in and what came out, without a look
 * inside.
 */
export class TaskRules {
  readonly #open = new Map<string, Open>();
  readonly #attempts = new Map<number, { readonly id: string; readonly target: string }>();
  readonly #beats = new Map<string, Heartbeat>();
  readonly #local: Credit | undefined;
  /** Attempts of tasks that are over: nobody may go on with them. */
  #orphans = new Set<number>();
  #escalations = 0;
  #hedges = 0;
  settled = 0;
  cancelled = 0;

  constructor(localItems?: number) {
    this.#local = localItems === undefined ? undefined : { items: localItems, bytes: Number.POSITIVE_INFINITY };
  }

  get hedges(): number {
    return this.#hedges;
  }

  get escalations(): number {
    return this.#escalations;
  }

  submitted(task: PredictTask, now: number): void {
    const deadlineAt = now + task.remainingMs;
    this.#open.set(task.id, { task, deadlineAt, targets: [], attempts: new Set() });
    if (task.lane === "escalation") this.#escalations++;
  }

  cancelling(id: string): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    this.cancelled++;
    this.#orphans = new Set(open.attempts);
  }

  heard(beat: Heartbeat): void {
    this.#beats.set(beat.node, beat);
  }

  /** An attempt came to its end. */
  ended(attempt: number): void {
    const made = this.#attempts.get(attempt);
    if (made === undefined) return;
    this.#attempts.delete(attempt);
    this.#open.get(made.id)?.attempts.delete(attempt);
  }

  /** @param said what one input led to */
  follow(said: readonly Effect[], now: number): void {
    const over: number[] = [...this.#orphans];
    this.#orphans.clear();
    for (const effect of said) {
      if (effect.kind === "send") this.#sent(effect, now);
      else if (effect.kind === "cancel") this.ended(effect.attempt);
      else if (effect.kind === "settle") over.push(...this.#settledBy(effect));
    }
    for (const attempt of over)
      must(!this.#attempts.has(attempt), `attempt ${attempt} goes on though its task is over`);
  }

  #sent({ attempt, target, task }: Extract<Effect, { kind: "send" }>, now: number): void {
    // A second attempt has the task's own name, a point and a number.
    const open = this.#open.get(task.id) ?? this.#open.get(task.id.replace(/\.\d+$/, ""));
    must(open !== undefined, `${task.id} is sent though nobody waits for it`);
    must(open.targets.length < attemptsMax, `${open.task.id} is tried more than ${attemptsMax} times`);
    must(!open.targets.includes(target), `${open.task.id} is sent to ${target} twice`);
    must(task.remainingMs > 0 && now + task.remainingMs <= open.deadlineAt + 1e-6, `${task.id} has a false deadline`);
    if (open.attempts.size > 0) this.#hedged(open);
    open.targets.push(target);
    open.attempts.add(attempt);
    must(!this.#attempts.has(attempt), `attempt ${attempt} is there twice`);
    this.#attempts.set(attempt, { id: open.task.id, target });
    this.#checkCredit(target, task);
  }

  #hedged({ task }: Open): void {
    must(task.lane === "escalation", `${task.id} is hedged though it is ${task.lane}`);
    this.#hedges++;
    const paid = this.#escalations * hedgeShare + hedgesSaved;
    must(this.#hedges <= paid, `${this.#hedges} hedges for ${this.#escalations} tasks`);
  }

  #checkCredit(target: string, task: PredictTask): void {
    const beat = this.#beats.get(target);
    const credit = target === "local" ? this.#local : beat?.credit;
    must(credit !== undefined, `${target} is asked though it was never heard`);
    if (beat !== undefined)
      must(
        task.packs.every((pack) => beat.packs.includes(pack)),
        `${target} is asked for a pack that it lacks`,
      );
    const there = [...this.#attempts.values()].filter((made) => made.target === target);
    const bytes = there.reduce((sum, { id }) => sum + (this.#open.get(id)?.task.image.bytes.byteLength ?? 0), 0);
    // One image may always be sent, however large it is.
    must(there.length <= Math.max(1, credit.items), `${there.length} are open at ${target}, ${credit.items} may be`);
    must(there.length === 1 || bytes <= credit.bytes, `${bytes} bytes are open at ${target}, ${credit.bytes} may be`);
  }

  #settledBy(effect: Extract<Effect, { kind: "settle" }>): Iterable<number> {
    const open = this.#open.get(effect.id);
    must(open !== undefined, `${effect.id} is answered though it was answered or cancelled already`);
    this.#open.delete(effect.id);
    this.settled++;
    if ("result" in effect) {
      const { packs, image } = open.task;
      const { readings } = effect.result;
      const fits = readings.length === packs.length && readings.every((reading, i) => reading.pack === packs[i]);
      must(fits, `${effect.id} gets readings of other packs`);
      must(
        readings.every(({ pack, scores }) => scores[0] === scoreOf(pack, image.sha256)),
        `${effect.id} gets the reading of another image`,
      );
    }
    return open.attempts;
  }

  /** After a tick. */
  ticked(now: number): void {
    for (const { task, deadlineAt, attempts } of this.#open.values()) {
      must(deadlineAt > now, `${task.id} is open ${now - deadlineAt} ms after its deadline`);
      must(attempts.size > 0, `${task.id} waits and nobody works on it`);
    }
  }

  /** Against what the core says of itself. */
  compare(now: number, core: { readonly openItems: number; nodes(now: number): readonly NodeView[] }): void {
    must(core.openItems === this.#open.size, `the core holds ${core.openItems} tasks of ${this.#open.size}`);
    const open = core.nodes(now).reduce((sum, { openItems }) => sum + openItems, 0);
    must(open === this.#attempts.size, `nodes are charged with ${open} attempts of ${this.#attempts.size}`);
  }

  get openItems(): number {
    return this.#open.size;
  }
}
