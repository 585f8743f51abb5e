import type { NotificationStore, PersonStore, Trail } from "../contracts/index.ts";

/** The same stores, which say so when an alert was written: who follows alerts here need not wait for the next look. */
export function announcePersons(store: PersonStore, wake: () => void): PersonStore {
  const told = teller(wake);
  return {
    createPerson: async (person, trail) => told(trail, await store.createPerson(person, trail)),
    getPerson: (id) => store.getPerson(id),
    listPersons: (filter, skip, limit) => store.listPersons(filter, skip, limit),
    replacePerson: async (person, trail) => told(trail, await store.replacePerson(person, trail)),
    removePerson: async (id, at, trail) => told(trail, await store.removePerson(id, at, trail)),
  };
}

export function announceNotifications(store: NotificationStore, wake: () => void): NotificationStore {
  const told = teller(wake);
  return {
    notify: async (trail) => told(trail, await store.notify(trail)),
    listNotifications: (filter, skip, limit) => store.listNotifications(filter, skip, limit),
    countUnread: () => store.countUnread(),
    markRead: (id) => store.markRead(id),
    markAllRead: () => store.markAllRead(),
    removeNotification: (id) => store.removeNotification(id),
  };
}

const teller =
  (wake: () => void) =>
  <T>({ alerts }: Trail, written: T): T => {
    if (alerts !== undefined && alerts.length > 0) wake();
    return written;
  };
