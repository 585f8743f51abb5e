import {
  type DriftFeed,
  type DriftStore,
  driftStateBytesMax,
  type Incident,
  type Lease,
  type ReadEvent,
  type SavedDrift,
  type ServedDrift,
  type SettledEvent,
} from "../contracts/index.ts";
import { plain } from "./database-leases.ts";
import type { RecordThread } from "./record-thread.ts";

/** What the drift monitor reads and what it remembers, in the database of the cases. */
export class DatabaseDrift implements DriftFeed, DriftStore {
  readonly #thread: RecordThread;

  constructor(thread: RecordThread) {
    this.#thread = thread;
  }

  readCases(programme: string, after: number, limit: number): Promise<readonly ReadEvent[]> {
    return this.#thread.call("readCases", { programme, after, limit });
  }

  settledCases(programme: string, after: number, limit: number): Promise<readonly SettledEvent[]> {
    return this.#thread.call("settledCases", { programme, after, limit });
  }

  async forget(programme: string, { read, settled }: Parameters<DriftFeed["forget"]>[1]): Promise<void> {
    await this.#thread.call("forgetDrift", { programme, read, settled });
  }

  async loadDrift(programme: string): Promise<SavedDrift | undefined> {
    const found = await this.#thread.call("loadDrift", programme);
    return found && { version: found.version, state: JSON.parse(found.state) as unknown };
  }

  async servedDrift(): Promise<readonly ServedDrift[]> {
    const found = await this.#thread.call("servedDrift", undefined);
    return found.map((each) => JSON.parse(each) as ServedDrift);
  }

  /** @throws {RangeError} on a state larger than `driftStateBytesMax` */
  async saveDrift(
    programme: string,
    version: number,
    change: Parameters<DriftStore["saveDrift"]>[2],
    lease: Lease,
  ): Promise<boolean> {
    const state = JSON.stringify(change.state);
    if (Buffer.byteLength(state) > driftStateBytesMax)
      throw new RangeError(`a drift state has at most ${driftStateBytesMax} bytes`);
    const { served, incidents, events } = change;
    const written = { state, served: JSON.stringify(served), incidents, events };
    return this.#thread.call("saveDrift", { programme, version, ...written, lease: plain(lease) });
  }

  async incidents(programme: string | undefined, limit: number): Promise<readonly Incident[]> {
    const found = await this.#thread.call("listIncidents", { programme, limit });
    return found.map((each) => JSON.parse(each) as Incident);
  }

  async incident(id: string): ReturnType<DriftStore["incident"]> {
    const found = await this.#thread.call("findIncident", id);
    return found && { incident: JSON.parse(found.incident) as Incident, events: found.events };
  }
}
