import type { AuditVerdict, CaseStore } from "../contracts/index.ts";
import type { Clock, Metrics } from "../platform/index.ts";
import { type Duty, pause } from "./leadership.ts";

/** A server that is restarted again and again must not begin with it each time. */
const firstMs = 60_000;
/** It reads every entry there is. */
const everyMs = 6 * 3_600_000;

/** What was found, and when. */
export interface VerifiedChain extends AuditVerdict {
  /** RFC 3339 with Z. */
  readonly at: string;
}

export interface AuditWatchDeps {
  readonly cases: Pick<CaseStore, "verifyAudit">;
  readonly metrics: Pick<Metrics, "auditIntact" | "auditEntries" | "auditVerifiedAt">;
  readonly clock: Clock;
}

/** Verifies the audit chain, for whoever asks and by itself, one reading of it at a time. */
export class AuditWatch {
  readonly #deps: AuditWatchDeps;
  #running: Promise<VerifiedChain> | undefined;
  #last: VerifiedChain | undefined;

  constructor(deps: AuditWatchDeps) {
    this.#deps = deps;
  }

  /** What was found last by this process. */
  last(): VerifiedChain | undefined {
    return this.#last;
  }

  /** @throws {Problem} store-unavailable */
  verify(): Promise<VerifiedChain> {
    this.#running ??= this.#verify().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** For the one server that leads. */
  readonly duty: Duty = async (term) => {
    // A database that is away is asked again the next time; the age of the last verification tells of it.
    for (let waitMs = firstMs; await pause(waitMs, term.signal); waitMs = everyMs)
      await this.verify().catch(() => undefined);
  };

  async #verify(): Promise<VerifiedChain> {
    const { cases, metrics, clock } = this.#deps;
    const verdict = await cases.verifyAudit();
    metrics.auditIntact.set(verdict.intact ? 1 : 0);
    metrics.auditEntries.set(verdict.entries);
    metrics.auditVerifiedAt.set(clock.wallMs() / 1000);
    this.#last = { ...verdict, at: clock.timestamp() };
    return this.#last;
  }
}
