import type { AlertDraft, Notification, Severity } from "../contracts/index.ts";

/** A notification in the shape of the ophthalmology source system, whose times are UTC without a zone. */
export interface NotificationShape {
  readonly id: string;
  readonly patientId: string | null;
  readonly message: string;
  readonly timestamp: string;
  readonly read: boolean;
  readonly type: Notification["type"];
}

export const notificationShape = (notification: Notification): NotificationShape => ({
  id: notification.id,
  patientId: notification.personId,
  message: notification.message,
  timestamp: notification.timestamp.replace(/Z$/, "000"),
  read: notification.read,
  type: notification.type,
});

/** What open pages are told of a notification. */
export const notificationAlert = (notification: Notification): AlertDraft => ({
  kind: "notification",
  body: JSON.stringify(notificationShape(notification)),
});

/** What open pages are told of a finding: ids only, no name and no picture. */
export interface AbnormalScan {
  readonly patientId: string;
  readonly caseId: string;
  readonly classification: string;
  /** Percent. */
  readonly confidence: number;
  readonly severity: Severity;
}

export const abnormalScanAlert = (scan: AbnormalScan): AlertDraft => ({
  kind: "abnormal-scan",
  body: JSON.stringify(scan),
});
