import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LocalPredictor } from "../../dist/workers/index.js";
import type { CaseRecord, Decision, Predictor, Programme } from "../../src/contracts/index.ts";
import { natsBus, serveNode } from "../support/cluster.ts";
import { natsProgram, startNats, type TestNats } from "../support/nats-server.ts";
import { cataract, engineOptions } from "../support/predictor-tasks.ts";
import { startServer, type TestServer, until } from "../support/server.ts";
import { shared } from "../support/shared.ts";

const cases = "/v1/programmes/cataract/cases";
/** Photographs: a drawn eye is unlike what the readers know, so that no reader would decide it. */
const folder = shared("datasets", "cataract_eye", "images");
const [pictures, burstPictures] = [160, 80];
/** Of the band, in the tests that post them one by one. */
const bandMax = 20;

async function readEyes(count: number): Promise<Buffer[]> {
  const found = await readdir(folder as string, { withFileTypes: true, recursive: true });
  const names = found.flatMap((each) => (each.isFile() ? [join(each.parentPath, each.name)] : [])).sort();
  const step = Math.floor(names.length / count);
  const chosen = Array.from({ length: count }, (_, i) => names[i * step] as string);
  return Promise.all(chosen.map((name) => readFile(name)));
}

const post = async (server: TestServer, i: number, eyes: readonly Buffer[], strategy = "cascade") => {
  const response = await fetch(`${server.url}${cases}?strategy=${strategy}`, {
    method: "POST",
    body: new Uint8Array(eyes[i] as Buffer),
    headers: { "content-type": "application/octet-stream" },
  });
  return { response, record: (await response.json()) as CaseRecord };
};

/** What a server decides when nothing is in its way, by picture. */
async function undisturbed(server: TestServer, eyes: readonly Buffer[]): Promise<Decision[]> {
  const decisions: Decision[] = [];
  for (let i = 0; i < eyes.length; i++) {
    const { response, record } = await post(server, i, eyes);
    expect(response.status).toBe(201);
    decisions.push(record.decision);
  }
  return decisions;
}

const caseOf = async (server: TestServer, id: string): Promise<CaseRecord> =>
  (await (await fetch(`${server.url}/v1/cases/${id}`)).json()) as CaseRecord;

const resultsOf = async (server: TestServer, result: string): Promise<number> => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const line = text
    .split("\n")
    .find((each) => each.startsWith("screen_second_looks_total{") && each.includes(`result="${result}"`));
  return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(" ") + 1));
};

/** Every case of the band that this server recorded is done now, done later, pending or a person's. */
async function expectBalance(server: TestServer): Promise<void> {
  const parts = async () => {
    const [band, now, later, person, pending] = await Promise.all([
      server.metric("screen_band_cases_total"),
      resultsOf(server, "now"),
      resultsOf(server, "later"),
      resultsOf(server, "person"),
      server.metric("screen_second_looks_pending"),
    ]);
    return { band, sum: now + later + person + pending };
  };
  await until(
    async () => {
      const { band, sum } = await parts();
      return band > 0 && band === sum;
    },
    10_000,
    "the cases of the band to add up",
  );
}

/** An engine of its own behind a gate: it reads so many images, then holds the next until the gate is opened. */
function gated(engine: Predictor) {
  const gate = { left: Number.POSITIVE_INFINITY, held: [] as (() => void)[] };
  const predictor: Predictor = {
    predict: async (task, signal) => {
      if (--gate.left < 0) await new Promise<void>((open) => gate.held.push(open));
      return engine.predict(task, signal);
    },
    status: () => engine.status(),
  };
  const open = (): void => {
    gate.left = Number.POSITIVE_INFINITY;
    for (const each of gate.held.splice(0)) each();
  };
  return { predictor, gate, open };
}

describe.skipIf(natsProgram === undefined || folder === undefined)("a server whose fine reader goes away", () => {
  let nats: TestNats;
  let eyes: Buffer[];
  let programme: Programme;
  let engines: LocalPredictor[];
  let server: TestServer;
  let dataDir: string;
  let decisions: Decision[];
  /** Pictures that the fast reader leaves to the fine one. */
  let band: number[];
  /** Those of which it is sure. */
  let sure: number[];
  const closing: (() => Promise<unknown>)[] = [];

  /** A node that reads with one engine, until it is told to go. */
  const enter = async (name: string, predictor: Predictor): Promise<() => Promise<void>> => {
    const bus = await natsBus(nats.url);
    const node = serveNode(`${name}-${process.pid}`, bus, predictor, { slots: 1 });
    let isGone = false;
    const leave = async (): Promise<void> => {
      if (isGone) return;
      isGone = true;
      await node.drain(1000);
      await bus.close();
    };
    closing.push(leave);
    return leave;
  };
  const holds = async (digest: string): Promise<boolean> => {
    const { nodes } = (await (await fetch(`${server.url}/v1/nodes`)).json()) as {
      nodes: { state: string; packs?: string[] }[];
    };
    return nodes.some(({ state, packs = [] }) => state === "ready" && packs.includes(digest));
  };
  const start = () => startServer({ WORKERS: "0", NATS_URL: nats.url, LOG_LEVEL: "info" }, dataDir);
  const postBand = async (): Promise<CaseRecord[]> => {
    const records: CaseRecord[] = [];
    for (const i of band) {
      const { response, record } = await post(server, i, eyes);
      expect(response.status).toBe(202);
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(response.headers.get("location")).toBe(`/v1/cases/${record.id}`);
      records.push(record);
    }
    return records;
  };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "fovea-second-look-"));
    [nats, eyes, programme] = await Promise.all([startNats(), readEyes(pictures), cataract()]);
    const { fast, fine } = programme;
    engines = [fast, fine].map(({ load }) => new LocalPredictor(engineOptions([load], { workers: 1 })));
    await Promise.all(engines.map((engine) => engine.start()));
    server = await start();
    await enter("fast", engines[0] as LocalPredictor);
    const leave = await enter("fine-0", engines[1] as LocalPredictor);
    await until(() => holds(programme.fine.digest), 30_000, "the fine reader");
    await server.ready();
    decisions = await undisturbed(server, eyes);
    const escalated = decisions.flatMap((decision, i) => (decision.escalated ? [i] : []));
    sure = decisions.flatMap((decision, i) => (decision.escalated ? [] : [i]));
    band = escalated.slice(0, bandMax);
    // Among them what both readers agree on, one way and the other.
    const outcomes = band.map((i) => decisions[i]?.outcome);
    expect(outcomes).toEqual(expect.arrayContaining(["negative", "positive"]));
    expect(band.length).toBeGreaterThan(9);
    expect(sure.length).toBeGreaterThan(band.length);
    await leave();
    await until(async () => !(await holds(programme.fine.digest)), 30_000, "the fine reader to be gone");
  });
  afterAll(async () => {
    await server?.stop();
    await Promise.all(closing.map((close) => close()));
    await Promise.all((engines ?? []).map((engine) => engine.drain(5000)));
    await nats?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it("decides as before what the fast reader is sure of, and calls nothing else decided", async () => {
    for (const i of sure) {
      const { response, record } = await post(server, i, eyes);
      expect([response.status, record.status]).toEqual([201, "decided"]);
      expect(record.decision).toEqual(decisions[i]);
    }
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    const { response } = await post(server, band[0] as number, eyes, "fine");
    expect(response.status).toBe(503);
  });

  it("does the second looks when the fine reader is back: none lost, none twice, through a kill in the middle", async () => {
    const provisional = await postBand();
    for (const record of provisional) {
      expect(record).toMatchObject({ status: "provisional", secondLook: { cause: "unavailable" } });
      expect(record.decision).toMatchObject({
        outcome: "person",
        label: "cataract",
        reason: "second-look-pending",
        stage: "fast",
      });
      expect(await caseOf(server, record.id)).toEqual(record);
    }
    await expectBalance(server);

    const { predictor, gate, open } = gated(engines[1] as LocalPredictor);
    gate.left = Math.floor(band.length / 2);
    await enter("fine-1", predictor);
    await until(() => gate.held.length > 0, 30_000, "half of the second looks");
    await until(async () => (await resultsOf(server, "later")) > 0, 10_000, "a second look to be done");
    const gone = new Promise((resolve) => server.process.once("exit", resolve));
    server.process.kill("SIGKILL");
    await gone;
    open();
    server = await start();
    await server.ready();
    const finals: CaseRecord[] = [];
    await until(
      async () => {
        finals.length = 0;
        for (const { id } of provisional) finals.push(await caseOf(server, id));
        return finals.every(({ status }) => status === "decided");
      },
      90_000,
      "every second look",
    );
    for (const [i, final] of finals.entries()) {
      expect(final.decision).toEqual(decisions[band[i] as number]);
      expect(final.readings.map(({ reader }) => reader)).toEqual(["fast", "fine"]);
      expect(final.secondLook?.settledAt).toBeDefined();
    }
  });

  it("gives to a person what nobody could read in time, and says why", async () => {
    for (const close of closing.slice(1)) await close();
    await until(async () => !(await holds(programme.fine.digest)), 30_000, "the fine reader to be gone");
    const provisional = await postBand();
    await server.stop();
    await inDatabase(async (database) => {
      await database.exec(
        `update second_looks set due_at = created_at + interval '1 millisecond' where state = 'pending'`,
      );
    });
    server = await start();
    for (const { id } of provisional)
      await until(async () => (await caseOf(server, id)).status === "decided", 30_000, "a person to have it");
    for (const { id } of provisional) {
      const { decision, readings } = await caseOf(server, id);
      expect(decision).toMatchObject({ outcome: "person", reason: "second-look-overdue", label: "cataract" });
      expect(readings).toHaveLength(1);
    }
    expect(await resultsOf(server, "person")).toBe(provisional.length);
  });

  it("has one case, one event and one line of the audit log for each decision", async () => {
    await server.stop();
    await inDatabase(async (database) => {
      const { rows } = await database.query<{ pending: number; later: number; person: number; once: boolean }>(`select
        count(*) filter (where state = 'pending')::int as pending, count(*) filter (where state = 'later')::int as later,
        count(*) filter (where state = 'person')::int as person,
        bool_and((select count(*) from audit where object = 'case/' || case_id and action = 'case.completed') = 1
          and (select count(*) from outbox where outbox.case_id = second_looks.case_id and topic = 'case.decided') = 1
          and (select count(*) from readings where readings.case_id = second_looks.case_id)
            = case when state = 'later' then 2 else 1 end) as once
        from second_looks`);
      expect(rows).toEqual([{ pending: 0, later: band.length, person: band.length, once: true }]);
      const { rows: all } = await database.query<{ cases: number; decided: number }>(`select
        (select count(*) from cases)::int as cases,
        (select count(*) from outbox where topic = 'case.decided')::int as decided`);
      expect(all[0]?.cases).toBe(all[0]?.decided);
    });
    server = await start();
  });

  async function inDatabase(act: (database: PGlite) => Promise<void>): Promise<void> {
    const database = await PGlite.create(join(dataDir, "database"));
    await act(database);
    await database.close();
  }
});

/** Of one burst, most of them refused. */
const postsMax = 40 * burstPictures;
/** A picture that was there at three deaths would be refused. */
const killsMax = 2;

describe.skipIf(folder === undefined)("a burst on a small queue, with the engine killed in the middle", () => {
  let server: TestServer;
  let eyes: Buffer[];
  beforeAll(async () => {
    [server, eyes] = await Promise.all([
      startServer({ WORKERS: "1", QUEUE_ITEMS_MAX: "6", SECOND_LOOKS: "by-load" }),
      readEyes(burstPictures),
    ]);
    await server.ready();
  });
  afterAll(() => server.stop());

  it("decides everything that it accepts, and as without the burst", async () => {
    const decisions = await undisturbed(server, eyes);
    const accepted: { i: number; id: string; status: string }[] = [];
    const refused: number[] = [];
    let next = 0;
    let killed = 0;
    const isDone = (): boolean => next >= 6 * burstPictures && accepted.some(({ status }) => status === "provisional");
    const caller = async (): Promise<void> => {
      while (!isDone() && next < postsMax) {
        const i = next++ % burstPictures;
        const before = killed;
        const { response, record } = await post(server, i, eyes);
        if (response.status !== 201 && response.status !== 202) {
          refused.push(response.status);
          continue;
        }
        accepted.push({ i, id: record.id, status: record.status });
        // When its end finds no case between its two readings, another one's will.
        if (before === killed && killed < killsMax && next > 2 * burstPictures * (killed + 1)) {
          killed++;
          process.kill(server.enginePid(), "SIGKILL");
        }
      }
    };
    await Promise.all(Array.from({ length: 24 }, caller));
    expect(new Set([...refused, 429, 503, 504])).toEqual(new Set([429, 503, 504]));
    expect(accepted.some(({ status }) => status === "provisional")).toBe(true);
    let finals = new Map<string, CaseRecord>();
    await until(
      async () => {
        finals = new Map((await server.records()).map((record) => [record.id, record]));
        return [...finals.values()].every(({ status }) => status === "decided");
      },
      60_000,
      "the second looks",
    );
    await expectBalance(server);
    for (const { i, id } of accepted) {
      expect(finals.get(id)?.status).toBe("decided");
      expect(finals.get(id)?.decision).toEqual(decisions[i]);
    }
    // Nothing twice, and nothing that nobody was told of but what a caller gave up.
    expect(new Set(accepted.map(({ id }) => id)).size).toBe(accepted.length);
    expect(finals.size).toBe(accepted.length + burstPictures);
    expect(await server.metric("screen_cases_accepted_total")).toBe(await server.metric("screen_cases_settled_total"));
  });
});
