import type { AuditLookStore, CaseRecord, LeasedAuditLook, LookLease } from "../contracts/index.ts";
import type { Clock } from "../platform/index.ts";
import { leaseOf } from "./look-lease.ts";
import type { RecordThread } from "./record-thread.ts";

/** Looks that chance asked for, in the database of the cases. They are written with their cases. */
export class DatabaseAuditLooks implements AuditLookStore {
  readonly #thread: RecordThread;
  readonly #clock: Clock;

  constructor(thread: RecordThread, clock: Clock) {
    this.#thread = thread;
    this.#clock = clock;
  }

  async leaseAuditLooks(
    ask: Parameters<AuditLookStore["leaseAuditLooks"]>[0],
  ): ReturnType<AuditLookStore["leaseAuditLooks"]> {
    const leased = await this.#thread.call("leaseAuditLooks", ask);
    return leased.map(
      ({ record, ...rest }): LeasedAuditLook => ({ ...rest, record: JSON.parse(record) as CaseRecord }),
    );
  }

  async releaseAuditLook(lease: LookLease, afterMs: number): Promise<void> {
    await this.#thread.call("releaseAuditLook", { lease: leaseOf(lease), afterMs });
  }

  settleAuditLook(lease: LookLease, finePositive?: boolean): Promise<boolean> {
    const at = this.#clock.timestamp();
    return this.#thread.call("settleAuditLook", {
      lease: leaseOf(lease),
      at,
      ...(finePositive !== undefined && { finePositive }),
    });
  }

  countAuditLooks(): Promise<number> {
    return this.#thread.call("countAuditLooks", undefined);
  }
}
