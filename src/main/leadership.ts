import { type HeldLease, isProblem, type Lease, type LeaseStore } from "../contracts/index.ts";
import type { Clock, Log } from "../platform/index.ts";

/** A leader that is not heard of for so long is replaced. */
export const leaseMs = 9000;
const renewMs = 2500;
/** How often the others look whether there is a leader. */
const tryMs = 2000;
/** A database that does not answer finds out by itself that the lease is over. */
const releaseMsMax = 2000;
/** An act that was begun is over before anybody else may begin one. */
const marginMs = 500;

/** One time of leading, until its signal. What writes under it passes it on: the database refuses a token that is over. */
export interface Term extends HeldLease {
  readonly signal: AbortSignal;
}

/** What the leader alone does. Ends soon after the term's signal; what it throws is logged, and the term goes on. */
export type Duty = (term: Term) => Promise<void>;

export interface LeadershipDeps {
  readonly leases: LeaseStore;
  /** Name of the lease. */
  readonly role: string;
  /** Name of this gateway, for people. */
  readonly holder: string;
  readonly duties: readonly Duty[];
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * One of several gateways leads, by a lease in their database. Its holder counts the time of a lease from before it asked
 * for it, so that it stops before anybody else can begin; one that was stopped itself meanwhile finds that out by its
 * clock before an act, and by the fence in each write.
 *
 * *waiting* -> *leading* -> *waiting* ...; *stopped* is final.
 */
export class Leadership {
  readonly #deps: LeadershipDeps;
  readonly #ending = new AbortController();
  #term: Tenure | undefined;
  #running: Promise<void> | undefined;

  constructor(deps: LeadershipDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the term, waits for its duties, and lets the next one lead at once. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  leads(): boolean {
    return this.#term?.held() ?? false;
  }

  async #run(): Promise<void> {
    const { leases, role, holder } = this.#deps;
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const askedAt = this.#deps.clock.now();
      const lease = await this.#quietly(leases.takeLease(role, holder, leaseMs), signal);
      if (lease === undefined) await pause(tryMs, signal);
      else await this.#lead(lease, askedAt);
    }
  }

  async #lead(lease: Lease, askedAt: number): Promise<void> {
    const { clock, duties, log, role, leases } = this.#deps;
    const term = new Tenure(lease, clock, askedAt);
    this.#term = term;
    log.info({ role, token: lease.token }, "leads");
    const working = Promise.all(duties.map((duty) => this.#do(duty, term)));
    const { signal } = this.#ending;
    const end = () => term.end();
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    while (await pause(renewMs, term.signal)) if (!(await this.#renew(term))) end();
    signal.removeEventListener("abort", end);
    this.#term = undefined;
    log.info({ role, token: lease.token, isAsked: signal.aborted }, "leads no more");
    await working;
    // Also where it seems over: what is not ours is left alone.
    await this.#quietly(leases.releaseLease(lease), AbortSignal.timeout(releaseMsMax));
  }

  /** @returns false when the lease is somebody else's, or may be */
  async #renew(term: Tenure): Promise<boolean> {
    if (!term.held()) return false;
    const askedAt = this.#deps.clock.now();
    // A database that is away, or slow, may be back before the lease is over.
    const kept = await this.#quietly(this.#deps.leases.renewLease(term, leaseMs), term.signal);
    if (kept === true) term.extend(askedAt);
    return kept !== false && term.held();
  }

  async #do(duty: Duty, term: Term): Promise<void> {
    try {
      await duty(term);
    } catch (error) {
      this.#deps.log.error({ err: error, role: this.#deps.role }, "a leader's duty failed");
    }
  }

  /** A database that is away is asked again later; its own log says so. @returns undefined then, and after the signal */
  #quietly<T>(asked: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    return new Promise((resolve) => {
      const gone = () => resolve(undefined);
      signal.addEventListener("abort", gone, { once: true });
      if (signal.aborted) gone();
      asked
        .then(resolve, (error: unknown) => {
          if (!isProblem(error)) this.#deps.log.error({ err: error }, "the lease could not be asked for");
          gone();
        })
        .finally(() => signal.removeEventListener("abort", gone));
    });
  }
}

class Tenure implements Term {
  readonly name: string;
  readonly token: number;
  readonly #clock: Clock;
  readonly #ending = new AbortController();
  #until = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ name, token }: Lease, clock: Clock, askedAt: number) {
    this.name = name;
    this.token = token;
    this.#clock = clock;
    this.extend(askedAt);
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  held(): boolean {
    return !this.signal.aborted && this.#clock.now() < this.#until;
  }

  /** @param askedAt before the database was asked: its lease ends later than ours, never earlier */
  extend(askedAt: number): void {
    if (this.signal.aborted) return;
    this.#until = askedAt + leaseMs - marginMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(), Math.max(0, this.#until - this.#clock.now()));
    this.#timer.unref();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#ending.abort();
  }
}

/** @returns false when the signal came first */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve(!signal.aborted);
    };
    const timer = setTimeout(done, ms);
    timer.unref();
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
