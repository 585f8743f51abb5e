import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CaseRecord } from "../../src/contracts/index.ts";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer, until } from "../support/server.ts";

const cases = "/v1/programmes/cataract/cases";
type DecidedCase = CaseRecord & { readonly readings: { readonly probabilities: Record<string, number> }[] };

describe("a server with the committed packs", () => {
  let server: TestServer;
  let eye: Buffer;
  beforeAll(async () => {
    [server, eye] = await Promise.all([startServer(), drawEye(1)]);
    await server.ready();
  });
  afterAll(() => server.stop());

  const post = (body: Buffer, path = cases, headers: Record<string, string> = {}) =>
    fetch(server.url + path, {
      method: "POST",
      body: new Uint8Array(body),
      headers: { "content-type": "image/jpeg", ...headers },
    });

  it("idles in less than 900 MB, all its processes together", async () => {
    expect(await server.residentBytes()).toBeLessThan(900e6);
  });

  it("decides a case with two real models and names what made the decision", async () => {
    const response = await post(eye, `${cases}?strategy=mean`);
    expect(response.status).toBe(201);
    const record = (await response.json()) as DecidedCase;
    expect(record.readings.map((each) => each.reader)).toEqual(["fast", "fine"]);
    for (const reading of record.readings) {
      expect(reading.digest).toMatch(/^[0-9a-f]{64}$/);
      expect(Number(reading.probabilities["normal"]) + Number(reading.probabilities["cataract"])).toBeCloseTo(1, 9);
    }
    expect(record.decision.band.certificate.certified).toBe(false);
    expect(record.disclaimer).toMatch(/Research use only/);
    expect(response.headers.get("server-timing")).toMatch(/total/);
  });

  it("writes each answered case once, with its image", async () => {
    const response = await post(await drawEye(2));
    const record = (await response.json()) as { id: string; image: { sha256: string } };
    const kept = (await server.records()).filter((each) => each.id === record.id);
    expect(kept).toHaveLength(1);
    const { sha256 } = record.image;
    expect(await readdir(join(server.dataDir, "objects", sha256.slice(0, 2)))).toContain(sha256);
  });

  it("answers the same to the same image, alone and among others", async () => {
    const eyes = await Promise.all(Array.from({ length: 24 }, (_, i) => drawEye(100 + i)));
    const scores = async (each: Buffer) => {
      const record = (await (await post(each, `${cases}?strategy=mean`)).json()) as {
        readings: { probabilities: object }[];
      };
      return record.readings.map((reading) => reading.probabilities);
    };
    const alone: object[] = [];
    for (const each of eyes) alone.push(await scores(each));
    expect(await Promise.all(eyes.map(scores))).toEqual(alone);
  });

  it("answers every one of 200 requests while its engine is killed, and is whole again within 5 s", async () => {
    const accepted = await server.metric("screen_cases_accepted_total");
    const settled = await server.metric("screen_cases_settled_total");
    expect(settled).toBe(accepted);
    const first = server.enginePid();
    const answers = Array.from({ length: 200 }, () => post(eye));
    await until(async () => (await server.metric("screen_inflight_items")) > 0, 10_000, "the engine to be busy");
    process.kill(first, "SIGKILL");
    const killed = performance.now();
    await until(
      async () => (await fetch(`${server.url}/readyz`)).status === 200 && server.enginePid() !== first,
      5000,
      "a new engine",
    );
    expect(performance.now() - killed).toBeLessThan(5000);
    const statuses = await Promise.all(
      answers.map(async (answer) => {
        const response = await answer;
        if (response.status !== 201) expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
        return response.status;
      }),
    );
    expect(new Set([...statuses, 201, 202, 429, 503])).toEqual(new Set([201, 202, 429, 503]));
    expect(await server.metric("screen_cases_accepted_total")).toBe(await server.metric("screen_cases_settled_total"));
    expect((await post(eye)).status).toBe(201);
  });

  it("forgets 1,000 clients that hang up, and every gauge returns to zero", async () => {
    const hangUp = async (i: number) => {
      const socket = connect(server.port, "127.0.0.1");
      socket.on("error", () => undefined);
      await once(socket, "connect");
      const head = `POST ${cases} HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\nContent-Length: ${eye.length}\r\n\r\n`;
      socket.write(head);
      // A third leaves in the middle of the body, the others once everything is sent.
      socket.write(i % 3 === 0 ? eye.subarray(0, eye.length / 2) : eye);
      await new Promise((resume) => setImmediate(resume));
      if (i % 2 === 0) socket.destroy();
      else setTimeout(() => socket.destroy(), i % 40);
      await once(socket, "close");
    };
    const engine = server.enginePid();
    for (let start = 0; start < 1000; start += 50)
      await Promise.all(Array.from({ length: 50 }, (_, i) => hangUp(start + i)));
    const gauges = [
      "screen_inflight_items",
      "screen_mailbox_items",
      "screen_mailbox_bytes",
      "screen_inflight_upload_bytes",
    ];
    await until(
      async () => (await Promise.all(gauges.map((gauge) => server.metric(gauge)))).every((value) => value === 0),
      10_000,
      "all gauges to be zero",
    );
    expect(server.enginePid(), "no run was ended by force").toBe(engine);
    expect(await server.metric("screen_cases_accepted_total")).toBe(await server.metric("screen_cases_settled_total"));
    expect((await post(eye)).status).toBe(201);
  });

  it("keeps little of what 1,200 clients sent and left behind", async () => {
    expect(await server.residentBytes()).toBeLessThan(1.1e9);
  });

  it("finishes what it accepted before it ends, and says so", async () => {
    const own = await startServer();
    await own.ready();
    const answers = Array.from({ length: 40 }, () =>
      fetch(own.url + cases, { method: "POST", body: new Uint8Array(eye), headers: { "content-type": "image/jpeg" } }),
    );
    await until(async () => (await own.metric("screen_cases_accepted_total")) >= 40, 10_000, "all 40 to be accepted");
    own.process.kill("SIGTERM");
    const statuses = await Promise.all(answers.map(async (answer) => (await answer).status));
    expect(new Set(statuses)).toEqual(new Set([201]));
    expect(await own.stop()).toBe(0);
  });
});

describe("a start that cannot succeed", () => {
  it.each([
    [{ HOST: "0.0.0.0" }, /API_KEY/],
    [{ PORT: "99999" }, /PORT/],
  ])("says which setting is wrong: %j", async (environment, reason) => {
    await expect(startServer(environment as unknown as Record<string, string>)).rejects.toThrow(reason);
  });
});
