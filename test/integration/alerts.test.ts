import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startServer, type TestServer, until } from "../support/server.ts";

const clientsCount = 50;
const before = 30;
const after = 30;
let dataDir: string;
let server: TestServer;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "fovea-alerts-"));
  server = await startServer({}, dataDir);
  await server.ready();
}, 90_000);
afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

interface Frame {
  readonly kind: string;
  readonly cursor: number;
}

/** A client that comes back with its cursor whenever its socket ends. */
class Client {
  readonly seen: number[] = [];
  connections = 0;
  #cursor: number | undefined;
  #ended = false;
  #socket: WebSocket | undefined;

  connect(): void {
    if (this.#ended) return;
    const cursor = this.#cursor === undefined ? "" : `?cursor=${this.#cursor}`;
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws${cursor}`);
    this.#socket = socket;
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data)) as Frame;
      if (frame.kind === "connected") this.connections++;
      else this.seen.push(frame.cursor);
      this.#cursor = frame.cursor;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => setTimeout(() => this.connect(), 100));
  }

  end(): void {
    this.#ended = true;
    this.#socket?.terminate();
  }
}

/** Each leaves one notification, and so one alert. */
async function admit(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const response = await fetch(`${server.url}/api/patients`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: `Person ${i}`, age: 50, gender: "Female" }),
    });
    expect(response.status).toBe(201);
  }
}

it("clients that come back with their cursor after a kill see each alert once, in order", async () => {
  const clients = Array.from({ length: clientsCount }, () => new Client());
  for (const client of clients) client.connect();
  await until(() => clients.every(({ connections }) => connections === 1), 30_000, "every client to be connected");
  await admit(before);
  await until(() => clients.some(({ seen }) => seen.length > before / 2), 30_000, "alerts to be on their way");
  await server.kill();
  server = await startServer({}, dataDir);
  await server.ready();
  await admit(after);
  const all = before + after;
  await until(() => clients.every(({ seen }) => seen.length >= all), 60_000, "every client to have everything");
  const expected = Array.from({ length: all }, (_, i) => i + 1);
  for (const { seen } of clients) expect(seen).toEqual(expected);
  for (const client of clients) client.end();
}, 180_000);
