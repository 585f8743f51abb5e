import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import { openAlertSocket } from "../alert-socket.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { json } from "../responses.ts";
import type { Serving } from "../serving.ts";
import { eventsDialect, notificationsDialect, scannerStatus } from "./eye-socket-words.ts";
import { deprecate, mountOf } from "./profile.ts";

const mount = mountOf("eye");

export const socketStatusSchema = z
  .strictObject({
    active_connections: z.int().openapi({ description: "Clients that are told of alerts now" }),
    scanner_enabled: z.boolean().openapi({ description: "Whether a folder is watched for images" }),
    cursor: z.int().openapi({ description: "Number of the newest alert" }),
  })
  .openapi("EyeSocketStatus");

const statusRoute: RouteConfig = {
  method: "get",
  path: `${mount}/ws/status`,
  operationId: "eye_ws_status",
  summary: "Who is connected",
  description:
    "`/ws/notifications` and `/api/notifications/ws` are WebSockets. With `?cursor=` of the last message a client is told what it missed.",
  tags: ["eye (source system)"],
  deprecated: true,
  responses: { 200: json("The sockets' state", socketStatusSchema) },
};

/** The real-time side of the ophthalmology source system, both generations of it. */
export function routeEyeSockets(app: GatewayApp, serving: Serving): void {
  const { alertFeed, watchFolder } = serving;
  const scanner = { enabled: watchFolder !== undefined, look: () => watchFolder?.look() };
  const clients = () => alertFeed.followers;
  const dialect = notificationsDialect(scanner, clients);
  app.get(`${mount}/ws/notifications`, (c) => openAlertSocket(serving, c, dialect));
  app.get(`${mount}/api/notifications/ws`, (c) => openAlertSocket(serving, c, eventsDialect));
  answer(app, statusRoute, async (c) => {
    deprecate(c, "/ws");
    return c.json({ ...scannerStatus(scanner, clients()), cursor: await alertFeed.head() });
  });
}
