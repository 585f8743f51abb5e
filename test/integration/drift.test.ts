import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CaseAudit, CaseRecord, DriftReport } from "../../src/contracts/index.ts";
import { createAuditCoin } from "../../src/main/audit-coin.ts";
import { type BatchBody, finished, postBatch, resultsOf } from "../support/batches.ts";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer, until } from "../support/server.ts";
import { shared } from "../support/shared.ts";

const cases = "/v1/programmes/cataract/cases";
/** A drawn eye is unlike what the readers know, so that a person decides it: photographs are what can be watched. */
const folder = shared("datasets", "cataract_eye", "images");
const pictures = 60;
const linkSecret = "the same at every start of this server, and long";
/** As an auditor tosses it again, from the setting and the record alone. */
const coin = createAuditCoin({
  linkSecret,
  watched: { has: async () => true },
  catalog: { auditFactor: () => 1 },
});

async function readEyes(count: number): Promise<Buffer[]> {
  const found = await readdir(folder as string, { withFileTypes: true, recursive: true });
  const names = found.flatMap((each) => (each.isFile() ? [join(each.parentPath, each.name)] : [])).sort();
  const chosen = Array.from({ length: count }, (_, i) => names[Math.floor((i * names.length) / count)] as string);
  return Promise.all(chosen.map((name) => readFile(name)));
}

async function post(server: TestServer, image: Buffer, strategy = "cascade"): Promise<CaseRecord> {
  const response = await fetch(`${server.url}${cases}?strategy=${strategy}`, {
    method: "POST",
    body: new Uint8Array(image),
    headers: { "content-type": "application/octet-stream" },
  });
  expect(response.status).toBe(201);
  return (await response.json()) as CaseRecord;
}

/** As the one item of a batch. */
async function postInBatch(server: TestServer, image: Buffer): Promise<CaseRecord> {
  const form = new FormData();
  form.append("images", new Blob([new Uint8Array(image)]), "eye.jpg");
  const posted = await postBatch(server, "programme=cataract", form);
  expect(posted.status).toBe(202);
  const { id } = (await posted.json()) as BatchBody;
  await finished(server, id);
  const [result] = await resultsOf(server, id);
  return (await (await fetch(`${server.url}/v1/cases/${result?.case?.id}`)).json()) as CaseRecord;
}

interface DriftBody {
  readonly programmes: readonly DriftReport[];
  readonly unwatched: readonly string[];
}
const driftOf = async (server: TestServer): Promise<DriftBody> =>
  (await (await fetch(`${server.url}/v1/drift`)).json()) as DriftBody;
const reportOf = async (server: TestServer): Promise<DriftReport | undefined> =>
  (await driftOf(server)).programmes.find(({ programme }) => programme === "cataract");

function tossAgain({ id, decision: { escalated, outcome } }: CaseRecord): Promise<CaseAudit | undefined> {
  const side = outcome === "positive" ? "fast-positive" : "fast-negative";
  return coin.toss(id, "cataract", escalated ? "band" : side);
}

describe.skipIf(folder === undefined)("a server that watches drift", () => {
  let server: TestServer;
  let dataDir: string;
  let eyes: Buffer[];
  /** In the order in which they were taken in. */
  const watched: { readonly record: CaseRecord; readonly audit: CaseAudit }[] = [];
  const others: CaseRecord[] = [];

  const start = async (): Promise<TestServer> => {
    const started = await startServer({ WORKERS: "1", LINK_SECRET: linkSecret }, dataDir);
    await started.ready();
    return started;
  };
  const watch = async (image: Buffer, by = post): Promise<void> => {
    const record = await by(server, image);
    const isStrange = record.decision.reason === "out-of-domain" || record.decision.gradability === "ungradable";
    if (isStrange) others.push(record);
    else watched.push({ record, audit: (await tossAgain(record)) as CaseAudit });
  };
  /** Until the monitor has seen every case; each look that the coin chose is done by then. */
  const seeAll = (): Promise<void> =>
    until(async () => (await reportOf(server))?.cases === watched.length, 60_000, "the monitor to see every case");
  /** The first case that waits for a person's label holds up those after it. */
  const settledCases = (): number => {
    const first = watched.findIndex(({ audit }) => audit.human.chosen);
    return first === -1 ? watched.length : first;
  };
  const expectCounts = async (): Promise<void> => {
    await until(
      async () => (await reportOf(server))?.risk.cases === settledCases(),
      10_000,
      "the cases whose human coin is settled",
    );
    const report = await reportOf(server);
    expect(report).toMatchObject({ cases: watched.length, unusable: 0, auditFactor: 1, open: [] });
    expect(report?.risk).toMatchObject({ cases: settledCases(), labels: 0 });
    // Counted every two seconds.
    await until(async () => (await server.metric("screen_audit_looks_pending")) === 0, 10_000, "no look to be owed");
  };
  const chosen = (): string[] =>
    watched.flatMap(({ record, audit }) => (audit.fine.chosen && audit.stratum !== "band" ? [record.id] : [])).sort();

  beforeAll(async () => {
    [dataDir, eyes] = await Promise.all([mkdtemp(join(tmpdir(), "fovea-drift-")), readEyes(pictures + 1)]);
    server = await start();
  });
  afterAll(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it("sees each case that was left to the cascade once, though it is killed in the middle", async () => {
    for (const eye of eyes.slice(0, pictures / 2)) await watch(eye);
    await server.kill();
    server = await start();
    for (const eye of eyes.slice(pictures / 2, pictures)) await watch(eye);
    others.push(await post(server, await drawEye()));
    for (const strategy of ["fast", "fine", "mean"]) others.push(await post(server, eyes[0] as Buffer, strategy));
    expect(watched.length).toBeGreaterThan(pictures / 2);
    await seeAll();
    await expectCounts();
  });

  it("goes on where it was after another kill, with the same counts", async () => {
    const before = await reportOf(server);
    await server.kill();
    server = await start();
    await until(() => server.log.some(({ msg }) => msg === "leads"), 30_000, "it to lead again");
    expect(await reportOf(server)).toEqual(before);
    const count = watched.length;
    await watch(eyes[pictures] as Buffer, postInBatch);
    expect(watched).toHaveLength(count + 1);
    await seeAll();
    await expectCounts();
    expect(await server.metric("screen_drift_cases")).toBe(count + 1);
  });

  it("left the cases as they were decided", async () => {
    const kept = new Map((await server.records()).map((record) => [record.id, record]));
    expect(kept.size).toBe(watched.length + others.length);
    for (const { record } of watched) {
      expect(kept.get(record.id)?.decision).toEqual(record.decision);
      expect(kept.get(record.id)?.readings).toEqual(record.readings);
    }
  });

  it("had those cases looked at that the coin chose, each once, as anybody with the secret can find again", async () => {
    await server.stop();
    const database = await PGlite.create(join(dataDir, "database"));
    const { rows } = await database.query<{ object: string }>(
      "select object from audit where action = 'case.audited' order by object",
    );
    const { rows: left } = await database.query<{ id: string; looks: number }>(
      `select case_id as id, count(*) filter (where state = 'look')::int as looks from drift_cases group by case_id`,
    );
    await database.close();
    expect(rows.map(({ object }) => object)).toEqual(chosen().map((id) => `case/${id}`));
    // What the monitor has passed is let go of; those that nobody watches were never there.
    expect(left.reduce((sum, { looks }) => sum + looks, 0)).toBe(0);
    expect(left.length).toBe(watched.length - settledCases());
    for (const { id } of others) expect(left.some((each) => each.id === id)).toBe(false);
  });
});

describe("a server with DRIFT=off", () => {
  it("keeps nothing for a monitor, and says that nobody watches", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "fovea-drift-"));
    const server = await startServer({ WORKERS: "1", DRIFT: "off" }, dataDir);
    try {
      await server.ready();
      const [image = await drawEye()] = folder === undefined ? [] : await readEyes(1);
      await post(server, image);
      await until(() => server.log.some(({ msg }) => msg === "leads"), 30_000, "it to lead");
      const { programmes, unwatched } = await driftOf(server);
      expect(programmes).toEqual([]);
      expect(unwatched).toContain("cataract");
    } finally {
      await server.stop();
    }
    const database = await PGlite.create(join(dataDir, "database"));
    const { rows } = await database.query<{ rows: number }>(
      "select (select count(*) from drift_cases)::int + (select count(*) from drift_states)::int as rows",
    );
    await database.close();
    expect(rows).toEqual([{ rows: 0 }]);
    await rm(dataDir, { recursive: true, force: true });
  });
});
