import { Problem } from "../../contracts/index.ts";
import { notificationShape } from "../../persons/index.ts";
import { type GatewayContext, originOf, type Serving } from "../serving.ts";
import { fieldBytesMax, readBody } from "./eye-body.ts";
import { notificationDraftSchema, notificationPageSchema, pageMax } from "./eye-patient-fields.ts";
import { parseInput } from "./fastapi-problem.ts";

export async function listNotifications(serving: Serving, c: GatewayContext): Promise<Response> {
  const { skip, limit, unread_only } = parseInput(notificationPageSchema, c.req.query(), "query");
  const filter = { unreadOnly: unread_only };
  const found = await serving.notifications.listNotifications(filter, skip, Math.min(limit, pageMax));
  const object = `notifications/${found.length}`;
  await serving.cases.recordAccess({ ...originOf(c), action: "notifications.listed", object });
  return c.json(found.map(notificationShape));
}

export const countUnread = async ({ notifications }: Serving, c: GatewayContext): Promise<Response> =>
  c.json({ count: await notifications.countUnread() });

export async function createNotification(serving: Serving, c: GatewayContext): Promise<Response> {
  const body = await readBody(serving, c, { bytesMax: fieldBytesMax });
  const { patient_id, message, type } = parseInput(notificationDraftSchema, body, "body");
  return c.json(notificationShape(await serving.people.notify(patient_id, message, type, originOf(c))), 201);
}

export async function markRead({ notifications }: Serving, c: GatewayContext): Promise<Response> {
  const id = c.req.param("id") ?? "";
  const notification = await notifications.markRead(id);
  if (notification === undefined) throw unknown(id);
  return c.json(notificationShape(notification));
}

export async function markAllRead({ notifications }: Serving, c: GatewayContext): Promise<Response> {
  await notifications.markAllRead();
  return c.json({ message: "All notifications marked as read", success: true });
}

export async function removeNotification({ notifications }: Serving, c: GatewayContext): Promise<Response> {
  const id = c.req.param("id") ?? "";
  if (!(await notifications.removeNotification(id))) throw unknown(id);
  return c.json({ message: `Notification ${id} deleted successfully`, success: true });
}

/** An id is whatever a caller wrote. */
const shownIdCharsMax = 64;

const unknown = (id: string): Problem =>
  new Problem("notification-unknown", { detail: `Notification with id ${id.slice(0, shownIdCharsMax)} not found` });
