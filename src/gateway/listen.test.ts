import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { drawEye } from "../../test/support/eye.ts";
import { resultOf } from "../../test/support/fake-predictor.ts";
import { metricOf, type TestDeps, testDeps } from "../../test/support/gateway.ts";
import { until } from "../../test/support/server.ts";
import { type Gateway, listen } from "./listen.ts";
import { discardBytesMax } from "./unread-body.ts";

const MiB = 1024 * 1024;
const path = "/v1/programmes/cataract/cases";
let eye: Buffer;
let deps: TestDeps;
let gateway: Gateway;
const sockets: Socket[] = [];

async function start(environment: Record<string, string> = {}): Promise<void> {
  deps = testDeps({ IMAGE_BYTES_MAX: String(MiB), ...environment });
  gateway = await listen(deps);
}

async function open(): Promise<{ socket: Socket; received: () => string; closed: Promise<unknown> }> {
  const socket = connect(gateway.port, "127.0.0.1");
  sockets.push(socket);
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
  });
  socket.on("error", () => undefined);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await once(socket, "connect");
  return { socket, received: () => text, closed };
}

const head = (...lines: string[]): string => [`POST ${path} HTTP/1.1`, "Host: x", ...lines, "", ""].join("\r\n");
const jpeg = (length: number): string => head("Content-Type: image/jpeg", `Content-Length: ${length}`);
const post = (init: RequestInit = {}, url = path) =>
  fetch(`http://127.0.0.1:${gateway.port}${url}`, {
    method: "POST",
    body: new Uint8Array(eye),
    headers: { "content-type": "image/jpeg" },
    ...init,
  });

beforeAll(async () => {
  eye = await drawEye(1);
});

afterEach(async () => {
  vi.useRealTimers();
  for (const socket of sockets.splice(0)) socket.destroy();
  await gateway.close(1000);
});

describe("a body that is refused before it has arrived", () => {
  /** Sends everything before it reads anything, as simple clients do. */
  async function sendAll(bytes: number): Promise<string> {
    const { socket, received, closed } = await open();
    socket.pause();
    socket.write(head("Content-Type: image/jpeg", "Transfer-Encoding: chunked"));
    const chunk = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(0x10000), Buffer.from("\r\n")]);
    for (let sent = 0; sent < bytes && !socket.destroyed; sent += 0x10000)
      if (!socket.write(chunk)) await Promise.race([once(socket, "drain").catch(() => undefined), closed]);
    if (!socket.destroyed) socket.write("0\r\n\r\n");
    socket.resume();
    await closed;
    return received();
  }

  it("is read and thrown away, so that 100 MB of chunks get a readable 413 and no memory", async () => {
    await start();
    await sendAll(4 * MiB);
    const before = process.memoryUsage().rss;
    const answer = await sendAll(100 * MiB);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer.toLowerCase()).toContain("connection: close");
    expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4))).toMatchObject({ code: "image-too-large" });
    expect(process.memoryUsage().rss - before).toBeLessThan(48 * MiB);
    expect((await post()).status).toBe(201);
  });

  it("is cut off beyond the bound", async () => {
    await start();
    const { socket, closed } = await open();
    socket.write(head("Content-Type: image/jpeg", "Transfer-Encoding: chunked"));
    const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(0x100000), Buffer.from("\r\n")]);
    let sent = 0;
    while (!socket.destroyed && sent < 4 * discardBytesMax) {
      if (!socket.write(chunk)) await Promise.race([once(socket, "drain").catch(() => undefined), closed]);
      sent += MiB;
    }
    await closed;
    expect(sent).toBeGreaterThan(discardBytesMax / 2);
    expect(sent).toBeLessThan(2 * discardBytesMax);
  });

  it("is answered at once to a client that reads while it sends", async () => {
    await start();
    const endless = Readable.from(
      (function* () {
        for (let i = 0; i < 100; i++) yield Buffer.alloc(MiB);
      })(),
    );
    const response = await post({ body: Readable.toWeb(endless) as ReadableStream, duplex: "half" } as RequestInit);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: "image-too-large" });
  });

  it("is answered by its declared length, without a byte of it", async () => {
    await start();
    const { socket, received } = await open();
    socket.write(jpeg(10 * MiB));
    await until(() => received().includes("image-too-large"), 2000, "the answer");
    expect(received()).toMatch(/^HTTP\/1\.1 413 /);
  });

  it.each([
    ["/nowhere", {}, 404],
    ["/livez", {}, 405],
    ["/v1/programmes/nothing/cases", {}, 404],
    [path, { API_KEY: "k".repeat(32) }, 401],
  ])("says why on %s with %j", async (url, environment, status) => {
    await start(environment as Record<string, string>);
    const { socket, received } = await open();
    socket.write(jpeg(MiB).replace(path, url));
    await until(() => received().includes('"code"'), 2000, "the answer");
    expect(received()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    socket.write(Buffer.alloc(MiB));
    await until(() => socket.destroyed || socket.readableEnded, 2000, "the end of the connection");
  });
});

describe("a client that goes away", () => {
  it("takes its work with it, also from the queue, and gives its bytes back", async () => {
    await start();
    let reason: unknown;
    deps.predictor.answer = (_task, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          reason = signal.reason;
          reject(signal.reason);
        });
      });
    const { socket } = await open();
    socket.write(jpeg(eye.length));
    socket.write(eye);
    await until(() => deps.predictor.tasks.length === 1, 2000, "the task");
    socket.destroy();
    await until(async () => (await metricOf(deps, "screen_cancelled_total")) === 1, 2000, "the cancellation");
    expect(reason).toMatchObject({ code: "client-closed-request" });
    expect(deps.kept.records).toEqual([]);
    const metrics = await (await fetch(`http://127.0.0.1:${gateway.port}/metrics`)).text();
    expect(metrics).toContain("screen_inflight_upload_bytes 0\n");
    expect(deps.logged().at(-2)).toMatchObject({ status: 499, route: "/v1/programmes/:programme/cases" });
  });

  it("in the middle of its body is no error of ours", async () => {
    await start();
    const { socket } = await open();
    socket.write(jpeg(eye.length));
    socket.write(eye.subarray(0, 1000));
    await until(async () => (await fetchMetric("screen_inflight_upload_bytes")) > 0, 2000, "the upload");
    socket.destroy();
    await until(async () => (await metricOf(deps, "screen_cancelled_total")) === 1, 2000, "the cancellation");
    expect(await fetchMetric("screen_inflight_upload_bytes")).toBe(0);
    expect(deps.logged().filter((line) => Number(line["level"]) > 30)).toEqual([]);
  });

  async function fetchMetric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${gateway.port}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
  }
});

describe("a body that drips", () => {
  it("is refused with 408, and others are served meanwhile", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    await start();
    const { socket, received, closed } = await open();
    socket.write(jpeg(eye.length));
    for (let second = 0; second < 12 && !received().includes("\r\n\r\n"); second++) {
      socket.write(eye.subarray(second, second + 1));
      expect((await post()).status).toBe(201);
      await vi.advanceTimersByTimeAsync(1000);
    }
    await until(() => received().includes("request-timeout"), 2000, "the answer");
    expect(received()).toMatch(/^HTTP\/1\.1 408 /);
    socket.end();
    await closed;
  });
});

describe("a connection", () => {
  const echo = async (text: string | Buffer, ready: RegExp) => {
    const { socket, received } = await open();
    socket.write(text);
    await until(() => ready.test(received()) || socket.destroyed, 3000, String(ready));
    return received();
  };

  it("may wait for 100 Continue before it sends", async () => {
    await start();
    const { socket, received } = await open();
    socket.write(head("Content-Type: image/jpeg", `Content-Length: ${eye.length}`, "Expect: 100-continue"));
    await until(() => received().includes("100 Continue"), 2000, "the invitation");
    socket.write(eye);
    await until(() => received().includes("HTTP/1.1 201"), 2000, "the answer");
  });

  it("serves several requests one after the other, also behind a small refused body", async () => {
    await start();
    const small = `POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}`;
    const get = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    const answer = await echo(small + get + get, /(200 OK[\s\S]*){2}/);
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 404", "HTTP/1.1 200", "HTTP/1.1 200"]);
  });

  it.each([
    ["both a length and chunks", `${head("Content-Length: 5", "Transfer-Encoding: chunked")}0\r\n\r\n`, 400],
    ["two lengths", `${head("Content-Length: 5", "Content-Length: 6")}hello!`, 400],
    ["a broken chunk", `${head("Transfer-Encoding: chunked")}zz\r\nhello\r\n`, 400],
    ["a bare line feed", "GET /livez HTTP/1.1\nHost: x\n\n", 400],
    ["no host", "GET /livez HTTP/1.1\r\n\r\n", 400],
    ["17 KB of headers", head(`X-Long: ${"x".repeat(17_000)}`), 431],
  ])("with %s is refused", async (_what, text, status) => {
    await start();
    expect(await echo(text, /\r\n\r\n/)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  it("answers HEAD like GET, without a body", async () => {
    await start();
    const answer = await echo("HEAD /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /\r\n\r\n/);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer.endsWith("\r\n\r\n")).toBe(true);
  });
});

describe("closing", () => {
  it("finishes what was accepted, refuses new connections, and does not wait for silent ones", async () => {
    await start();
    let finish: () => void = () => undefined;
    deps.predictor.answer = (task) =>
      new Promise((resolve) => {
        finish = () => resolve(resultOf(task));
      });
    await open();
    const answer = post();
    await until(() => deps.predictor.tasks.length === 1, 2000, "the task");
    deps.state.draining = true;
    const closed = gateway.close(10_000);
    await expect(post()).rejects.toThrow();
    finish();
    const response = await answer;
    expect(response.status).toBe(201);
    expect(response.headers.get("connection")).toBe("close");
    await closed;
  });

  it("cuts off what does not end in time", async () => {
    await start();
    deps.predictor.answer = () => new Promise(() => undefined);
    const answer = post();
    answer.catch(() => undefined);
    await until(() => deps.predictor.tasks.length === 1, 2000, "the task");
    await gateway.close(50);
    await expect(answer).rejects.toThrow();
  });

  it("says so when the port is taken", async () => {
    await start();
    await expect(listen(testDeps({ PORT: String(gateway.port) }))).rejects.toThrow(/EADDRINUSE/);
  });
});
