import type {
  Alert,
  AlertStore,
  Notification,
  NotificationStore,
  Person,
  PersonStore,
  Trail,
} from "../../src/contracts/index.ts";

/** People in memory, as the ports say; what was written is open to a test. */
export interface MemoryPersons extends PersonStore, NotificationStore, AlertStore {
  readonly people: Map<string, Person>;
  readonly notes: Notification[];
  readonly told: Alert[];
  readonly trails: Trail[];
}

export function memoryPersons(): MemoryPersons {
  const people = new Map<string, Person>();
  const notes: Notification[] = [];
  const told: Alert[] = [];
  const trails: Trail[] = [];
  const leave = (trail: Trail): void => {
    trails.push(trail);
    notes.unshift(...(trail.notifications ?? []));
    for (const draft of trail.alerts ?? []) told.push({ ...draft, seq: told.length + 1, at: new Date().toISOString() });
  };
  return {
    people,
    notes,
    told,
    trails,
    createPerson: async (person, trail) => {
      people.set(person.id, person);
      leave(trail);
    },
    getPerson: async (id) => people.get(id),
    listPersons: async ({ status, search }, skip, limit) => {
      const found = [...people.values()]
        .reverse()
        .filter((each) => status === undefined || each.status === status)
        .filter((each) => each.name.toLowerCase().includes((search ?? "").toLowerCase()));
      return { persons: found.slice(skip, skip + limit), total: found.length };
    },
    replacePerson: async (person, trail) => {
      if (people.get(person.id)?.version !== person.version - 1) return false;
      people.set(person.id, person);
      leave(trail);
      return true;
    },
    removePerson: async (id, _at, trail) => {
      if (!people.delete(id)) return false;
      notes.splice(0, notes.length, ...notes.filter(({ personId }) => personId !== id));
      leave(trail);
      return true;
    },
    notify: async (trail) => leave(trail),
    listNotifications: async ({ unreadOnly, personId }, skip, limit) =>
      notes
        .filter((each) => !(unreadOnly === true && each.read) && (personId ?? each.personId) === each.personId)
        .slice(skip, skip + limit),
    countUnread: async () => notes.filter(({ read }) => !read).length,
    markRead: async (id) => {
      const at = notes.findIndex((each) => each.id === id);
      const note = notes[at];
      if (note !== undefined) notes[at] = { ...note, read: true };
      return notes[at];
    },
    markAllRead: async () => void notes.splice(0, notes.length, ...notes.map((each) => ({ ...each, read: true }))),
    removeNotification: async (id) => {
      const at = notes.findIndex((each) => each.id === id);
      if (at >= 0) notes.splice(at, 1);
      return at >= 0;
    },
    alertsAfter: async (seq, limit) => told.filter((each) => each.seq > seq).slice(0, limit),
    lastAlert: async () => told.length,
  };
}
