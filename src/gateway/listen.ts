import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import { createAdaptorServer, type HttpBindings, type WebSocketServerLike } from "@hono/node-server";
import { WebSocketServer } from "ws";
import type { ProfileId } from "../platform/index.ts";
import { createApp } from "./app.ts";
import { readPairs } from "./compat/resolve-path.ts";
import type { GatewayApp } from "./documented.ts";
import type { GatewayDeps } from "./serving.ts";
import { bodyMsMax } from "./slow-body.ts";
import { answerUnread, isBodyOwed } from "./unread-body.ts";

/** A server that accepts connections. */
export interface Gateway {
  readonly port: number;
  /** Further ports, each for the clients of one source system, in the order of the setting. */
  readonly profilePorts: readonly (readonly [port: number, profile: ProfileId])[];
  /** Stops accepting, finishes open requests, closes idle connections; what is left after `timeoutMs` is cut off. */
  close(timeoutMs: number): Promise<void>;
}

/** Node measures this from the connection's first byte; our own heads are a few hundred bytes. */
const headersTimeoutMs = 10_000;
/** How often Node looks for late heads and bodies. */
const connectionsCheckMs = 1000;
/** Longer than the idle time of common load balancers (60 s): the side that reuses must not be the side that closes. */
const keepAliveMs = 65_000;
const headerBytesMax = 16 * 1024;
const headerLinesMax = 100;
/** What a client may say over a WebSocket is a word. */
const socketMessageBytesMax = 4096;
/** Time for WebSockets to say goodbye. */
const socketCloseMs = 1000;
const goingAway = 1001;

/** @throws when an address is taken or not ours */
export async function listen(deps: GatewayDeps): Promise<Gateway> {
  const { config } = deps;
  const app = createApp(deps);
  const first = await openPort(app, deps, config.PORT, config.PROFILE);
  const others: OpenPort[] = [];
  const close = async (timeoutMs: number): Promise<void> => {
    await Promise.all([first, ...others].map((each) => closePort(each, timeoutMs)));
  };
  try {
    for (const [port, profile] of readPairs(config.PROFILE_PORTS))
      others.push(await openPort(app, deps, Number(port), profile));
  } catch (error) {
    await close(0);
    throw error;
  }
  const profilePorts = others.map(({ port, profile }) => [port, profile as ProfileId] as const);
  return { port: first.port, profilePorts, close };
}

interface OpenPort {
  readonly server: Server;
  readonly sockets: WebSocketServer;
  readonly port: number;
  readonly profile: ProfileId | undefined;
  readonly open: OpenRequests;
}

async function openPort(
  app: GatewayApp,
  { config, draining }: GatewayDeps,
  wanted: number,
  profile: ProfileId | undefined,
): Promise<OpenPort> {
  const answered = async (request: Request, bindings: HttpBindings): Promise<Response> => {
    // The bindings themselves, not a copy: a WebSocket's handshake is recognised by what it leaves in them.
    const response = await app.fetch(request, Object.assign(bindings, { profile }));
    if (bindings.outgoing === undefined) return response;
    // While the process ends, every answer asks its client to open the next connection elsewhere.
    if (draining()) bindings.outgoing.shouldKeepAlive = false;
    // A small body may lie behind its head in the same packet: let Node get to it before calling it owed.
    if (isBodyOwed(bindings)) await setImmediate();
    return isBodyOwed(bindings) ? answerUnread(response, bindings) : response;
  };
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: socketMessageBytesMax,
    perMessageDeflate: false,
  });
  const server = createAdaptorServer({
    websocket: { server: sockets as WebSocketServerLike },
    fetch: (request, bindings) => answered(request, bindings as HttpBindings),
    hostname: config.HOST,
    serverOptions: {
      headersTimeout: headersTimeoutMs,
      // Behind the watch on each body's rate, which ends a dripping client after seconds: never shorter than what the
      // largest body may take at the slowest rate.
      requestTimeout: bodyMsMax(Math.max(config.BATCH_BYTES_MAX, config.IMAGE_BYTES_MAX)),
      connectionsCheckingInterval: connectionsCheckMs,
      keepAliveTimeout: keepAliveMs,
      maxHeaderSize: headerBytesMax,
      insecureHTTPParser: false,
      requireHostHeader: true,
    },
  }) as Server;
  server.maxConnections = config.CONNECTIONS_MAX;
  server.maxHeadersCount = headerLinesMax;
  const open = countOpen(server);
  // What does not fit into the backlog is dropped by the kernel, and its client tries again only after 1, 3 and 7 s.
  server.listen(wanted, config.HOST, config.CONNECTIONS_MAX);
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port, profile, open, sockets };
}

interface OpenRequests {
  readonly count: number;
  /** Called when the last one has ended. */
  onNone: () => void;
}

function countOpen(server: Server): OpenRequests {
  let count = 0;
  const open = {
    get count() {
      return count;
    },
    onNone: (): void => undefined,
  };
  server.on("request", (_request, response) => {
    count++;
    response.once("close", () => {
      count--;
      if (count === 0) open.onNone();
    });
  });
  return open;
}

/**
 * Waits for requests, not for connections: Node counts a connection on which nothing was ever sent as busy, and load
 * balancers hold many of those.
 */
async function closePort({ server, open, sockets }: OpenPort, timeoutMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  const socketsGone = closeSockets(sockets);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    open.onNone = () => {
      clearTimeout(timer);
      resolve();
    };
    if (open.count === 0) open.onNone();
  });
  await socketsGone;
  server.closeAllConnections();
  await closed;
}

/** They hold no work of ours, so they go first: their clients come back elsewhere with their cursors. */
async function closeSockets({ clients }: WebSocketServer): Promise<void> {
  const open = [...clients];
  const gone = Promise.all(open.map((client) => once(client, "close")));
  for (const client of open) client.close(goingAway, "the server is shutting down");
  const timer = setTimeout(() => {
    for (const client of open) client.terminate();
  }, socketCloseMs);
  await gone;
  clearTimeout(timer);
}
