import type { Lease, LeaseStore, StandingLease, TokenDraw, TokenPool } from "../contracts/index.ts";
import type { RecordThread } from "./record-thread.ts";

/** Leases and shared tokens in the database of the cases. */
export class DatabaseLeases implements LeaseStore, TokenPool {
  readonly #thread: RecordThread;

  constructor(thread: RecordThread) {
    this.#thread = thread;
  }

  takeLease(name: string, holder: string, leaseMs: number): Promise<Lease | undefined> {
    return this.#thread.call("takeLease", { name, holder, leaseMs });
  }

  renewLease(lease: Lease, leaseMs: number): Promise<boolean> {
    return this.#thread.call("renewLease", { lease: plain(lease), leaseMs });
  }

  async releaseLease(lease: Lease): Promise<void> {
    await this.#thread.call("releaseLease", plain(lease));
  }

  standingLeases(): Promise<readonly StandingLease[]> {
    return this.#thread.call("standingLeases", undefined);
  }

  drawTokens(draws: readonly TokenDraw[]): ReturnType<TokenPool["drawTokens"]> {
    return this.#thread.call("drawTokens", draws);
  }

  /** Forgets buckets that are full again, and gateways that are gone. @returns undefined when the lease is over */
  forgetSpent(lease: Lease): Promise<number | undefined> {
    return this.#thread.call("forgetSpent", plain(lease));
  }
}

/** Without the functions that a holder's lease may have: they cannot go to another thread. */
export const plain = ({ name, token }: Lease): Lease => ({ name, token });
