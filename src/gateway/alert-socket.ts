import { upgradeWebSocket } from "@hono/node-server";
import type { WebSocket, WebSocketServer } from "ws";
import { type Alert, isProblem, Problem } from "../contracts/index.ts";
import type { GatewayContext, Serving } from "./serving.ts";

/** Open WebSockets of one listener. */
export const socketsMax = 1000;
/** A peer that has not answered a ping by the next one is gone. */
const pingMs = 30_000;
/** Answers to commands wait no longer than this behind a peer that does not read, bytes. */
const repliesBytesMax = 64 * 1024;
/** Codes of RFC 6455: both tell a client to come back with its cursor. */
const tryAgainLater = 1013;
const policyViolation = 1008;

/** How one kind of client is spoken to. Every frame is JSON and names the cursor it leads to. */
export interface Dialect {
  connected(cursor: number): object;
  /** Undefined: nothing for this kind of client. */
  alert(alert: Alert): object | undefined;
  /** Undefined: said nothing to. */
  command(text: string, cursor: number): object | undefined;
}

/**
 * Turns the request into a WebSocket that is told every alert behind its cursor, once and in order.
 * @throws {Problem} field-invalid, unauthorised, queue-full, rate-limited, store-unavailable, draining
 */
export async function openAlertSocket(serving: Serving, c: GatewayContext, dialect: Dialect): Promise<Response> {
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket")
    throw new Problem("field-invalid", { detail: "Upgrade: this address speaks WebSocket" });
  checkOrigin(serving, c);
  if (serving.draining()) throw new Problem("draining");
  const server = (c.env as { wss?: WebSocketServer } | undefined)?.wss;
  if (server !== undefined && server.clients.size >= socketsMax)
    throw new Problem("queue-full", { detail: `${socketsMax} clients are connected already.` });
  const wished = readCursor(c);
  const head = await serving.alertFeed.head();
  // A cursor of another database, or of one that was set back, leads nowhere.
  const from = wished === undefined || wished > head ? head : wished;
  const { onOpen, onMessage } = eventsOf(serving, dialect, from);
  countSocket(c);
  return (await upgradeWebSocket(c as never, {
    onOpen: (_event: Event, socket: { raw?: unknown }) => onOpen(socket.raw as WebSocket),
    onMessage: (event: MessageEvent, socket: { raw?: unknown }) => onMessage(event.data, socket.raw as WebSocket),
  })) as Response;
}

/** As open until its connection ends. @throws {Problem} rate-limited */
function countSocket(c: GatewayContext): void {
  const socket = c.env?.incoming?.socket;
  for (const caller of c.get("callers") ?? []) {
    const close = caller.open("sockets");
    if (socket === undefined || socket.destroyed) close();
    else socket.once("close", close);
  }
}

/** Another site's page may open a WebSocket here without asking: unlike `fetch`, no answer's header stops it. */
function checkOrigin({ config }: Serving, c: GatewayContext): void {
  const origin = c.req.header("origin");
  if (origin === undefined || (config.CORS_ORIGINS ?? "").split(",").includes(origin)) return;
  if (!URL.canParse(origin) || new URL(origin).host !== c.req.header("host")?.toLowerCase())
    throw new Problem("unauthorised", { detail: "Pages of this origin are not in CORS_ORIGINS (see X-API-Key)." });
}

function readCursor(c: GatewayContext): number | undefined {
  const given = c.req.query("cursor") ?? c.req.query("last_event_id");
  if (given === undefined) return undefined;
  if (!/^\d{1,15}$/.test(given))
    throw new Problem("field-invalid", { detail: "cursor: a number that came with a message" });
  return Number(given);
}

function eventsOf({ alertFeed, log }: Pick<Serving, "alertFeed" | "log">, dialect: Dialect, from: number) {
  let cursor = from;
  const tell = async (socket: WebSocket, signal: AbortSignal): Promise<void> => {
    await send(socket, dialect.connected(from));
    for await (const alert of alertFeed.follow(from, signal)) {
      const frame = dialect.alert(alert);
      if (frame !== undefined) await send(socket, frame);
      cursor = alert.seq;
    }
  };
  return {
    onOpen: (socket: WebSocket): void => {
      const gone = new AbortController();
      socket.once("close", () => gone.abort());
      // What a peer does wrong (a frame too large, no UTF-8) closes its socket, and is nobody's error but its own.
      socket.on("error", () => undefined);
      watchPulse(socket, gone.signal);
      tell(socket, gone.signal).catch((error: unknown) => {
        if (gone.signal.aborted) return;
        log.warn({ code: isProblem(error) ? error.code : "internal" }, "a client's alerts cannot be read");
        socket.close(tryAgainLater, "come back with your cursor");
      });
    },
    onMessage: (data: unknown, socket: WebSocket): void => {
      const reply = typeof data === "string" ? dialect.command(data.trim(), cursor) : undefined;
      if (socket.bufferedAmount > repliesBytesMax) socket.close(policyViolation, "too many commands");
      else if (reply !== undefined) socket.send(JSON.stringify(reply), () => undefined);
    },
  };
}

/** Resolves when the frame has left for the kernel: a peer that does not read holds one frame, not a queue of them. */
const send = (socket: WebSocket, frame: object): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.send(JSON.stringify(frame), (error) => (error ? reject(error) : resolve()));
  });

function watchPulse(socket: WebSocket, gone: AbortSignal): void {
  let answered = true;
  socket.on("pong", () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, pingMs);
  timer.unref();
  gone.addEventListener("abort", () => clearInterval(timer), { once: true });
}
