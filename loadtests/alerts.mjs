// Many WebSocket clients, a gateway that is killed under them and started again on the same data: each client, coming
// back with its cursor, must see each alert once and in order. Prints how long that took.
//
//   npm run build && node loadtests/alerts.mjs [--clients 500] [--alerts 200]

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { WebSocket } from "ws";

const { values } = parseArgs({
  options: { clients: { type: "string", default: "500" }, alerts: { type: "string", default: "200" } },
});
const clientsCount = Number(values.clients);
const half = Math.floor(Number(values.alerts) / 2);
const waitMsMax = 120_000;
const program = resolve(import.meta.dirname, "../dist/cli/fovea.js");
const dataDir = await mkdtemp(join(tmpdir(), "fovea-alerts-"));

async function start() {
  const env = { ...process.env, PORT: "0", DATA_DIR: dataDir };
  const child = spawn(process.execPath, [program, "serve"], { env, stdio: ["ignore", "ignore", "pipe"] });
  const lines = createInterface({ input: child.stderr });
  const port = await new Promise((found, failed) => {
    lines.on("line", (line) => {
      const entry = line.startsWith("{") ? JSON.parse(line) : {};
      if (entry.msg === "listening") found(entry.port);
    });
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}`)));
  });
  const ready = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200;
  await until(ready, "the server to be ready");
  return { child, port };
}

async function until(condition, what) {
  const end = performance.now() + waitMsMax;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${waitMsMax} ms for ${what}`);
    await delay(20);
  }
}

let server = await start();
let ended = false;
function connect(client) {
  if (ended) return;
  const query = client.cursor === undefined ? "" : `?cursor=${client.cursor}`;
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws${query}`);
  client.socket = socket;
  socket.on("message", (data) => {
    const frame = JSON.parse(String(data));
    if (frame.kind === "connected") client.connections++;
    else {
      client.seen.push(frame.cursor);
      client.lagMs.push(Date.now() - Date.parse(frame.at));
    }
    client.cursor = frame.cursor;
  });
  socket.on("error", () => undefined);
  socket.on("close", () => setTimeout(() => connect(client), 50 + Math.random() * 100));
}

async function admit(count) {
  for (let i = 0; i < count; i++) {
    const response = await fetch(`http://127.0.0.1:${server.port}/api/patients`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: `Person ${i}`, age: 50, gender: "Female" }),
    });
    if (response.status !== 201) throw new Error(`admitted with ${response.status}`);
  }
}

const clients = Array.from({ length: clientsCount }, () => ({ seen: [], lagMs: [], connections: 0 }));
const connectingAt = performance.now();
for (const client of clients) connect(client);
await until(() => clients.every(({ connections }) => connections > 0), "every client to be connected");
const connectMs = performance.now() - connectingAt;
await admit(half);
await until(() => clients.some(({ seen }) => seen.length >= half / 2), "alerts to be on their way");
const lags = clients.flatMap(({ lagMs }) => lagMs).sort((a, b) => a - b);

const gone = once(server.child, "exit");
server.child.kill("SIGKILL");
await gone;
server = await start();
const backAt = performance.now();
await admit(half);
await until(() => clients.every(({ seen }) => seen.length >= 2 * half), "every client to have everything");
const caughtUpMs = performance.now() - backAt;

const expected = JSON.stringify(Array.from({ length: 2 * half }, (_, i) => i + 1));
const wrong = clients.filter(({ seen }) => JSON.stringify(seen) !== expected).length;
ended = true;
for (const { socket } of clients) socket.terminate();
server.child.kill("SIGTERM");
await once(server.child, "exit");
await rm(dataDir, { recursive: true, force: true });
const at = (share) => lags[Math.min(lags.length - 1, Math.floor(lags.length * share))];
console.log(
  JSON.stringify({
    clients: clientsCount,
    alerts: 2 * half,
    connectMs: Math.round(connectMs),
    lagMs: { p50: at(0.5), p99: at(0.99), max: lags.at(-1), n: lags.length },
    allCaughtUpMsAfterRestart: Math.round(caughtUpMs),
    clientsThatMissedOrRepeated: wrong,
  }),
);
if (wrong > 0) process.exitCode = 1;
