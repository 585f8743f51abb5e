import type { CaseRecord } from "./decision.ts";
import type { LookLease } from "./leases.ts";
import type { Origin } from "./stores.ts";

export interface LeasedSecondLook extends LookLease {
  /** The case as it stands: provisional. */
  readonly record: CaseRecord;
  readonly release: string;
  readonly outOfDomain: boolean;
  /** Share of its time that it has waited, from 0; from 1 on it is overdue. */
  readonly age: number;
}

export interface SecondLookAsk {
  /** Most that are wanted, overdue ones and those of unknown releases included. */
  readonly limit: number;
  readonly leaseMs: number;
  /** Releases whose fine reader can be had now. */
  readonly readable: readonly string[];
  /** Releases that this server knows. One that nobody took for `strangerMs` is leased as well: its release is gone. */
  readonly known: readonly string[];
  readonly strangerMs: number;
}

/**
 * Tickets for second looks, in the database of the cases. Any server may take one and may end at any point.
 * Every method can fail with the problem store-unavailable; time is the database's own.
 */
export interface SecondLookStore {
  /** Those that are worth most first, and the longer they wait the more; overdue ones before all others. */
  leaseSecondLooks(ask: SecondLookAsk): Promise<readonly LeasedSecondLook[]>;
  /** Gives a ticket back; nobody takes it for so long. */
  releaseSecondLook(lease: LookLease, afterMs: number): Promise<void>;
  /**
   * Writes the final record in place of the provisional one, its new reading, its event and its audit entry, in one
   * transaction and once.
   *
   * @param finePositive which side the fine reader is on, for the drift monitor; absent: nobody could ask it
   * @returns false when the lease is somebody else's by now, or the ticket is settled: nothing is written then
   */
  settleSecondLook(record: CaseRecord, origin: Origin, lease: LookLease, finePositive?: boolean): Promise<boolean>;
  /** Provisional cases. */
  countPending(): Promise<number>;
}
