import type {
  Alert,
  AlertDraft,
  AuditAction,
  Notification,
  NotificationFilter,
  Origin,
  PersonFilter,
} from "../contracts/index.ts";

// What is asked of the record thread about persons. Persons travel as JSON text, as cases do.

/** What a write leaves besides itself. `at`: RFC 3339, when it was asked for. */
export interface WrittenTrail {
  readonly origin: Origin;
  readonly action: AuditAction;
  readonly at: string;
  readonly notifications: readonly Notification[];
  readonly alerts: readonly AlertDraft[];
}

export interface PersonWrite {
  readonly record: string;
  readonly trail: WrittenTrail;
  /** When the person's picture may go, where it is a new one; null: never. */
  readonly imageExpiresAt: string | null;
}

export interface PersonCalls {
  readonly createPerson: { readonly asked: PersonWrite; readonly answer: undefined };
  readonly getPerson: { readonly asked: string; readonly answer: string | undefined };
  readonly listPersons: {
    readonly asked: { readonly filter: PersonFilter; readonly skip: number; readonly limit: number };
    readonly answer: { readonly records: readonly string[]; readonly total: number };
  };
  readonly replacePerson: { readonly asked: PersonWrite; readonly answer: boolean };
  readonly removePerson: {
    readonly asked: { readonly id: string; readonly at: string; readonly trail: WrittenTrail };
    readonly answer: boolean;
  };
  readonly notify: { readonly asked: WrittenTrail; readonly answer: undefined };
  readonly listNotifications: {
    readonly asked: { readonly filter: NotificationFilter; readonly skip: number; readonly limit: number };
    readonly answer: readonly Notification[];
  };
  readonly countUnread: { readonly asked: undefined; readonly answer: number };
  readonly markRead: { readonly asked: string; readonly answer: Notification | undefined };
  readonly markAllRead: { readonly asked: undefined; readonly answer: undefined };
  readonly removeNotification: { readonly asked: string; readonly answer: boolean };
  readonly alertsAfter: {
    readonly asked: { readonly seq: number; readonly limit: number };
    readonly answer: readonly Alert[];
  };
  readonly lastAlert: { readonly asked: undefined; readonly answer: number };
}
