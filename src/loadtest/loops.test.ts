import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../platform/index.ts";
import { runClosedLoop } from "./closed-loop.ts";
import { runOpenLoop } from "./open-loop.ts";
import { badPosts, imagePost, withBad } from "./requests.ts";
import { Sender } from "./sender.ts";

const post = imagePost("/cases", "image", [{ name: "eye.jpg", bytes: Buffer.from("an image") }]);
const never = new AbortController().signal;
const plan = { kind: "constant", rate: 100, seconds: 0.2 } as const;
const started: { server: Server; sender: Sender }[] = [];

async function serve(answer: RequestListener, giveUpMs = 60_000): Promise<Sender> {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const sender = new Sender({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, giveUpMs });
  started.push({ server, sender });
  return sender;
}

afterEach(() => {
  for (const { server, sender } of started.splice(0)) {
    sender.close();
    server.closeAllConnections();
    server.close();
  }
});

const open = (sender: Sender, more: object = {}) =>
  runOpenLoop(
    sender,
    { name: "a", plan, seed: 1, openMax: 100, requests: [post], ...more },
    { clock: systemClock, signal: never },
  );

describe("the open loop", () => {
  it("sends what is due although nothing is answered, and counts the waiting of every request", async () => {
    const held: (() => void)[] = [];
    const sender = await serve((_, response) => {
      held.push(() => response.writeHead(201).end());
      if (held.length === 20) for (const answer of held) answer();
    });
    const { report } = await open(sender);
    expect(report).toMatchObject({ due: 20, sent: 20, ok: 20, notSent: 0 });
    // The first was due 190 ms before the last, and all were answered after that one.
    expect(report.latency.ok.max).toBeGreaterThanOrEqual(190);
  });

  it("counts what is due beyond its bound as not sent", async () => {
    const held: (() => void)[] = [];
    const sender = await serve((_, response) => {
      held.push(() => response.writeHead(201).end());
    });
    const { report } = await open(sender, { openMax: 5, leaveAtEnd: true });
    expect(report).toMatchObject({ due: 20, sent: 5, notSent: 15, left: 5 });
  });

  it("tells refusals, a later result, a broken connection and one that gave up from each other", async () => {
    const statuses = [201, 202, 429, 503, 422, 500];
    let i = 0;
    const sender = await serve((request, response) => {
      const status = statuses[i++];
      if (i === 7) request.socket.destroy();
      else if (status !== undefined) response.writeHead(status, status === 429 ? { "retry-after": "1" } : {}).end();
    }, 1500);
    const { report } = await open(sender, { plan: { ...plan, seconds: 0.08 } });
    expect(report).toMatchObject({ ok: 1, later: 1, shed: 2, rejected: 1, failed: 1, lost: 1, gaveUp: 1 });
    expect(report.retryAfter).toEqual({ of: 2, with: 1 });
  });

  it("ends when it is stopped, with what was counted until then", async () => {
    const stop = new AbortController();
    const sender = await serve((_, response) => {
      response.writeHead(201).end();
      stop.abort();
    });
    const loop = { name: "a", plan: { ...plan, seconds: 3600 }, seed: 1, openMax: 10, requests: [post] };
    const { report } = await runOpenLoop(sender, loop, { clock: systemClock, signal: stop.signal });
    expect(report.stopped).toBe(true);
    expect(report.due).toBeGreaterThanOrEqual(1);
    expect(report.seconds).toBeLessThan(3600);
  });
});

describe("the closed loop", () => {
  it("has each client send so many, one after the other", async () => {
    let most = 0;
    let now = 0;
    const sender = await serve((request, response) => {
      most = Math.max(most, ++now);
      request.resume().on("end", () => {
        now--;
        response.writeHead(201).end();
      });
    });
    const loop = { name: "users", clients: 3, requestsPerClient: 4, requests: [post] };
    const { report } = await runClosedLoop(sender, loop, { clock: systemClock, signal: never });
    expect(report).toMatchObject({ loop: "closed", clients: 3, sent: 12, ok: 12 });
    expect(most).toBeLessThanOrEqual(3);
  });

  it("counts the images of an answer by what it says", async () => {
    const sender = await serve((_, response) => response.writeHead(200).end("7"));
    const requests = [{ ...post, countImages: Number }];
    const loop = { name: "batches", clients: 1, requestsPerClient: 2, requests };
    const { report } = await runClosedLoop(sender, loop, { clock: systemClock, signal: never });
    expect(report.imagesPerSecond / report.goodput).toBeCloseTo(7);
  });
});

describe("broken uploads", () => {
  it("are every so many-th request, each kind in its turn", () => {
    const bad = badPosts("/cases", "image", { name: "eye.jpg", bytes: Buffer.from("an image") });
    const mixed = withBad([post], bad, 50);
    expect(mixed.filter(({ isBad }) => isBad)).toHaveLength(mixed.length / 50);
    expect(new Set(mixed.filter(({ isBad }) => isBad)).size).toBe(bad.length);
    expect(mixed[49]?.isBad).toBe(true);
  });
});
