import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { framesHeldMax } from "./alert-socket.ts";
import { createFoveaClient } from "./client.ts";

/** How one connection goes on: the cursor it was asked for is the first argument. */
type Connection = (cursor: number | undefined, socket: WebSocket) => void;

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server of links and WebSockets that treats the first connection by the first rule, and so on. */
async function following(connections: readonly Connection[], linkStatus = 201) {
  const asked: string[] = [];
  const own = createServer((_request, response) => {
    const problem = { code: "unauthorised", status: linkStatus, retryable: false, instance: "r-1", title: "no" };
    const link = { href: "ws://elsewhere.example/ws?expires=9&signature=s", expiresAt: "2026-01-01T00:00:00Z" };
    response.writeHead(linkStatus, { "content-type": "application/json" });
    response.end(JSON.stringify(linkStatus === 201 ? link : problem));
  });
  const sockets = new WebSocketServer({ server: own });
  sockets.on("connection", (socket, { url = "" }) => {
    const cursor = new URL(url, "ws://here").searchParams.get("cursor");
    const at = asked.push(url) - 1;
    connections[Math.min(at, connections.length - 1)]?.(cursor === null ? undefined : Number(cursor), socket);
  });
  server = own;
  own.listen(0, "127.0.0.1");
  await once(own, "listening");
  const baseUrl = `http://127.0.0.1:${(own.address() as AddressInfo).port}`;
  return { asked, sockets, client: createFoveaClient({ baseUrl, WebSocket }) };
}

const say = (socket: WebSocket, frame: object) => socket.send(JSON.stringify(frame));
const connected = (socket: WebSocket, cursor: number) => say(socket, { kind: "connected", seq: cursor, cursor });
const alert = (socket: WebSocket, cursor: number) =>
  say(socket, { kind: "notification", seq: cursor, cursor, at: "2026-01-01T00:00:00.000Z", data: {} });

describe("following alerts", () => {
  it("goes on behind the last one over a new WebSocket, under a new link, at the address it was given", async () => {
    const { client, asked } = await following([
      (_cursor, socket) => {
        connected(socket, 7);
        alert(socket, 8);
        alert(socket, 9);
        socket.close();
      },
      (cursor, socket) => {
        connected(socket, cursor ?? -1);
        alert(socket, 10);
      },
    ]);
    const cursors: number[] = [];
    for await (const { cursor } of client.follow()) {
      cursors.push(cursor);
      if (cursors.length === 3) break;
    }
    expect(cursors).toEqual([8, 9, 10]);
    expect(asked).toEqual(["/ws?expires=9&signature=s", "/ws?expires=9&signature=s&cursor=9"]);
  });

  it("comes back with the cursor it started from when nothing came", async () => {
    const { client, asked } = await following([
      (_cursor, socket) => {
        connected(socket, 5);
        socket.terminate();
      },
      (_cursor, socket) => alert(socket, 6),
    ]);
    for await (const { cursor } of client.follow()) {
      expect(cursor).toBe(6);
      break;
    }
    expect(asked[1]).toContain("cursor=5");
  });

  it("loses nothing to a reader who is slower than the alerts come", async () => {
    const all = framesHeldMax + 50;
    const tell: Connection = (cursor = 0, socket) => {
      connected(socket, cursor);
      for (let next = cursor + 1; next <= all; next++) alert(socket, next);
    };
    const { client, asked } = await following([tell]);
    let expected = 1;
    for await (const { cursor } of client.follow(0)) {
      expect(cursor).toBe(expected);
      if (expected === 1) await new Promise((resume) => setTimeout(resume, 300));
      if (expected++ === all) break;
    }
    expect(asked.length).toBe(2);
  });

  it("ends with the signal, while it waits, and closes its WebSocket", async () => {
    const { client, sockets } = await following([(_cursor, socket) => connected(socket, 0)]);
    const gone = new AbortController();
    const end = client.follow(0, { signal: gone.signal }).next();
    await expect.poll(() => sockets.clients.size).toBe(1);
    gone.abort();
    expect(await end).toEqual({ done: true, value: undefined });
    await expect.poll(() => sockets.clients.size).toBe(0);
  });

  it("ends with a refusal that will not pass by itself", async () => {
    const { client } = await following([], 401);
    await expect(client.follow().next()).rejects.toMatchObject({ code: "unauthorised" });
  });

  it("says what is missing where there is no WebSocket", () => {
    const client = createFoveaClient({ baseUrl: "http://127.0.0.1:9" });
    if (globalThis.WebSocket === undefined)
      expect(() => client.follow()).toThrow(/give createFoveaClient that of `ws`/);
    else expect(() => client.follow()).not.toThrow();
  });
});
