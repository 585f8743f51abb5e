import type { NodeView, PredictResult, PredictTask, ProblemCode, ProblemMessage } from "../contracts/index.ts";
import { Hedges } from "./hedges.ts";
import type { Heartbeat } from "./messages.ts";
import type { LostCause, Outcome } from "./outcome.ts";
import { refusal } from "./refusal.ts";
import { type LocalFacts, Target } from "./target.ts";

const nodesMax = 64;
const forgottenMs = 60_000;
export const localName = "local";

/** What the core wants done. `settle` comes exactly once for each task that was submitted and not cancelled. */
export type Effect =
  | { readonly kind: "send"; readonly attempt: number; readonly target: string; readonly task: PredictTask }
  /** Nobody waits for this attempt any more. */
  | { readonly kind: "cancel"; readonly attempt: number }
  | { readonly kind: "settle"; readonly id: string; readonly result: PredictResult }
  | { readonly kind: "settle"; readonly id: string; readonly problem: ProblemMessage }
  | { readonly kind: "retried"; readonly cause: RetryCause }
  | { readonly kind: "hedged"; readonly won: boolean };

export type RetryCause = LostCause | "busy";

interface Attempt {
  readonly id: number;
  readonly target: Target;
  readonly hedge: boolean;
}

interface OpenTask {
  readonly task: PredictTask;
  readonly deadlineAt: number;
  readonly acceptedAt: number;
  readonly tried: Set<Target>;
  readonly attempts: Map<number, Attempt>;
  /** Attempts so far that were no hedges. */
  sent: number;
  hedged: boolean;
}

/** Said by somebody who is well, but not for this task now: another one may be free. */
const busy: ReadonlySet<ProblemCode> = new Set(["queue-full", "engine-not-ready", "draining", "deadline-unmeetable"]);

/**
 * Which engine reads what, as a state machine: inputs with their time go in, effects come out. It has no clock, no timer
 * and no network, so that a simulator can be all three.
 */
export class DispatchCore {
  readonly #random: () => number;
  readonly #targets = new Map<string, Target>();
  readonly #local: Target | undefined;
  readonly #open = new Map<string, OpenTask>();
  readonly #byAttempt = new Map<number, OpenTask>();
  readonly #hedges = new Hedges();
  #attempts = 0;

  /** @param random uniform in [0, 1) */
  constructor(options: { readonly local?: LocalFacts | undefined; readonly random: () => number }) {
    this.#random = options.random;
    this.#local = options.local && new Target(localName, options.local);
    if (this.#local !== undefined) this.#targets.set(localName, this.#local);
  }

  get openItems(): number {
    return this.#open.size;
  }

  nodes(now: number): readonly NodeView[] {
    return [...this.#targets.values()].map((target) => target.view(now));
  }

  setLocalReady(ready: boolean): void {
    this.#local?.setLocalReady(ready);
  }

  submit(task: PredictTask, now: number): Effect[] {
    const deadlineAt = now + task.remainingMs;
    const open: OpenTask = {
      task,
      deadlineAt,
      acceptedAt: now,
      tried: new Set(),
      attempts: new Map(),
      sent: 0,
      hedged: false,
    };
    this.#open.set(task.id, open);
    if (task.remainingMs <= 0) return this.#settle(open, { problem: { code: "deadline-exceeded" } }, now);
    if (task.packs.length === 0) return this.#settle(open, { problem: { code: "pack-not-installed" } }, now);
    if (task.lane === "escalation") this.#hedges.earn();
    return this.#send(open, now) ?? this.#settle(open, { problem: this.#refusal(task, now) }, now);
  }

  /** The caller has gone. */
  cancel(id: string, now: number): Effect[] {
    const open = this.#open.get(id);
    return open === undefined ? [] : this.#forget(open, now);
  }

  ended(attempt: number, outcome: Outcome, now: number): Effect[] {
    const open = this.#byAttempt.get(attempt);
    const made = open?.attempts.get(attempt);
    // Too late: somebody else answered, or the node had been given up.
    if (open === undefined || made === undefined) return [];
    const { target } = made;
    const ms = this.#end(open, made, outcome.kind === "answered", now);
    if (outcome.kind === "lost") {
      // A lost bus says nothing about the node.
      if (outcome.cause === "bus") target.breaker.undecided();
      else target.breaker.failed(now);
      if (outcome.cause === "nobody") target.say("dead");
      return this.#elsewhere(open, outcome.cause, { code: "engine-lost", retryAfterS: 1 }, now);
    }
    target.breaker.succeeded();
    if (outcome.kind === "answered") {
      if (open.task.lane === "escalation" && !made.hedge) this.#hedges.observe(ms);
      const hedged = open.hedged ? [{ kind: "hedged" as const, won: made.hedge }] : [];
      return [...hedged, ...this.#settle(open, { result: outcome.result }, now)];
    }
    return this.#refused(open, target, outcome.problem, now);
  }

  #refused(open: OpenTask, target: Target, problem: ProblemMessage, now: number): Effect[] {
    if (problem.code === "draining") target.say("draining");
    if (problem.code === "engine-not-ready") target.say("starting");
    const lacks = problem.code === "pack-not-installed" && open.task.maps !== true;
    if (busy.has(problem.code) || lacks) return this.#elsewhere(open, "busy", problem, now);
    return this.#settle(open, { problem }, now);
  }

  heard(beat: Heartbeat, now: number): Effect[] {
    let target = this.#targets.get(beat.node);
    if (target === undefined) {
      if (this.#targets.size >= nodesMax || beat.node === localName) return [];
      target = new Target(beat.node);
      this.#targets.set(beat.node, target);
    }
    const isNew = target.isNewProcess(beat);
    const effects = isNew ? this.#lose(target, "died", now) : [];
    if (isNew) target.breaker.succeeded();
    target.hear(beat, now);
    return effects;
  }

  /** The bus is gone, and every node with it until it is heard again. */
  busLost(now: number): Effect[] {
    const nodes = [...this.#targets.values()].filter(({ local }) => local === undefined);
    for (const target of nodes) target.say("dead");
    return nodes.flatMap((target) => this.#lose(target, "bus", now));
  }

  /** Time has passed: nodes that fell silent, deadlines, answers that are late. */
  tick(now: number): Effect[] {
    const effects: Effect[] = [];
    for (const target of this.#targets.values()) {
      if (target.local !== undefined) continue;
      if (target.state(now) === "dead") effects.push(...this.#lose(target, "died", now));
      if (target.isForgotten(now, forgottenMs)) this.#targets.delete(target.name);
    }
    for (const open of [...this.#open.values()])
      effects.push(
        ...(open.deadlineAt <= now
          ? this.#settle(open, { problem: { code: "deadline-exceeded" } }, now)
          : this.#hedge(open, now)),
      );
    return effects;
  }

  #lose(target: Target, cause: LostCause, now: number): Effect[] {
    return target.openAttempts.flatMap((attempt) => [
      // Should it live after all, it need not go on.
      { kind: "cancel" as const, attempt },
      ...this.ended(attempt, { kind: "lost", cause }, now),
    ]);
  }

  /** One more attempt, at somebody who was not asked yet; else what the first one said. */
  #elsewhere(open: OpenTask, cause: RetryCause, problem: ProblemMessage, now: number): Effect[] {
    // A hedge is on its way and is that other attempt.
    if (open.attempts.size > 0) return [];
    if (open.deadlineAt <= now) return this.#settle(open, { problem: { code: "deadline-exceeded" } }, now);
    const again = open.sent < 2 && !open.hedged ? this.#send(open, now) : undefined;
    return again === undefined ? this.#settle(open, { problem }, now) : [{ kind: "retried", cause }, ...again];
  }

  #hedge(open: OpenTask, now: number): Effect[] {
    const { lateMs } = this.#hedges;
    const { task, hedged, acceptedAt, attempts } = open;
    if (task.lane !== "escalation" || hedged || open.sent > 1 || attempts.size !== 1) return [];
    if (lateMs === undefined || now - acceptedAt < lateMs) return [];
    const target = this.#choose(task, open.tried, now);
    if (target?.state(now) !== "ready" || !this.#hedges.spend()) return [];
    open.hedged = true;
    return [this.#sendTo(open, target, now, true)];
  }

  #send(open: OpenTask, now: number): Effect[] | undefined {
    const target = this.#choose(open.task, open.tried, now);
    if (target === undefined) return undefined;
    open.sent++;
    return [this.#sendTo(open, target, now, false)];
  }

  #sendTo(open: OpenTask, target: Target, now: number, hedge: boolean): Effect {
    const id = ++this.#attempts;
    target.send(id, open.task, now);
    open.tried.add(target);
    open.attempts.set(id, { id, target, hedge });
    this.#byAttempt.set(id, open);
    const name = open.tried.size === 1 ? open.task.id : `${open.task.id}.${open.tried.size}`;
    const task = { ...open.task, id: name, remainingMs: open.deadlineAt - now };
    return { kind: "send", attempt: id, target: target.name, task };
  }

  /** Of two at random the one that would answer sooner: all gateways together must not run to the same best one. */
  #choose(task: PredictTask, tried: ReadonlySet<Target>, now: number): Target | undefined {
    const able = [...this.#targets.values()].filter(
      (target) =>
        !tried.has(target) && target.holds(task.packs) !== "no" && target.hasCredit(task.image.bytes.byteLength),
    );
    const ready = able.filter((target) => target.state(now) === "ready");
    const from = ready.length > 0 ? ready : able.filter((target) => target.state(now) === "suspect");
    const first = Math.floor(this.#random() * from.length);
    const second = (first + 1 + Math.floor(this.#random() * (from.length - 1))) % from.length;
    const [one, other] = [from[first], from[second]];
    if (one === undefined || other === undefined) return undefined;
    return other.expectedMs(task, now) < one.expectedMs(task, now) ? other : one;
  }

  #refusal(task: PredictTask, now: number): ProblemMessage {
    return refusal([...this.#targets.values()], task, now, this.#random);
  }

  #end(open: OpenTask, { id, target }: Attempt, answered: boolean, now: number): number {
    open.attempts.delete(id);
    this.#byAttempt.delete(id);
    return target.end(id, open.task, answered, now);
  }

  #settle(
    open: OpenTask,
    answer: { readonly result: PredictResult } | { readonly problem: ProblemMessage },
    now: number,
  ): Effect[] {
    return [...this.#forget(open, now), { kind: "settle", id: open.task.id, ...answer }];
  }

  #forget(open: OpenTask, now: number): Effect[] {
    this.#open.delete(open.task.id);
    return [...open.attempts.values()].map((made) => {
      this.#end(open, made, false, now);
      made.target.breaker.undecided();
      return { kind: "cancel", attempt: made.id };
    });
  }
}
