import type { Alert } from "../../contracts/index.ts";
import type { Dialect } from "../alert-socket.ts";

/** What an alert's body may hold under these keys stays here: frames name nobody, and are read where they are shown. */
const namelessWords: Readonly<Record<string, string>> = {
  info: "New notification",
  success: "New notification",
  critical: "New critical notification",
};

/** The body of an alert without the text of its message, which may hold a name; the notification's id leads to it. */
export function framed({ body, seq }: Alert): Record<string, unknown> {
  const data = JSON.parse(body) as Record<string, unknown>;
  const message = namelessWords[String(data["type"])] ?? "New notification";
  return { ...data, ...("message" in data && { message }), cursor: seq };
}

/** What the clients may ask of the watch folder. */
export interface Scanner {
  readonly enabled: boolean;
  /** Looks at the folder now. */
  look(): void;
}

/** `/ws/notifications` of the source's first generation. */
export const notificationsDialect = (scanner: Scanner, clients: () => number): Dialect => ({
  connected: (cursor) => ({ type: "connected", data: { message: "connected", cursor } }),
  alert: (alert) => ({
    type: alert.kind.startsWith("scan-") ? "scanner_status" : "scanner_notification",
    data: { event: alert.kind, ...framed(alert) },
  }),
  command: (text, cursor) => {
    if (text === "ping") return { type: "pong", data: { cursor } };
    if (text === "status") return { type: "status", data: { ...scannerStatus(scanner, clients()), cursor } };
    if (text !== "trigger_scan") return undefined;
    if (scanner.enabled) scanner.look();
    return { type: "scanner_status", data: { status: scanner.enabled ? "triggered" : "disabled", cursor } };
  },
});

export const scannerStatus = ({ enabled }: Scanner, clients: number) => ({
  active_connections: clients,
  scanner_enabled: enabled,
});

/** `/api/notifications/ws` of its second generation: two events, and nothing of the folder. */
export const eventsDialect: Dialect = {
  connected: (cursor) => ({ event: "connected", data: { cursor } }),
  alert: (alert) => {
    if (alert.kind === "notification") return { event: "notification", data: framed(alert) };
    return alert.kind === "abnormal-scan" ? { event: "abnormal_scan", data: framed(alert) } : undefined;
  },
  command: (text, cursor) => (text === "ping" ? { event: "pong", data: { cursor } } : undefined),
};
