import type {
  InputWord,
  NodeView,
  PredictResult,
  PredictTask,
  ProblemCode,
  ProblemMessage,
} from "../contracts/index.ts";
import { Allowance } from "./allowance.ts";
import { Deadlines } from "./deadlines.ts";
import type { Effect, RetryCause } from "./effect.ts";
import { Groups } from "./groups.ts";
import { Hedges } from "./hedges.ts";
import { KnownInputs } from "./known-inputs.ts";
import type { Heartbeat } from "./messages.ts";
import type { LostCause, Outcome } from "./outcome.ts";
import { keyOf, type LocalFacts, Target, type Wanted } from "./target.ts";

const nodesMax = 1024;
/** Of all tasks, those that may go to somebody only to learn whether it still is as slow as it was. */
const explorationShare = 0.005;
const forgottenMs = 60_000;
export const localName = "local";

interface Attempt {
  readonly id: number;
  readonly target: Target;
  readonly hedge: boolean;
}

interface OpenTask {
  readonly task: PredictTask;
  readonly deadlineAt: number;
  readonly acceptedAt: number;
  readonly wanted: Wanted;
  readonly tried: Target[];
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
  readonly #groups: Groups;
  readonly #deadlines = new Deadlines<OpenTask>();
  /** Tasks that may be hedged, in the order in which they were accepted. */
  readonly #hedgeable = new Set<OpenTask>();
  readonly #hedges = new Hedges();
  readonly #exploration = new Allowance(explorationShare, 1);
  readonly #inputs = new KnownInputs();
  #attempts = 0;

  /** @param random uniform in [0, 1) */
  constructor(options: { readonly local?: LocalFacts | undefined; readonly random: () => number }) {
    this.#random = options.random;
    this.#groups = new Groups(this.#targets);
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
    if (this.#local === undefined) return;
    this.#local.setLocalReady(ready);
    if (ready) this.#groups.review(this.#local);
  }

  submit(task: PredictTask, now: number): Effect[] {
    const deadlineAt = now + task.remainingMs;
    const open: OpenTask = {
      task,
      deadlineAt,
      acceptedAt: now,
      wanted: { packs: task.packs, key: keyOf(task) },
      tried: [],
      attempts: new Map(),
      sent: 0,
      hedged: false,
    };
    this.#open.set(task.id, open);
    this.#deadlines.add(open);
    if (task.remainingMs <= 0) return this.#settle(open, { problem: { code: "deadline-exceeded" } }, now);
    if (task.packs.length === 0) return this.#settle(open, { problem: { code: "pack-not-installed" } }, now);
    if (this.#inputs.isQuarantined(task.image.sha256))
      return this.#settle(open, { problem: { code: "input-quarantined" } }, now);
    this.#exploration.earn();
    if (task.lane === "escalation") {
      this.#hedges.allowance.earn();
      this.#hedgeable.add(open);
    }
    return (
      this.#send(open, now) ??
      this.#settle(open, { problem: this.#groups.refusal(open.wanted, now, this.#random) }, now)
    );
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
    const { sha256 } = open.task.image;
    const told = this.#inputs.learn(sha256, outcome) ? [{ kind: "quarantined" as const, sha256 }] : [];
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
    return [...told, ...this.#refused(open, target, outcome.problem, now)];
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
    this.#groups.review(target);
    return effects;
  }

  /** What an engine found out about images. */
  heardOf(word: InputWord): void {
    this.#inputs.hear(word);
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
      if (target.isForgotten(now, forgottenMs)) this.#forgetTarget(target);
    }
    for (const open of this.#deadlines.due(now))
      effects.push(...this.#settle(open, { problem: { code: "deadline-exceeded" } }, now));
    effects.push(...this.#hedgeLate(now));
    return effects;
  }

  #forgetTarget(target: Target): void {
    this.#targets.delete(target.name);
    this.#groups.remove(target);
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

  #hedgeLate(now: number): Effect[] {
    const { lateMs } = this.#hedges;
    const effects: Effect[] = [];
    if (lateMs === undefined) return effects;
    for (const open of this.#hedgeable) {
      if (!this.#hedges.allowance.affordable || now - open.acceptedAt < lateMs) break;
      effects.push(...this.#hedge(open, now));
    }
    return effects;
  }

  #hedge(open: OpenTask, now: number): Effect[] {
    if (open.hedged || open.sent > 1 || open.attempts.size !== 1) return [];
    // One trial at a time is enough.
    if (this.#inputs.isSuspect(open.task.image.sha256)) return [];
    const target = this.#choose(open, now);
    if (target?.state(now) !== "ready" || !this.#hedges.allowance.spend()) return [];
    open.hedged = true;
    this.#hedgeable.delete(open);
    return [this.#sendTo(open, target, now, true)];
  }

  #send(open: OpenTask, now: number): Effect[] | undefined {
    const target = this.#choose(open, now);
    if (target === undefined) return undefined;
    open.sent++;
    // A second attempt is all there may be.
    if (open.sent > 1) this.#hedgeable.delete(open);
    return [this.#sendTo(open, target, now, false)];
  }

  #sendTo(open: OpenTask, target: Target, now: number, hedge: boolean): Effect {
    const id = ++this.#attempts;
    target.send(id, open.task, now);
    open.tried.push(target);
    open.attempts.set(id, { id, target, hedge });
    this.#byAttempt.set(id, open);
    const name = open.tried.length === 1 ? open.task.id : `${open.task.id}.${open.tried.length}`;
    const isSuspect = this.#inputs.isSuspect(open.task.image.sha256);
    const task = { ...open.task, id: name, remainingMs: open.deadlineAt - now, ...(isSuspect && { suspect: true }) };
    return { kind: "send", attempt: id, target: target.name, task };
  }

  #choose({ tried, task, wanted }: OpenTask, now: number): Target | undefined {
    const { byteLength: bytes } = task.image.bytes;
    return this.#groups.choose(wanted, { bytes, tried, now, random: this.#random, exploration: this.#exploration });
  }

  #end(open: OpenTask, { id, target }: Attempt, answered: boolean, now: number): number {
    open.attempts.delete(id);
    this.#byAttempt.delete(id);
    const ms = target.end(id, open.wanted.key, answered, now);
    this.#groups.review(target);
    return ms;
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
    this.#deadlines.remove(open);
    this.#hedgeable.delete(open);
    return [...open.attempts.values()].map((made) => {
      this.#end(open, made, false, now);
      made.target.breaker.undecided();
      return { kind: "cancel", attempt: made.id };
    });
  }
}
