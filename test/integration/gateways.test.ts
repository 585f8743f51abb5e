import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import type { GatewayView } from "../../src/contracts/index.ts";
import { type BatchBody, finished, lineOf, ndjson, postBatch, readEvents, resultsOf } from "../support/batches.ts";
import { serverDatabase, type TestDatabase } from "../support/database.ts";
import { drawEye } from "../support/eye.ts";
import { natsProgram, startNats, type TestNats } from "../support/nats-server.ts";
import { startServer, type TestServer, until } from "../support/server.ts";

const database = process.env["TEST_DATABASE_URL"] || undefined;
const endpoint = process.env["S3_ENDPOINT"] || undefined;
const failoverMsMax = 15_000;
/** Figures, for whoever runs this to know them. */
const say = (figure: string): void => void process.stdout.write(`${figure}\n`);
const json = { "content-type": "application/json" };

/** Nothing but database and object store is shared: each gateway has a folder of its own. */
describe.skipIf(database === undefined)(
  "several gateways on one database (a PostgreSQL server in DATABASE_URL)",
  () => {
    let shared: TestDatabase;
    let root: string;
    let eye: Buffer;
    let servers: TestServer[] = [];
    const common = (): Record<string, string> => ({
      DATABASE_URL: (shared.place as { url: string }).url,
      LINK_SECRET: "the same for all of these gateways, and long",
      WORKERS: "1",
      ...(endpoint === undefined
        ? { OBJECT_STORE: `file:${join(root, "objects")}` }
        : { OBJECT_STORE: `s3://${process.env["S3_BUCKET"]}/gateways-${process.pid}`, S3_ENDPOINT: endpoint }),
    });
    const pair = async (environment: Record<string, string> = {}): Promise<readonly [TestServer, TestServer]> => {
      const both = await Promise.all(
        [0, 1].map((i) => startServer({ ...common(), ...environment }, join(root, `gateway-${servers.length + i}`))),
      );
      servers.push(...both);
      await Promise.all(both.map((each) => each.ready()));
      return both as unknown as readonly [TestServer, TestServer];
    };
    const end = async (...ended: readonly TestServer[]): Promise<void> => {
      servers = servers.filter((each) => !ended.includes(each));
      await Promise.all(ended.map((each) => each.stop()));
    };
    // What a test that failed has left would lead on in the next one.
    afterEach(() => end(...servers));
    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), "fovea-gateways-"));
      [shared, eye] = await Promise.all([serverDatabase(database as string), drawEye(7)]);
    });
    afterAll(async () => {
      await shared.drop();
      await rm(root, { recursive: true, force: true });
    });

    describe("one leads", () => {
      const leading = async (of: readonly TestServer[]) => {
        const marks = await Promise.all(of.map((each) => each.metric("screen_leader")));
        return of.filter((_, i) => marks[i] === 1);
      };
      const gatewaysOf = async (server: TestServer) =>
        ((await (await fetch(`${server.url}/v1/nodes`)).json()) as { gateways: GatewayView[] }).gateways;
      const theLeader = async (of: readonly TestServer[]): Promise<TestServer> => {
        await until(async () => (await leading(of)).length === 1, failoverMsMax, "a leader");
        return (await leading(of))[0] as TestServer;
      };

      it("and another one when it is killed, or stands still, within 15 s; back again, it knows", async () => {
        const both = await pair();
        const first = await theLeader(both);
        const second = both.find((each) => each !== first) as TestServer;
        // Each says once a second that it is there.
        await until(async () => (await gatewaysOf(second)).length === 2, 10_000, "both to be seen");
        const seen = await gatewaysOf(second);
        expect(seen.filter(({ leads }) => leads.includes("monitor")).map(({ here }) => here)).toEqual([false]);

        first.process.kill("SIGSTOP");
        const stoppedAt = performance.now();
        await until(async () => (await second.metric("screen_leader")) === 1, failoverMsMax, "the other to lead");
        say(`failover after SIGSTOP: ${Math.round(performance.now() - stoppedAt)} ms`);
        first.process.kill("SIGCONT");
        // Asked at once, before any of its timers: it looks at its clock.
        expect(await first.metric("screen_leader")).toBe(0);
        expect(await leading(both)).toEqual([second]);

        await second.kill();
        const killedAt = performance.now();
        servers = servers.filter((each) => each !== second);
        await until(async () => (await first.metric("screen_leader")) === 1, failoverMsMax, "the first to lead again");
        say(`failover after SIGKILL: ${Math.round(performance.now() - killedAt)} ms`);
        await end(first);
      }, 120_000);

      it("and one that is asked to end hands over at once", async () => {
        const both = await pair();
        const first = await theLeader(both);
        const second = both.find((each) => each !== first) as TestServer;
        await end(first);
        await until(async () => (await second.metric("screen_leader")) === 1, 4000, "the other to lead");
        await end(second);
      }, 120_000);

      it("and what one writes that was stopped meanwhile is refused, however sure it is of itself", async () => {
        const { url } = shared.place as { url: string };
        const sql = new Client({ connectionString: url });
        sql.on("error", () => undefined);
        await sql.connect();
        const program = resolve(import.meta.dirname, "../support/leader.mjs");
        const children: ChildProcess[] = [];
        const leader = (): { child: ChildProcess; said: Record<string, unknown>[] } => {
          const child = spawn(process.execPath, [program, url], { stdio: ["ignore", "pipe", "inherit"] });
          children.push(child);
          const said: Record<string, unknown>[] = [];
          createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) =>
            said.push(JSON.parse(line)),
          );
          return { child, said };
        };
        onTestFinished(async () => {
          for (const child of children) child.kill("SIGKILL");
          await sql.end();
        });
        const one = leader();
        await until(() => one.said.length > 5, 20_000, "the first to write");
        const two = leader();
        // Something to write, all the time: each image whose time is over leaves its line in the audit log.
        let isOver = false;
        const supply = (async (): Promise<void> => {
          while (!isOver) {
            await sql.query(
              "insert into objects values ($1, 'image/png', 1, 1, 1, now(), now() - interval '1 minute')",
              [randomBytes(32).toString("hex")],
            );
          }
        })().catch(() => undefined);
        const termsOf = async () =>
          (
            await sql.query<{ request_id: string }>(
              "select request_id from audit where action = 'image.expired' order by seq",
            )
          ).rows.map(({ request_id: term }) => Number(term.split("/")[1]));
        await until(async () => (await termsOf()).length > 20, 20_000, "writes of the first");
        one.child.kill("SIGSTOP");
        await until(() => two.said.length > 20, failoverMsMax, "writes of the second");
        const before = one.said.length;
        one.child.kill("SIGCONT");
        await until(() => one.said.slice(before).some(({ refused }) => refused === true), 20_000, "a refusal");
        const between = two.said.length;
        await until(() => two.said.length > between + 20, 20_000, "more writes of the second");
        isOver = true;
        await supply;
        const terms = await termsOf();
        const [old, young] = [one.said[0]?.["leads"], two.said[0]?.["leads"]] as [number, number];
        expect(young).toBeGreaterThan(old);
        expect(new Set(terms)).toEqual(new Set([old, young]));
        expect(terms).toEqual([...terms].sort((a, b) => a - b));
        // The answer to what was under way when it was stopped may be heard later; nothing after it was written.
        const late = one.said.slice(before).filter(({ refused, token }) => refused === false && token === old);
        expect(late.length).toBeLessThanOrEqual(1);
        for (const child of children) {
          child.kill("SIGTERM");
          await once(child, "exit");
        }
      }, 120_000);
    });

    describe("no one is bound to one of them", () => {
      it("what is posted here is read there: case, picture, heatmap, person, batch, and the same key once", async () => {
        const [here, there] = await pair();
        const post = (server: TestServer) =>
          fetch(`${server.url}/v1/programmes/cataract/cases?strategy=mean`, {
            method: "POST",
            headers: { "content-type": "image/jpeg", "idempotency-key": "the-same" },
            body: new Uint8Array(eye),
          });
        const made = await post(here);
        expect(made.status).toBe(201);
        const record = (await made.json()) as { id: string };
        const path = `/v1/cases/${record.id}`;
        expect(await (await fetch(`${there.url}${path}`)).json()).toMatchObject({ id: record.id });
        const image = await fetch(`${there.url}${path}/image`);
        expect(image.status).toBe(200);
        expect((await image.arrayBuffer()).byteLength).toBeGreaterThan(1000);
        expect((await fetch(`${there.url}${path}/heatmap.png`)).headers.get("content-type")).toBe("image/png");
        const linked = await fetch(`${here.url}${path}/image/links`, { method: "POST" });
        const { href } = (await linked.json()) as { href: string };
        expect((await fetch(new URL(href, there.url))).status).toBe(200);
        const replayed = await post(there);
        expect(replayed.status).toBe(201);
        expect(((await replayed.json()) as { id: string }).id).toBe(record.id);
        // At the same moment, too: one case, whoever is first.
        const twins = await Promise.all(
          [here, there].map(async (server) => {
            const answer = await fetch(`${server.url}/v1/programmes/cataract/cases`, {
              method: "POST",
              headers: { "content-type": "image/jpeg", "idempotency-key": "at-once" },
              body: new Uint8Array(eye),
            });
            return ((await answer.json()) as { id: string }).id;
          }),
        );
        expect(twins[0]).toBe(twins[1]);

        const admitted = await fetch(`${here.url}/api/patients`, {
          method: "POST",
          headers: json,
          body: JSON.stringify({ name: "Both Sides", age: 50, gender: "Female" }),
        });
        const person = (await admitted.json()) as { id: string };
        expect(await (await fetch(`${there.url}/api/patients/${person.id}`)).json()).toMatchObject({
          name: "Both Sides",
        });

        const lines = Array.from({ length: 12 }, (_, i) =>
          lineOf({ custom_id: String(i), image: eye.toString("base64") }),
        );
        const accepted = await postBatch(here, "programme=cataract", lines.join(""), ndjson);
        const batch = (await accepted.json()) as BatchBody;
        expect((await finished(there, batch.id)).counts).toMatchObject({ total: 12, done: 12 });
        expect(await resultsOf(there, batch.id)).toHaveLength(12);
        const form = new FormData();
        for (const field of ["images", "images"]) form.append(field, new Blob([new Uint8Array(eye)]), "eye.jpg");
        const saved = await fetch(`${here.url}/p/cataract/predict_batch?save_results=true`, {
          method: "POST",
          body: form,
        });
        const { results_id: results } = (await saved.json()) as { results_id: string };
        expect((await fetch(`${there.url}/p/cataract/results/${results}`)).status).toBe(200);
        const page = await fetch(`${there.url}/`);
        expect([page.status, page.headers.get("set-cookie")]).toEqual([200, null]);
        await end(here, there);
      }, 180_000);
    });

    describe("a caller's limits are those of all of them together", () => {
      it("within an eighth of the burst each", async () => {
        const [perS, burst] = [20, 80];
        const both = await pair({ RATE_LIMIT_REQUESTS_PER_S: String(perS), RATE_LIMIT_BURST: String(burst) });
        // Asking whether they are ready counts for nothing.
        let [admitted, refused] = [0, 0];
        const startedAt = performance.now();
        const isOver = () => performance.now() - startedAt > 4000;
        const waits: number[] = [];
        const callers = Array.from({ length: 8 }, async (_, i) => {
          while (!isOver()) {
            const answer = await fetch(`${(both[i % 2] as TestServer).url}/v1/programmes`);
            await answer.arrayBuffer();
            if (answer.status === 200) admitted++;
            else {
              expect(answer.status).toBe(429);
              waits.push(Number(answer.headers.get("retry-after")));
              refused++;
            }
          }
        });
        await Promise.all(callers);
        const seconds = (performance.now() - startedAt) / 1000;
        const allowed = burst + perS * seconds;
        say(
          `two gateways admitted ${admitted} of ${admitted + refused} in ${seconds.toFixed(1)} s; the limit is ${allowed.toFixed(0)}`,
        );
        expect(refused).toBeGreaterThan(100);
        expect(admitted).toBeLessThanOrEqual(allowed + (burst * 2) / 8);
        expect(admitted).toBeGreaterThan(allowed * 0.8);
        expect(new Set(waits)).toEqual(new Set([1]));
        await new Promise((resume) => setTimeout(resume, 1000));
        expect((await fetch(`${both[0].url}/v1/programmes`)).status).toBe(200);
        await end(...both);
      }, 120_000);
    });

    describe.skipIf(natsProgram === undefined)("what happens at one is heard at the other", () => {
      const many = 60;
      /** Of those that wait for the next look, a second each. */
      const few = 12;
      let nats: TestNats;
      beforeAll(async () => {
        nats = await startNats();
      });
      afterAll(() => nats.close());

      /** From before the post until the client of the other gateway has it, ms. */
      async function lags(here: TestServer, there: TestServer, n: number): Promise<number[]> {
        const socket = new WebSocket(`ws://127.0.0.1:${there.port}/ws`);
        const heard: (() => void)[] = [];
        const frames: string[] = [];
        socket.on("message", (data) => {
          frames.push(String(data));
          for (const each of heard.splice(0)) each();
        });
        const told = async (at: number) => {
          while (frames.length <= at) await new Promise<void>((resume) => heard.push(resume));
        };
        await told(0);
        const found: number[] = [];
        for (let i = 0; i < n; i++) {
          const body = JSON.stringify({ name: `Person ${i}`, age: 50, gender: "Female" });
          const answer = await fetch(`${here.url}/api/patients`, { method: "POST", headers: json, body });
          // The answer is sent once it is committed.
          const committedAt = performance.now();
          await answer.arrayBuffer();
          await told(i + 1);
          found.push(performance.now() - committedAt);
          // At another moment of the other one's second each time.
          await new Promise((resume) => setTimeout(resume, 37 * (i % 10)));
        }
        socket.close();
        return found.sort((a, b) => a - b);
      }
      const shown = (sorted: readonly number[]) =>
        `p50 ${Math.max(0, sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(0)} ms, p99 ${(sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0).toFixed(0)} ms, n ${sorted.length}`;
      const median = (sorted: readonly number[]) => sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;

      it("within a tenth of a second with NATS, within its own next look without", async () => {
        const without = await pair();
        const polled = await lags(...without, few);
        await end(...without);
        const both = await pair({ NATS_URL: nats.url });
        const told = await lags(...both, many);
        say(`alerts to the other gateway, without NATS: ${shown(polled)}; with NATS: ${shown(told)}`);
        expect(median(told)).toBeLessThan(100);
        expect(median(polled)).toBeGreaterThan(median(told));
        // Nobody is told anything when NATS is gone, and everybody hears it all the same.
        await nats.kill();
        const later = await lags(...both, few);
        expect(later.at(-1)).toBeLessThan(5000);
        await nats.restart();
        await end(...both);
      }, 240_000);

      it("a batch's progress as well", async () => {
        const [here, there] = await pair({ NATS_URL: nats.url });
        const accepted = await postBatch(here, "programme=cataract", lineOf({ image: eye.toString("base64") }), ndjson);
        const batch = (await accepted.json()) as BatchBody;
        const endOf = async (server: TestServer) => {
          const events = await readEvents(`${server.url}/v1/batches/${batch.id}/events`, () => false);
          return { at: performance.now(), last: events.at(-1) };
        };
        const [one, two] = await Promise.all([endOf(here), endOf(there)]);
        expect([one.last?.event, two.last?.event]).toEqual(["end", "end"]);
        say(`the end of a batch: ${Math.abs(one.at - two.at).toFixed(0)} ms between two gateways`);
        expect(Math.abs(one.at - two.at)).toBeLessThan(500);
        await end(here, there);
      }, 120_000);
    });
  },
);
