import type {
  CaseRecord,
  LeasedSecondLook,
  LookLease,
  Origin,
  SecondLookAsk,
  SecondLookStore,
} from "../contracts/index.ts";
import type { Clock } from "../platform/index.ts";
import { leaseOf } from "./look-lease.ts";
import type { RecordThread } from "./record-thread.ts";

/** Tickets for second looks, in the database of the cases. They are written with their cases. */
export class DatabaseSecondLooks implements SecondLookStore {
  readonly #thread: RecordThread;
  readonly #clock: Clock;

  constructor(thread: RecordThread, clock: Clock) {
    this.#thread = thread;
    this.#clock = clock;
  }

  async leaseSecondLooks(ask: SecondLookAsk): Promise<readonly LeasedSecondLook[]> {
    const leased = await this.#thread.call("leaseSecondLooks", ask);
    return leased.map(({ record, ...rest }) => ({ ...rest, record: JSON.parse(record) as CaseRecord }));
  }

  async releaseSecondLook(lease: LookLease, afterMs: number): Promise<void> {
    await this.#thread.call("releaseSecondLook", { lease: leaseOf(lease), afterMs });
  }

  settleSecondLook(record: CaseRecord, origin: Origin, lease: LookLease, finePositive?: boolean): Promise<boolean> {
    const at = this.#clock.timestamp();
    return this.#thread.call("settleSecondLook", {
      record: JSON.stringify(record),
      origin,
      lease: leaseOf(lease),
      at,
      ...(finePositive !== undefined && { finePositive }),
    });
  }

  countPending(): Promise<number> {
    return this.#thread.call("countPending", undefined);
  }
}
