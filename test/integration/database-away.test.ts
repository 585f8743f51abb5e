import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serverDatabase, type TestDatabase } from "../support/database.ts";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer, until } from "../support/server.ts";

const database = process.env["TEST_DATABASE_URL"] || undefined;

/** A wire to the database server that can be cut and mended. */
class Wire {
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  port = 0;

  constructor(target: URL) {
    this.#target = target;
  }

  async mend(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(Number(this.#target.port), this.#target.hostname);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on("error", () => undefined);
        socket.once("close", () => {
          this.#sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far).pipe(near);
    });
    this.#server = server;
    server.listen(this.port, "127.0.0.1");
    await once(server, "listening");
    this.port = (server.address() as { port: number }).port;
  }

  async cut(): Promise<void> {
    const closed = once(this.#server as Server, "close");
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

describe.skipIf(database === undefined)("a server whose PostgreSQL goes away (a server in DATABASE_URL)", () => {
  let held: TestDatabase;
  let wire: Wire;
  let server: TestServer;
  let eye: Buffer;
  const ready = async () => (await fetch(`${server.url}/readyz`)).status;
  const post = (key: string) =>
    fetch(`${server.url}/v1/programmes/cataract/cases`, {
      method: "POST",
      body: new Uint8Array(eye),
      headers: { "content-type": "image/jpeg", "idempotency-key": key },
    });

  beforeAll(async () => {
    held = await serverDatabase(database as string);
    const { url } = held.place as { url: string };
    wire = new Wire(new URL(url));
    await wire.mend();
    const through = new URL(url);
    through.hostname = "127.0.0.1";
    through.port = String(wire.port);
    [server, eye] = await Promise.all([startServer({ DATABASE_URL: through.href }), drawEye(1)]);
    await server.ready();
  });
  afterAll(async () => {
    await server?.stop();
    await wire?.cut();
    await held?.drop();
  });

  it("refuses with 503 and says when to come back, is not ready, and is whole again by itself", async () => {
    expect((await post("before")).status).toBe(201);
    await wire.cut();
    const refused = await Promise.all(["a", "b", "c"].map(post));
    for (const each of refused) {
      expect(each.status).toBe(503);
      expect(Number(each.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(await each.json()).toMatchObject({ code: "store-unavailable", retryable: true });
    }
    await until(async () => (await ready()) === 503, 10_000, "the server to say that it is not ready");
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
    await wire.mend();
    await until(async () => (await ready()) === 200, 20_000, "the server to be ready again");
    const answers = await Promise.all(["before", "a", "b", "c", "a"].map(post));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    expect(await server.records()).toHaveLength(4);
    expect(await server.metric("screen_cases_accepted_total")).toBe(await server.metric("screen_cases_settled_total"));
  });

  it("starts before its database, and is ready once it is there", async () => {
    await wire.cut();
    await server.stop();
    const url = new URL((held.place as { url: string }).url);
    url.hostname = "127.0.0.1";
    url.port = String(wire.port);
    server = await startServer({ DATABASE_URL: url.href });
    await until(() => server.log.some(({ msg }) => msg === "models are warm"), 60_000, "the models to be warm");
    expect(await ready()).toBe(503);
    expect((await post("early")).status).toBe(503);
    await wire.mend();
    await server.ready();
    expect((await post("early")).status).toBe(201);
  });
});
