import { type RouteConfig, z } from "@hono/zod-openapi";
import { disclaimer, type NotificationFilter, Problem } from "../../contracts/index.ts";
import { readField } from "../case-request.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { notificationListSchema, notificationPageQuery, notificationSchema, unreadSchema } from "../person-schemas.ts";
import { renderNotification } from "../render-person.ts";
import { json, problemResponses } from "../responses.ts";
import { type GatewayContext, originOf, type Serving } from "../serving.ts";

const pageDefault = 50;
const tags = ["notifications"];
const params = z.object({ id: z.uuid() });

const list: RouteConfig = {
  method: "get",
  path: "/v1/notifications",
  operationId: "listNotifications",
  summary: "What was told about people, newest first",
  tags,
  request: { query: z.object(notificationPageQuery) },
  responses: {
    200: json("One page", notificationListSchema),
    ...problemResponses(["field-invalid", "unauthorised", "store-unavailable", "internal"]),
  },
};
const read: RouteConfig = {
  method: "post",
  path: "/v1/notifications/{id}/read",
  operationId: "readNotification",
  summary: "Note that a notification was read",
  tags,
  request: { params },
  responses: {
    200: json("The notification", notificationSchema),
    ...problemResponses(["unauthorised", "notification-unknown", "store-unavailable", "internal"]),
  },
};
const readAll: RouteConfig = {
  method: "post",
  path: "/v1/notifications/read-all",
  operationId: "readAllNotifications",
  summary: "Note that all notifications were read",
  tags,
  responses: {
    200: json("How many nobody has read", unreadSchema),
    ...problemResponses(["unauthorised", "store-unavailable", "internal"]),
  },
};

/** Notifications hold names: every list of them is in the audit log before its answer leaves. */
export function routeNotifications(app: GatewayApp, serving: Serving): void {
  const { notifications } = serving;
  answer(app, list, async (c) => {
    const skip = readField("skip", notificationPageQuery.skip, c.req.query("skip")) ?? 0;
    const limit = readField("limit", notificationPageQuery.limit, c.req.query("limit")) ?? pageDefault;
    const found = await notifications.listNotifications(readFilter(c), skip, limit);
    const unread = await notifications.countUnread();
    const object = `notifications/${found.length}`;
    await serving.cases.recordAccess({ ...originOf(c), action: "notifications.listed", object });
    return c.json({ notifications: found.map(renderNotification), unread, disclaimer });
  });
  answer(app, readAll, async (c) => {
    await notifications.markAllRead();
    return c.json({ unread: await notifications.countUnread() });
  });
  answer(app, read, async (c) => {
    const id = c.req.param("id") ?? "";
    const marked = params.safeParse({ id }).success ? await notifications.markRead(id) : undefined;
    if (marked === undefined) throw new Problem("notification-unknown");
    return c.json(renderNotification(marked));
  });
}

function readFilter(c: GatewayContext): NotificationFilter {
  const unreadOnly = readField("unreadOnly", notificationPageQuery.unreadOnly, c.req.query("unreadOnly"));
  const personId = readField("personId", notificationPageQuery.personId, c.req.query("personId"));
  return { ...(unreadOnly !== undefined && { unreadOnly }), ...(personId !== undefined && { personId }) };
}
