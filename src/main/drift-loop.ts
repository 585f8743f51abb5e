import {
  type DriftFeed,
  type DriftReport,
  type DriftStore,
  isProblem,
  type Labels,
  type ReadEvent,
  type SettledEvent,
} from "../contracts/index.ts";
import {
  type Action,
  type ActionOutcome,
  advance,
  type CanaryPair,
  dueActions,
  type Fact,
  type LoopRules,
  type LoopState,
  type Mirrored,
  reportOf,
  servedOf,
  type Watched,
} from "../drift/index.ts";
import type { Clock, Log } from "../platform/index.ts";
import { type Duty, pause, type Term } from "./leadership.ts";

/** Cases that are taken at once; while a candidate reads along, each of them is read. */
const batchMax = 500;
const mirroredBatchMax = 32;
/** Between rounds that found nothing to do. */
const idleMs = 1000;
/** Labels are counted, and an action that failed is tried again, no more often. */
const askEveryMs = 10_000;
/** Whoever leads next does not wait longer for what is being done; a training that still runs has no lease to go on. */
const endMsMax = 5000;

/** What the loop does outside of its state, and what it asks there. Each twice is as good as once. */
export interface DriftWork {
  /**
   * Finds the first outcome again when the action was performed before.
   * @throws what passes: it is tried again
   */
  perform(action: Action, watched: Watched, signal: AbortSignal): Promise<ActionOutcome>;
  /** Has a candidate read a case along; undefined when its image is gone. @throws what passes, e.g. engine-not-ready */
  mirror(candidate: string, one: ReadEvent, signal: AbortSignal): Promise<Mirrored | undefined>;
  /** Both releases on a case that a person judged; undefined when the candidate did not answer it. */
  compare(candidate: string, one: SettledEvent, signal: AbortSignal): Promise<CanaryPair | undefined>;
}

export interface DriftLoopDeps {
  readonly feed: DriftFeed;
  readonly store: DriftStore;
  readonly labels: Pick<Labels, "countLabels">;
  readonly work: DriftWork;
  /** The releases that serve now, as far as they can be watched. */
  readonly watched: () => Promise<readonly Watched[]>;
  readonly rules: LoopRules;
  readonly clock: Clock;
  readonly log: Log;
  /** After each step that was written. */
  readonly onReport?: (report: DriftReport) => void;
}

/** What is kept as the state of a programme. */
export interface SavedLoop {
  readonly loop: LoopState;
  readonly report: DriftReport;
}

interface Held {
  readonly version: number;
  readonly loop: LoopState | undefined;
}

interface Performing {
  readonly running: Promise<void>;
  outcome?: ActionOutcome;
  /** It failed: not before then again. */
  retryAt?: number;
}

/** What a look at the feed brought; where it was full there may be more at once. */
type Taken = "none" | "some" | "full";

/** Somebody else wrote the state: what is held is not true any more. */
class Overtaken extends Error {}

/**
 * Runs the drift loop of every programme while this server leads. Each step is one write of state, incidents and what
 * gateways follow; it is made from the state alone, so whoever leads next goes on where the last write was.
 */
export class DriftLoop {
  readonly #deps: DriftLoopDeps;
  readonly #held = new Map<string, Held>();
  readonly #performing = new Map<string, Performing>();
  readonly #countedAt = new Map<string, number>();

  constructor(deps: DriftLoopDeps) {
    this.#deps = deps;
  }

  /** For the one server that leads. */
  readonly duty: Duty = async (term) => {
    this.#held.clear();
    this.#countedAt.clear();
    let isBusy = false;
    while (await pause(isBusy ? 0 : idleMs, term.signal)) isBusy = await this.round(term);
    const rest = Promise.all([...this.#performing.values()].map(({ running }) => running));
    await Promise.race([rest, pause(endMsMax, new AbortController().signal)]);
    this.#performing.clear();
  };

  /** @returns whether there may be more to do at once */
  async round(term: Term): Promise<boolean> {
    let isBusy = false;
    try {
      for (const watched of await this.#deps.watched()) isBusy = (await this.#quietly(watched, term)) || isBusy;
    } catch (error) {
      this.#deps.log.warn({ err: isProblem(error) ? error.code : error }, "the drift loop cannot look");
    }
    return isBusy;
  }

  async #quietly(watched: Watched, term: Term): Promise<boolean> {
    const { programme } = watched;
    try {
      return await this.#round(watched, term);
    } catch (error) {
      // What was written is true; what was not is done again from there.
      this.#held.delete(programme);
      if (error instanceof Overtaken) this.#deps.log.info({ programme }, "another server writes the drift loop");
      else this.#deps.log.warn({ programme, err: isProblem(error) ? error.code : error }, "a round of drift failed");
      return false;
    }
  }

  async #round(watched: Watched, term: Term): Promise<boolean> {
    const before = await this.#load(watched.programme);
    if (before.loop?.monitor.reference !== watched.reference.id) await this.#step(watched, { kind: "time" }, term);
    await this.#countLabels(watched, term);
    const read = await this.#read(watched, term);
    const settled = await this.#settle(watched, term);
    await this.#step(watched, { kind: "time" }, term);
    const acted = await this.#act(watched, term);
    if (read !== "none" || settled !== "none") {
      const { cursors } = this.#stateOf(watched);
      await this.#deps.feed.forget(watched.programme, cursors);
    }
    return read === "full" || settled === "full" || acted;
  }

  async #load(programme: string): Promise<Held> {
    const held = this.#held.get(programme);
    if (held !== undefined) return held;
    const saved = await this.#deps.store.loadDrift(programme);
    const loop = (saved?.state as SavedLoop | undefined)?.loop;
    const loaded = { version: saved?.version ?? 0, loop: loop?.format === 1 ? loop : undefined };
    this.#held.set(programme, loaded);
    return loaded;
  }

  #stateOf({ programme }: Watched): LoopState {
    return this.#held.get(programme)?.loop as LoopState;
  }

  /** Makes one step and writes it, unless it changes nothing. */
  async #step(watched: Watched, fact: Fact, term: Term): Promise<void> {
    const { store, rules, clock } = this.#deps;
    const { programme } = watched;
    const before = await this.#load(programme);
    const at = clock.timestamp();
    const { state, incidents, events } = advance(watched, rules, before.loop, fact, at);
    if (state === before.loop && incidents.length === 0) return;
    const report = reportOf(watched, state, at);
    const change = {
      state: { loop: state, report } satisfies SavedLoop,
      served: servedOf(programme, state),
      incidents,
      events,
    };
    if (!term.held() || !(await store.saveDrift(programme, before.version, change, term))) throw new Overtaken();
    this.#held.set(programme, { version: before.version + 1, loop: state });
    for (const { incident, from, to, why } of events)
      this.#deps.log.warn({ programme, incident, from, to, why }, "a drift incident changed");
    this.#deps.onReport?.(report);
  }

  async #countLabels(watched: Watched, term: Term): Promise<void> {
    const { harm, labelsSince } = this.#stateOf(watched);
    const { programme } = watched;
    const now = this.#deps.clock.now();
    if (harm?.incident.state !== "labelling" || now < (this.#countedAt.get(programme) ?? 0)) return;
    this.#countedAt.set(programme, now + askEveryMs);
    const count = (of: readonly string[]) => this.#deps.labels.countLabels(programme, labelsSince, of);
    const ofRegion = await count(harm.region);
    const ofShown = await count(harm.incident.cases);
    const fact = {
      kind: "labels",
      total: ofRegion.total,
      ofRegion: ofRegion.ofThese,
      ofShown: ofShown.ofThese,
    } as const;
    await this.#step(watched, fact, term);
  }

  async #read(watched: Watched, term: Term): Promise<Taken> {
    const { harm, cursors } = this.#stateOf(watched);
    const candidate = harm?.incident.state === "shadow" ? harm.candidate : undefined;
    const limit = candidate === undefined ? batchMax : mirroredBatchMax;
    const cases = await this.#deps.feed.readCases(watched.programme, cursors.read, limit);
    if (cases.length === 0) return "none";
    const mirrored: Mirrored[] = [];
    for (const one of candidate === undefined ? [] : cases) {
      if (one.release.fast !== watched.fast || one.release.fine !== watched.fine) continue;
      const seen = await this.#deps.work.mirror(candidate as string, one, term.signal);
      if (seen !== undefined) mirrored.push(seen);
    }
    await this.#step(watched, { kind: "read", cases, mirrored }, term);
    return cases.length === limit ? "full" : "some";
  }

  async #settle(watched: Watched, term: Term): Promise<Taken> {
    const { harm, cursors } = this.#stateOf(watched);
    const candidate = harm?.incident.state === "canary" ? harm.candidate : undefined;
    const cases = await this.#deps.feed.settledCases(watched.programme, cursors.settled, batchMax);
    if (cases.length === 0) return "none";
    const pairs: CanaryPair[] = [];
    for (const one of candidate === undefined ? [] : cases) {
      if (one.judgement === undefined) continue;
      const pair = await this.#deps.work.compare(candidate as string, one, term.signal);
      if (pair !== undefined) pairs.push(pair);
    }
    await this.#step(watched, { kind: "settled", cases, pairs }, term);
    return cases.length === batchMax ? "full" : "some";
  }

  /** Actions run beside the rounds: a training takes long, and cases are watched meanwhile. */
  async #act(watched: Watched, term: Term): Promise<boolean> {
    let acted = false;
    for (const action of dueActions(this.#stateOf(watched))) {
      // No fence guards the registry.
      if (!term.held()) throw new Overtaken();
      const known = this.#performing.get(action.id);
      if (known?.outcome !== undefined) {
        this.#performing.delete(action.id);
        await this.#step(watched, { action: action.id, ...known.outcome }, term);
        acted = true;
      } else if (known === undefined || (known.retryAt !== undefined && this.#deps.clock.now() >= known.retryAt))
        this.#start(action, watched, term);
    }
    return acted;
  }

  #start(action: Action, watched: Watched, term: Term): void {
    const { work, log, clock } = this.#deps;
    const performing: Performing = {
      running: work.perform(action, watched, term.signal).then(
        (outcome) => {
          performing.outcome = outcome;
        },
        (error: unknown) => {
          performing.retryAt = clock.now() + askEveryMs;
          if (!term.signal.aborted)
            log.warn({ action: action.id, err: isProblem(error) ? error.code : error }, "an action failed for now");
        },
      ),
    };
    this.#performing.set(action.id, performing);
  }
}
