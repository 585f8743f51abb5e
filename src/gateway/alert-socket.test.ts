import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type TestDeps, testDeps } from "../../test/support/gateway.ts";
import { type Gateway, listen } from "./listen.ts";

const key = "a-key-for-tests-that-is-long-enough";
const headers = { "x-api-key": key };
const origin = { actor: "test", requestId: "r" };
let deps: TestDeps;
let gateway: Gateway;
beforeEach(async () => {
  deps = testDeps({ API_KEY: key });
  gateway = await listen(deps);
});
afterEach(() => gateway.close(0));

type Frame = Record<string, unknown> & { data?: Record<string, unknown> };

/** A client, and everything it was told. */
async function connect(path: string, options: object = { headers }) {
  const socket = new WebSocket(path.startsWith("ws") ? path : `ws://127.0.0.1:${gateway.port}${path}`, options);
  const frames: Frame[] = [];
  const told: (() => void)[] = [];
  socket.on("message", (data) => {
    frames.push(JSON.parse(String(data)) as Frame);
    for (const each of told.splice(0)) each();
  });
  const refused = once(socket, "unexpected-response").then(([, response]) => {
    throw new Error(String(response.statusCode));
  });
  await Promise.race([once(socket, "open"), refused]);
  refused.catch(() => undefined);
  const frame = async (at: number): Promise<Frame> => {
    while (frames.length <= at) await new Promise<void>((resolve) => told.push(resolve));
    return frames[at] as Frame;
  };
  return { socket, frames, frame };
}
/** Straight into the store, as another gateway on the same database would. */
const write = (message: string, kind: "notification" | "abnormal-scan" | "scan-failed" = "notification") =>
  deps.memory.notify({ origin, alerts: [{ kind, body: JSON.stringify({ id: "n1", message, type: "critical" }) }] });
const refusal = (path: string, options?: object) => connect(path, options).catch((error: Error) => error.message);

describe("a WebSocket of alerts", () => {
  it("is for callers with a key, or a link, and for pages of this origin", async () => {
    expect(await refusal("/ws", {})).toBe("401");
    expect(await refusal("/ws?expires=9999999999&signature=x", {})).toBe("403");
    expect(await refusal("/ws", { headers, origin: "https://elsewhere.org" })).toBe("401");
    const { socket } = await connect("/ws", { headers, origin: `http://127.0.0.1:${gateway.port}` });
    socket.close();
    const at = `http://127.0.0.1:${gateway.port}/v1/events/links`;
    const { href } = (await (await fetch(at, { method: "POST", headers })).json()) as { href: string };
    expect(await (await connect(href, {})).frame(0)).toMatchObject({ kind: "connected" });
  });

  it("refuses a cursor that is none, and anything but a WebSocket", async () => {
    expect(await refusal("/ws?cursor=x")).toBe("400");
    const plain = await fetch(`http://127.0.0.1:${gateway.port}/ws`, { headers });
    expect(plain.status).toBe(400);
    expect(await plain.json()).toMatchObject({ code: "field-invalid" });
  });

  it("without a cursor tells what comes after it connected, once and in order", async () => {
    await write("before");
    const { frame, frames } = await connect("/ws");
    expect(await frame(0)).toEqual({ kind: "connected", seq: 1, cursor: 1 });
    await write("one");
    await write("two");
    expect(await frame(2)).toMatchObject({ seq: 3, cursor: 3, kind: "notification" });
    expect(frames.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("with a cursor tells what was missed", async () => {
    for (let i = 0; i < 1200; i++) await write(String(i));
    const { frame, frames } = await connect("/p/eye/ws/notifications?cursor=3");
    await frame(1197);
    const cursors = frames.slice(1).map(({ data }) => data?.["cursor"]);
    expect(cursors).toEqual(Array.from({ length: 1197 }, (_, i) => i + 4));
    const late = await connect("/ws?last_event_id=1199");
    expect(await late.frame(1)).toMatchObject({ seq: 1200 });
  });

  it("of another database starts where this one is", async () => {
    await write("one");
    expect(await (await connect("/ws?cursor=500")).frame(0)).toMatchObject({ cursor: 1 });
  });

  it("names nobody", async () => {
    const clients = await Promise.all(["/ws", "/ws/notifications", "/api/notifications/ws"].map((p) => connect(p)));
    await write("New case admitted: Ada Lovelace");
    for (const { frame } of clients) {
      const told = await frame(1);
      expect(JSON.stringify(told)).not.toContain("Ada");
      expect(told.data).toMatchObject({ id: "n1", message: "New critical notification" });
    }
  });

  it("speaks to the source's first generation as it did", async () => {
    const { socket, frame } = await connect("/ws/notifications");
    expect(await frame(0)).toMatchObject({ type: "connected", data: { cursor: 0 } });
    for (const word of ["ping", "status", "trigger_scan", "nonsense"]) socket.send(word);
    expect(await frame(1)).toMatchObject({ type: "pong" });
    expect(await frame(2)).toMatchObject({ type: "status", data: { active_connections: 1, scanner_enabled: false } });
    expect(await frame(3)).toMatchObject({ type: "scanner_status", data: { status: "disabled" } });
    await write("x");
    await write("x", "scan-failed");
    expect(await frame(4)).toMatchObject({ type: "scanner_notification", data: { event: "notification", cursor: 1 } });
    expect(await frame(5)).toMatchObject({ type: "scanner_status", data: { event: "scan-failed", cursor: 2 } });
    const status = await fetch(`http://127.0.0.1:${gateway.port}/p/eye/ws/status`, { headers });
    expect(await status.json()).toEqual({ active_connections: 1, scanner_enabled: false, cursor: 2 });
  });

  it("speaks to the second with its two events", async () => {
    const { frame } = await connect("/api/notifications/ws");
    await write("x", "scan-failed");
    await write("x", "abnormal-scan");
    await write("x");
    expect(await frame(1)).toMatchObject({ event: "abnormal_scan", data: { cursor: 2 } });
    expect(await frame(2)).toMatchObject({ event: "notification", data: { cursor: 3 } });
  });

  it("ends for a client that says too much", async () => {
    const { socket } = await connect("/ws");
    socket.send("x".repeat(5000));
    const [code] = await once(socket, "close");
    expect(code).toBe(1009);
  });

  it("is told to come back when alerts cannot be read, and when the server ends", async () => {
    for (let i = 0; i < 2100; i++) await write(String(i));
    const { alertsAfter } = deps.memory;
    const behind = { ...deps.memory };
    expect(behind).toBeDefined();
    deps.memory.alertsAfter = (seq, limit) => (seq < 10 ? Promise.reject(new Error("away")) : alertsAfter(seq, limit));
    const failing = await connect("/ws?cursor=1");
    expect((await once(failing.socket, "close"))[0]).toBe(1013);
    const { socket } = await connect("/ws");
    const closed = once(socket, "close");
    await gateway.close(5000);
    expect((await closed)[0]).toBe(1001);
    gateway = await listen(deps);
  });
});
