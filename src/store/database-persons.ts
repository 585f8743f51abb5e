import {
  type Alert,
  type AlertStore,
  type AuditAction,
  type Notification,
  type NotificationFilter,
  type NotificationStore,
  type Person,
  type PersonFilter,
  type PersonPage,
  type PersonStore,
  Problem,
  type Trail,
} from "../contracts/index.ts";
import type { Clock } from "../platform/index.ts";
import type { PersonWrite, WrittenTrail } from "./person-messages.ts";
import type { RecordThread } from "./record-thread.ts";
import { isUuid } from "./uuid.ts";

interface PersonSettings {
  readonly clock: Clock;
  /** When an image that is recorded at `at` may go; null: never. */
  readonly imageExpiry: (at: string) => string | null;
}

/**
 * Persons, notifications and alerts in the database of the cases. A write is one transaction with its trail; when the
 * commit's own answer was lost nobody knows whether it was written, and the problem is store-unavailable.
 */
export class DatabasePersons implements PersonStore, NotificationStore, AlertStore {
  readonly #thread: RecordThread;
  readonly #settings: PersonSettings;

  constructor(thread: RecordThread, settings: PersonSettings) {
    this.#thread = thread;
    this.#settings = settings;
  }

  /** @throws {Problem} field-invalid for text that no database takes */
  async createPerson(person: Person, trail: Trail): Promise<void> {
    await this.#thread.call("createPerson", this.#written(person, trail, "person.created"));
  }

  async getPerson(id: string): Promise<Person | undefined> {
    if (!isUuid(id)) return undefined;
    const found = await this.#thread.call("getPerson", id);
    return found === undefined ? undefined : (JSON.parse(found) as Person);
  }

  async listPersons(filter: PersonFilter, skip: number, limit: number): Promise<PersonPage> {
    if (filter.search?.includes(nul)) return { persons: [], total: 0 };
    const { records, total } = await this.#thread.call("listPersons", { filter, skip, limit });
    return { persons: records.map((each) => JSON.parse(each) as Person), total };
  }

  /** @throws {Problem} field-invalid for text that no database takes */
  async replacePerson(person: Person, trail: Trail): Promise<boolean> {
    if (!isUuid(person.id)) return false;
    return this.#thread.call("replacePerson", this.#written(person, trail, "person.changed"));
  }

  async removePerson(id: string, at: string, trail: Trail): Promise<boolean> {
    if (!isUuid(id)) return false;
    return this.#thread.call("removePerson", { id, at, trail: this.#trail(trail, "person.removed") });
  }

  /** @throws {Problem} person-unknown when a notification is about somebody who is not there, or no longer */
  async notify(trail: Trail): Promise<void> {
    const unknown = trail.notifications?.some(({ personId }) => personId !== null && !isUuid(personId));
    if (unknown) throw new Problem("person-unknown");
    await this.#thread.call("notify", this.#trail(trail, "notification.created"));
  }

  async listNotifications(filter: NotificationFilter, skip: number, limit: number): Promise<readonly Notification[]> {
    if (filter.personId !== undefined && !isUuid(filter.personId)) return [];
    return this.#thread.call("listNotifications", { filter, skip, limit });
  }

  countUnread(): Promise<number> {
    return this.#thread.call("countUnread", undefined);
  }

  async markRead(id: string): Promise<Notification | undefined> {
    return isUuid(id) ? this.#thread.call("markRead", id) : undefined;
  }

  async markAllRead(): Promise<void> {
    await this.#thread.call("markAllRead", undefined);
  }

  async removeNotification(id: string): Promise<boolean> {
    return isUuid(id) && this.#thread.call("removeNotification", id);
  }

  alertsAfter(seq: number, limit: number): Promise<readonly Alert[]> {
    return this.#thread.call("alertsAfter", { seq, limit });
  }

  lastAlert(): Promise<number> {
    return this.#thread.call("lastAlert", undefined);
  }

  #written(person: Person, given: Trail, action: AuditAction): PersonWrite {
    refuseNul(person.name);
    const trail = this.#trail(given, action);
    return { record: JSON.stringify(person), trail, imageExpiresAt: this.#settings.imageExpiry(trail.at) };
  }

  #trail({ origin, notifications = [], alerts = [], action }: Trail, usual: AuditAction): WrittenTrail {
    for (const { message } of notifications) refuseNul(message);
    return { origin, action: action ?? usual, at: this.#settings.clock.timestamp(), notifications, alerts };
  }
}

const nul = "\u0000";
/** The one character that a column of text cannot hold. */
function refuseNul(text: string): void {
  if (text.includes(nul)) throw new Problem("field-invalid", { detail: "text must not hold the character U+0000" });
}
