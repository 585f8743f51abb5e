import type {
  DriftFeed,
  DriftStore,
  Incident,
  IncidentEvent,
  Lease,
  ReadEvent,
  SavedDrift,
  ServedDrift,
  SettledEvent,
} from "../../src/contracts/index.ts";

/** The drift ports in memory: what a database must do, done plainly. */
export interface MemoryDrift extends DriftStore, DriftFeed {
  readonly read: ReadEvent[];
  readonly settled: SettledEvent[];
  readonly written: IncidentEvent[];
  /** The lease whose writes are taken; any other writes nothing. */
  lease: Lease;
}

/** As it would come back from a database: nothing is shared with who wrote it. */
const copied = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export function memoryDrift(lease: Lease = { name: "monitor", token: 1 }): MemoryDrift {
  const states = new Map<string, SavedDrift>();
  const served = new Map<string, ServedDrift>();
  const incidents = new Map<string, Incident>();
  const after = <T extends { readonly seq: number }>(all: readonly T[], seq: number, limit: number): T[] =>
    all.filter((each) => each.seq > seq).slice(0, limit);
  const memory: MemoryDrift = {
    read: [],
    settled: [],
    written: [],
    lease,
    readCases: async (_programme, seq, limit) => after(memory.read, seq, limit),
    settledCases: async (_programme, seq, limit) => after(memory.settled, seq, limit),
    forget: async (_programme, cursors) => {
      memory.read.splice(0, memory.read.filter(({ seq }) => seq <= cursors.read).length);
      memory.settled.splice(0, memory.settled.filter(({ seq }) => seq <= cursors.settled).length);
    },
    loadDrift: async (programme) => copied(states.get(programme) ?? null) ?? undefined,
    servedDrift: async () => copied([...served.values()]),
    saveDrift: async (programme, version, change, { name, token }) => {
      if (name !== memory.lease.name || token !== memory.lease.token) return false;
      if ((states.get(programme)?.version ?? 0) !== version) return false;
      states.set(programme, copied({ version: version + 1, state: change.state }));
      served.set(programme, copied(change.served));
      for (const incident of change.incidents) incidents.set(incident.id, copied(incident));
      memory.written.push(...copied(change.events));
      return true;
    },
    incidents: async (programme, limit) =>
      copied(
        [...incidents.values()]
          .filter((each) => programme === undefined || each.programme === programme)
          .sort((one, other) => other.openedAt.localeCompare(one.openedAt) || other.id.localeCompare(one.id))
          .slice(0, limit),
      ),
    incident: async (id) => {
      const incident = incidents.get(id);
      const events = memory.written.filter((each) => each.incident === id);
      return incident && copied({ incident, events });
    },
  };
  return memory;
}
