import { type RouteConfig, z } from "@hono/zod-openapi";
import { type Dialect, openAlertSocket } from "../alert-socket.ts";
import { readField } from "../case-request.ts";
import { framed } from "../compat/eye-socket-words.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { publicUrl } from "../public-links.ts";
import { json, problemResponses } from "../responses.ts";
import type { Serving } from "../serving.ts";

/** The WebSockets that a link can open. */
const socketPaths = ["/ws", "/p/eye/ws/notifications", "/p/eye/api/notifications/ws"] as const;
const pathSchema = z.enum(socketPaths).openapi({ description: "Which WebSocket; default: /ws" });

export const eventLinkSchema = z.strictObject({ href: z.string(), expiresAt: z.iso.datetime() }).openapi("EventLink");

const link: RouteConfig = {
  method: "post",
  path: "/v1/events/links",
  operationId: "linkEvents",
  summary: "A link to a WebSocket of alerts that needs no key, for a short time",
  description:
    "A browser sends no key with a WebSocket. `/ws` answers `{seq, at, kind, data}` for every alert; with `cursor=` of the last one a client that was away is told what it missed. The time ends the link, not a WebSocket that is open.",
  tags: ["events"],
  request: { query: z.object({ path: pathSchema.optional() }) },
  responses: {
    201: json("The link", eventLinkSchema),
    ...problemResponses(["field-invalid", "unauthorised", "internal"]),
  },
};

/** Alerts as they are. */
const native: Dialect = {
  connected: (cursor) => ({ kind: "connected", seq: cursor, cursor }),
  alert: (alert) => {
    const { cursor, ...data } = framed(alert);
    return { seq: alert.seq, cursor, at: alert.at, kind: alert.kind, data };
  },
  command: (text, cursor) => (text === "ping" ? { kind: "pong", cursor } : undefined),
};

export function routeEvents(app: GatewayApp, serving: Serving): void {
  app.get("/ws", (c) => openAlertSocket(serving, c, native));
  answer(app, link, (c) => {
    const path = readField("path", pathSchema, c.req.query("path")) ?? "/ws";
    const { config, clock, links } = serving;
    const { expires, signature } = links.sign(path, clock.wallMs(), config.LINK_SECONDS);
    const href = `${publicUrl(serving, c).replace(/^http/, "ws")}${path}?expires=${expires}&signature=${signature}`;
    return c.json({ href, expiresAt: new Date(Number(expires) * 1000).toISOString() }, 201);
  });
}
