import type { LeasedAuditLook, ProgrammeCatalog } from "../contracts/index.ts";
import type { Clock } from "../platform/index.ts";
import { LeasedWork } from "./leased-work.ts";
import { KnownReleases } from "./release-of.ts";
import { type AuditLookDeps, settleAuditLook } from "./settle-audit-look.ts";
import { leaseMs } from "./settlement.ts";

export interface AuditLooksDeps extends Omit<AuditLookDeps, "releases"> {
  readonly programmes: ProgrammeCatalog;
  readonly clock: Clock;
  /** Looks at once; 0: for now nobody asks the fine reader. */
  readonly width: () => number;
  /** Whether no case waits for its second look: those go first. */
  readonly isIdle: () => boolean;
}

/**
 * Has the fine reader look at decided cases that chance chose, behind everybody who waits for an answer. While it cannot
 * be had, looks that are overdue are given up all the same, so that the monitor does not wait for them.
 */
export class AuditLooks {
  readonly #work: LeasedWork<LeasedAuditLook>;

  constructor(deps: AuditLooksDeps) {
    const { store, metrics, width, clock, log } = deps;
    const releases = new KnownReleases(deps.programmes);
    this.#work = new LeasedWork({
      width,
      clock,
      log,
      lease: (limit, isOpen) => {
        releases.names();
        const readable = isOpen && deps.isIdle() ? [...releases.byFine().keys()] : [];
        return store.leaseAuditLooks({ limit, leaseMs, readable });
      },
      settle: (look, signal) => settleAuditLook({ ...deps, releases }, look, signal),
      count: () => store.countAuditLooks(),
      onCount: (waiting) => metrics.auditLooksPending.set(waiting),
    });
  }

  start(): void {
    this.#work.start();
  }

  stop(): Promise<void> {
    return this.#work.stop();
  }
}
