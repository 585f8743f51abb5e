import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CaseRecord, LabelledCase, LabelTask } from "../../src/contracts/index.ts";
import { serverDatabase, type TestDatabase } from "../support/database.ts";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer } from "../support/server.ts";

const program = resolve(import.meta.dirname, "../../dist/cli/fovea.js");
const databaseServer = process.env["TEST_DATABASE_URL"] || undefined;
const key = "k".repeat(32);
const anna = { label: "cataract", role: "reader", by: "anna" };
const count = 12;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const fovea = (...args: string[]): Promise<Ended> =>
  new Promise((ended) => {
    const options = { env: { ...process.env, API_KEY: key } };
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) =>
      ended({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });

describe.each(databaseServer === undefined ? ["PGlite"] : ["PGlite", "PostgreSQL"])("labels in %s", (kind) => {
  let database: TestDatabase | undefined;
  let folder: string;
  let server: TestServer;
  let cases: CaseRecord[];

  const atDatabase = (): Record<string, string> =>
    database !== undefined && "url" in database.place ? { DATABASE_URL: database.place.url } : {};
  const open = async (): Promise<void> => {
    server = await startServer({ API_KEY: key, ...atDatabase() }, join(folder, "data"));
    await server.ready();
  };
  const ask = async <T>(path: string, init: RequestInit = {}): Promise<{ status: number; body: T }> => {
    const headers = { "x-api-key": key, ...(init.headers as Record<string, string> | undefined) };
    const answer = await fetch(`${server.url}${path}`, { ...init, headers });
    return { status: answer.status, body: (await answer.json()) as T };
  };
  const say = (id: string, label: object) =>
    ask<LabelledCase>(`/v1/cases/${id}/labels`, {
      method: "POST",
      body: JSON.stringify(label),
      headers: { "content-type": "application/json" },
    });
  const one = (i: number): string => cases[i]?.id as string;

  beforeAll(async () => {
    if (kind === "PostgreSQL") database = await serverDatabase(databaseServer as string);
    folder = await mkdtemp(join(tmpdir(), "fovea-labels-"));
    await open();
    cases = [];
    for (let i = 0; i < count; i++) {
      const form = new FormData();
      form.set("image", new Blob([new Uint8Array(await drawEye(i + 1))]));
      form.set("externalId", `exam-${i}`);
      const { status, body } = await ask<CaseRecord>("/v1/programmes/cataract/cases", { method: "POST", body: form });
      expect(status).toBe(201);
      cases.push(body);
    }
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it("hold what people said, once each, and say what follows", async () => {
    const [first, again] = [await say(one(0), { ...anna, note: "dense" }), await say(one(0), anna)];
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.labels).toHaveLength(1);
    expect((await say(one(0), { ...anna, by: "ben", label: "normal" })).body.conflict).toBe(true);
    await say(one(0), { label: "normal", role: "senior", by: "cleo" });
    const { body } = await ask<LabelledCase>(`/v1/cases/${one(0)}/labels`);
    expect(body).toMatchObject({ truth: "normal", conflict: false });
    expect(body.labels.map(({ by, positive }) => [by, positive])).toEqual([
      ["anna", true],
      ["ben", false],
      ["cleo", false],
    ]);
  });

  it("are written once when the same is said many times at the same moment", async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => say(one(1), anna)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(11);
    expect((await ask<LabelledCase>(`/v1/cases/${one(1)}/labels`)).body.labels).toHaveLength(1);
  });

  it("refuse what they do not take", async () => {
    const { status, body } = await say(one(2), { ...anna, label: "glaucoma" });
    expect([status, body]).toEqual([400, expect.objectContaining({ code: "field-invalid" })]);
    expect((await say("018f0000-0000-7000-8000-00000000ffff", anna)).status).toBe(404);
    expect((await ask<LabelledCase>(`/v1/cases/${one(2)}/labels`)).body.labels).toEqual([]);
  });

  it("come from a file, whose wrong rows are said with their lines, and may come again", async () => {
    const rows = [
      "external_id,label,role,by,note",
      'exam-3,cataract,reader,anna,"says ""dense"", no more"',
      "",
      "exam-4,normal,reader,=cmd(),",
      "exam-99,normal,reader,anna,",
      "exam-5,glaucoma,reader,anna,",
      "exam-5,normal,reader",
      "exam-6,ungradable,adjudicator,cleo,",
    ];
    const file = join(folder, "labels.csv");
    await writeFile(file, `\uFEFF${rows.join("\r\n")}\r\n`);
    const first = await fovea("labels", "import", file, "--url", server.url);
    expect([first.code, first.stdout]).toEqual([1, "3 labels added, 0 known already, 3 rows refused\n"]);
    for (const words of [
      `${file}:5: case-unknown`,
      `${file}:6: field-invalid: label: one of`,
      `${file}:7: field-invalid`,
    ])
      expect(first.stderr).toContain(words);
    const again = await fovea("labels", "import", file, "--url", server.url, "--json");
    expect(JSON.parse(again.stdout)).toEqual({ added: 0, unchanged: 3, refused: 3 });
    const { body } = await ask<LabelledCase>(`/v1/cases/${one(3)}/labels`);
    expect(body.labels.map(({ note }) => note)).toEqual(['says "dense", no more']);
  });

  it("come in hundreds, in pieces", async () => {
    const lines = Array.from({ length: 600 }, (_, i) =>
      JSON.stringify({ case_id: one(7 + (i % 4)), label: "normal", role: "reader", by: `reader-${i}` }),
    );
    const file = join(folder, "many.ndjson");
    await writeFile(file, `${lines.join("\n")}\n{"case_id":"none","label":"normal","role":"reader","by":"x"}\n`);
    const { code, stdout, stderr } = await fovea("labels", "import", file, "--url", server.url);
    expect([code, stdout]).toEqual([1, "600 labels added, 0 known already, 1 rows refused\n"]);
    expect(stderr).toContain(`${file}:601: field-invalid`);
    expect((await ask<LabelledCase>(`/v1/cases/${one(7)}/labels`)).body.labels).toHaveLength(150);
  }, 60_000);

  it("are not taken from a file that is something else", async () => {
    const file = join(folder, "latin.csv");
    await writeFile(file, Buffer.from("external_id,label,role,by\nexam-8,normal,reader,J\u00fcrgen\n", "latin1"));
    const { code, stderr } = await fovea("labels", "import", file, "--url", server.url);
    expect([code, stderr]).toEqual([65, expect.stringContaining("not in UTF-8")]);
    expect((await fovea("labels", "import", file, "--url", server.url, "--key", "wrong")).code).toBe(65);
  });

  it("are asked for, with a picture that needs no key and no answer where it would be followed", async () => {
    const { status, body } = await ask<{
      tasks: (LabelTask & { decision?: CaseRecord["decision"]; links: { image: string } })[];
    }>("/v1/programmes/cataract/label-tasks?limit=50");
    expect(status).toBe(200);
    expect(body.tasks.length).toBeGreaterThan(0);
    for (const task of body.tasks) {
      expect(task.answerShown).toBe(task.source === "abstention");
      expect(task.decision !== undefined).toBe(task.answerShown);
      expect((await fetch(task.links.image)).headers.get("content-type")).toMatch(/^image\//);
    }
  });

  it("leave as a table, and stay where they are when the server is started anew", async () => {
    const out = join(folder, "out.csv");
    expect((await fovea("labels", "export", "--programme", "cataract", "--url", server.url, "--out", out)).code).toBe(
      0,
    );
    const before = await readFile(out, "utf8");
    const lines = before.trim().split("\r\n");
    expect(lines[0]).toMatch(/^case_id,truth,conflict,labels,outcome,audit_probability,audit_chosen/);
    // Of the cases 0, 1, 3, 4, 6 and 7 to 10, newest first.
    expect(lines.slice(1).map((line) => line.slice(0, 36))).toEqual([10, 9, 8, 7, 6, 4, 3, 1, 0].map(one));
    expect(lines.at(-1)).toContain(`${one(0)},normal,false,3,`);
    await server.stop();
    await open();
    await fovea("labels", "export", "--programme", "cataract", "--url", server.url, "--out", out);
    expect(await readFile(out, "utf8")).toBe(before);
  }, 60_000);

  it("are in the audit log, whose chain holds", async () => {
    await server.stop();
    const env = { ...process.env, DATA_DIR: join(folder, "data"), LOG_LEVEL: "silent", ...atDatabase() };
    const stdout = await new Promise<string>((ended) => {
      execFile(process.execPath, [program, "audit", "verify"], { env }, (_, out) => ended(out));
    });
    const entries = Number(/is intact: (\d+) entries/.exec(stdout)?.[1]);
    // Each label has its own line.
    expect(entries).toBeGreaterThan(count + 600);
  }, 60_000);
});
