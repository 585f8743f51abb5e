import { beforeEach, describe, expect, it } from "vitest";
import { caseRecord } from "../../../test/support/case-record.ts";
import { memoryDrift } from "../../../test/support/drift-store.ts";
import { knownCase, type TestDeps, testDeps } from "../../../test/support/gateway.ts";
import { type MemoryLabels, memoryLabels } from "../../../test/support/label-store.ts";
import { type Incident, Problem } from "../../contracts/index.ts";
import { createApp } from "../app.ts";
import { labelledCaseSchema, labelTasksSchema } from "./labels-document.ts";

const path = `/v1/cases/${knownCase.id}/labels`;
const tasksPath = "/v1/programmes/cataract/label-tasks";
const anna = { label: "cataract", role: "reader", by: "anna" };

let deps: TestDeps;
let labels: MemoryLabels;
function open(environment: Record<string, string> = {}): void {
  deps = testDeps(environment);
  labels = memoryLabels((id) => [knownCase, ...deps.kept.records].find((record) => record.id === id));
  deps = { ...deps, labels };
}
beforeEach(() => open());
const key = "k".repeat(32);

const ask = async (where: string, init?: RequestInit) => createApp(deps).request(where, init);
const post = (body: unknown, where = path) =>
  ask(where, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
const said = async (answer: Response) => labelledCaseSchema.parse(await answer.json());
const events = () => [...labels.events, ...deps.kept.events].map(({ action, object }) => [action, object]);

describe("a label", () => {
  it("is answered with all that people said of the case, and what follows", async () => {
    const answer = await post({ ...anna, note: "a dense lens" });
    expect([answer.status, answer.headers.get("location")]).toEqual([201, path]);
    const labelled = await said(answer);
    expect(labelled).toMatchObject({ caseId: knownCase.id, truth: "cataract", conflict: false });
    expect(labelled.labels).toEqual([
      expect.objectContaining({ ...anna, note: "a dense lens", positive: true, programme: "cataract" }),
    ]);
    expect(labelled.disclaimer).toMatch(/Research use only/);
    expect(events()).toEqual([["label.added", `case/${knownCase.id}`]]);
  });

  it("is not added twice when its person repeats it, and is when they change their mind and back", async () => {
    const statuses = [];
    for (const label of ["cataract", "cataract", "normal", "cataract"])
      statuses.push((await post({ ...anna, label })).status);
    expect(statuses).toEqual([201, 200, 201, 201]);
    expect(labels.added.map(({ label }) => label)).toEqual(["cataract", "normal", "cataract"]);
    expect(events()).toContainEqual(["labels.read", `case/${knownCase.id}`]);
  });

  it("contradicts another of the same role, until a higher role decides", async () => {
    await post(anna);
    const contradicted = await said(await post({ ...anna, by: "ben", label: "normal" }));
    expect([contradicted.truth, contradicted.conflict]).toEqual([undefined, true]);
    const decided = await said(await post({ ...anna, by: "cleo", role: "adjudicator", label: "ungradable" }));
    expect([decided.truth, decided.conflict]).toEqual(["ungradable", false]);
  });

  it("is refused with the labels of the programme when it is none of them", async () => {
    const answer = await post({ ...anna, label: "glaucoma" });
    const { code, detail } = await answer.json();
    expect([answer.status, code, detail]).toEqual([400, "field-invalid", "label: one of normal, cataract, ungradable"]);
    expect(labels.added).toEqual([]);
  });

  it.each([
    ["no role", { ...anna, role: undefined }, "role"],
    ["a role that there is not", { ...anna, role: "owner" }, "role"],
    ["nobody who says so", { ...anna, by: " " }, "by"],
    ["a name that turns the line around", { ...anna, by: "a\u202Eb" }, "by"],
    ["a NUL", { ...anna, note: "a\0b" }, "note"],
    ["a note without end", { ...anna, note: "a".repeat(501) }, "note"],
    ["a field that it does not have", { ...anna, truth: "normal" }, "truth"],
    ["a number for a name", { ...anna, by: 7 }, "by"],
  ])("is refused for %s, and nothing is added", async (_, body, named) => {
    const answer = await post(body);
    const { code, detail } = await answer.json();
    expect([answer.status, code, detail]).toEqual([400, "field-invalid", expect.stringContaining(named)]);
    expect(labels.added).toEqual([]);
  });

  it.each(["__proto__", "constructor", "toString"])("is not called %s", async (label) => {
    expect((await post({ ...anna, label })).status).toBe(400);
  });

  it("is refused in a body that is too large or no JSON", async () => {
    expect((await post({ ...anna, note: "a".repeat(20_000) })).status).toBe(413);
    expect((await (await post('{"label":')).json()).code).toBe("json-invalid");
  });

  it.each(["018f0000-0000-7000-8000-00000000ffff", "none"])("is of a case that there is, not of %s", async (id) => {
    const [added, read] = [await post(anna, `/v1/cases/${id}/labels`), await ask(`/v1/cases/${id}/labels`)];
    for (const answer of [added, read])
      expect([answer.status, (await answer.json()).code]).toEqual([404, "case-unknown"]);
  });

  it("is read once the audit log has the line, and not otherwise", async () => {
    await post(anna);
    expect((await said(await ask(path))).labels).toHaveLength(1);
    expect(deps.kept.events.at(-1)).toMatchObject({ action: "labels.read", object: `case/${knownCase.id}` });
    const recordAccess = async () => Promise.reject(new Problem("store-unavailable"));
    deps = { ...deps, cases: { ...deps.cases, recordAccess } };
    expect((await ask(path)).status).toBe(503);
  });

  it("needs the key where others do", async () => {
    open({ API_KEY: key });
    expect((await post(anna)).status).toBe(401);
    expect((await ask(tasksPath)).status).toBe(401);
    expect(labels.added).toEqual([]);
  });

  it("is refused where none is kept", async () => {
    deps = testDeps({}, { labels: undefined });
    for (const answer of [await post(anna), await ask(path), await ask(tasksPath)])
      expect([answer.status, (await answer.json()).code]).toEqual([503, "store-unavailable"]);
  });
});

describe("the list of cases that wait for a person", () => {
  const task = (caseId: string, answerShown: boolean) =>
    ({ caseId, programme: "cataract", source: answerShown ? "abstention" : "audit", answerShown }) as const;
  const tasks = async (query = "") => labelTasksSchema.parse(await (await ask(`${tasksPath}${query}`)).json()).tasks;

  it("shows the picture, and the answer only where it may be known", async () => {
    const other = caseRecord();
    deps.kept.records.push(other);
    labels.tasks.push(task(knownCase.id, true), task(other.id, false));
    const [shown, hidden] = await tasks();
    expect(shown?.decision).toEqual(knownCase.decision);
    expect(hidden).not.toHaveProperty("decision");
    expect(JSON.stringify(hidden)).not.toContain("negative");
    expect(hidden?.links.labels).toBe(`/v1/cases/${other.id}/labels`);
    expect(deps.kept.events.at(-1)).toMatchObject({ action: "labels.read", object: "label-tasks/cataract/2" });
  });

  it("links to the picture without a key, and to nothing else", async () => {
    open({ API_KEY: key });
    labels.tasks.push(task(knownCase.id, false));
    const answer = await ask(tasksPath, { headers: { "x-api-key": key } });
    const { tasks: found } = labelTasksSchema.parse(await answer.json());
    const link = new URL(found[0]?.links.image as string);
    expect((await ask(link.pathname)).status).toBe(401);
    expect((await ask(`${link.pathname}${link.search}`)).status).toBe(200);
    expect((await ask(`/v1/cases/${knownCase.id}${link.search}`)).status).toBe(403);
  });

  it("is asked for with the cases of incidents that are not over", async () => {
    const memory = memoryDrift();
    const of = (id: string, state: Incident["state"], cases: readonly string[], programme = "cataract"): Incident => {
      const at = "2026-01-01T10:00:00.000Z";
      const what = { programme, kind: "harm", streams: [], evidence: {}, waitingFor: [] } as const;
      return { ...what, id, state, openedAt: at, updatedAt: at, cases };
    };
    const incidents = [
      of("one", "labelling", ["a", "b"]),
      of("two", "canary", ["b", "c"]),
      of("three", "closed", ["d"]),
      of("four", "labelling", ["e"], "chest-xray"),
    ];
    const served = { programme: "cataract", auditFactor: 1 };
    await memory.saveDrift("cataract", 0, { state: {}, served, incidents, events: [] }, memory.lease);
    deps = { ...deps, drift: { ...memory, reports: async () => [] } };
    await tasks();
    expect([...(labels.alarmed[0] ?? [])].sort()).toEqual(["a", "b", "c"]);
  });

  it("is as long as was asked for, and passes over what is gone", async () => {
    labels.tasks.push(task(knownCase.id, true), task(caseRecord().id, true));
    expect(await tasks("?limit=1")).toHaveLength(1);
    expect(await tasks()).toHaveLength(1);
  });

  it.each(["0", "101", "1.5", "many"])("refuses a limit of %s", async (limit) => {
    expect((await (await ask(`${tasksPath}?limit=${limit}`)).json()).code).toBe("field-invalid");
  });

  it("is of a programme that there is", async () => {
    const answer = await ask("/v1/programmes/none/label-tasks");
    expect([answer.status, (await answer.json()).code]).toEqual([404, "programme-unknown"]);
  });
});
