import { describe, expect, it } from "vitest";
import { caseRecord } from "../../../test/support/case-record.ts";
import { type TestDeps, testDeps } from "../../../test/support/gateway.ts";
import { retinopathy, retinopathyCatalog } from "../../../test/support/retinopathy.ts";
import type { CaseFilter, CaseRecord } from "../../contracts/index.ts";
import { createApp } from "../app.ts";
import { drHistorySchema } from "./dr-answer.ts";

const key = "a-key-for-tests-that-is-long-enough";
const probabilities = { "0": 0.05, "1": 0.1, "2": 0.7, "3": 0.1, "4": 0.05 };

/** A scan of `patient`, the later the larger `at` is. */
function scan(patient: string, at: number, change: Partial<CaseRecord> = {}): CaseRecord {
  const made = caseRecord({
    programme: "diabetic-retinopathy",
    patientId: patient,
    visitType: "follow-up",
    createdAt: new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString(),
  });
  const decision = { ...made.decision, label: "2", probability: 0.7, probabilities };
  const readings = made.readings.map((each) => ({ ...each, pack: "diabetic-retinopathy/fast-0", probabilities }));
  return { ...made, decision, readings, ...change };
}

/** A gateway whose case store holds these, as the port says: newest first, filtered, in pages. */
function holding(records: readonly CaseRecord[], environment: Record<string, string> = {}): TestDeps {
  const deps = testDeps({ API_KEY: key, ...environment }, { programmes: retinopathyCatalog });
  const listCases = async ({ programme, patientId }: CaseFilter, limit: number, after?: string) => {
    const fitting = [...records]
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
      .filter((each) => each.programme === programme && each.patientId === patientId);
    const from = after === undefined ? 0 : fitting.findIndex(({ id }) => id === after) + 1;
    const cases = fitting.slice(from, from + limit);
    const last = cases.at(-1);
    return from + limit < fitting.length && last !== undefined ? { cases, next: last.id } : { cases };
  };
  const getCase = async (id: string) => records.find((each) => each.id === id);
  return { ...deps, cases: { ...deps.cases, listCases, getCase } };
}

const ask = (deps: TestDeps, path: string) => createApp(deps).request(path, { headers: { "x-api-key": key } });
const historyOf = async (deps: TestDeps, patient: string, mount = "/p/dr") => {
  const response = await ask(deps, `${mount}/predict/patient/${patient}/history`);
  expect(response.status).toBe(200);
  return { response, entries: drHistorySchema.parse(await response.json()) };
};

describe("a history", () => {
  it.each(["nobody", "a%00b", "x".repeat(100)])("of somebody unknown is empty: %s", async (patient) => {
    expect((await historyOf(holding([scan("one", 1)]), patient)).entries).toEqual([]);
  });

  it.each(["", "/p/dr"])("at %j holds that patient's scans of this programme, newest first", async (mount) => {
    const mine = [scan("one", 1), scan("one", 3, { notes: "left eye" }), scan("one", 2)];
    const others = [scan("two", 4), caseRecord({ patientId: "one" })];
    const { response, entries } = await historyOf(holding([...mine, ...others]), "one", mount);
    expect(entries.map(({ id }) => id)).toEqual([mine[1]?.id, mine[2]?.id, mine[0]?.id]);
    expect(entries[0]).toMatchObject({
      patient_id: "one",
      dr_severity: "Moderate",
      confidence_score: 0.7,
      scan_timestamp: "2026-01-01T00:00:03.000000",
      visit_type: "follow-up",
      status: "decided",
      notes: "left eye",
      model_version: "diabetic-retinopathy/fast-0@aaaaaaaaaaaa",
    });
    expect(response.headers.get("deprecation")).toBe("@1767225600");
  });

  it("is whole over several pages of the store, up to a bound that is said", async () => {
    const many = Array.from({ length: 450 }, (_, i) => scan("one", i));
    const { response, entries } = await historyOf(holding(many), "one");
    expect(entries).toHaveLength(450);
    expect(response.headers.get("x-warning")).toBeNull();
    const tooMany = Array.from({ length: 1001 }, (_, i) => scan("one", i));
    const cut = await historyOf(holding(tooMany), "one");
    expect(cut.entries).toHaveLength(1000);
    expect(cut.entries[0]?.id).toBe(tooMany.at(-1)?.id);
    expect(cut.response.headers.get("x-warning")).toContain("newest 1000");
  });

  it("is in the audit log", async () => {
    const deps = holding([scan("one", 1)]);
    await historyOf(deps, "one");
    expect(deps.kept.events).toMatchObject([{ action: "cases.listed", object: "cases/1" }]);
  });

  it("links to each image without a key", async () => {
    const deps = holding([scan("one", 1)]);
    const [entry] = (await historyOf(deps, "one")).entries;
    expect((await createApp(deps).request(entry?.image_url ?? "")).status).toBe(200);
    expect(new URL(entry?.heatmap_url ?? "").pathname).toBe(`/v1/cases/${entry?.id}/heatmap.png`);
  });

  it("links to no image that is gone", async () => {
    const records = [scan("one", 1), scan("one", 2, { createdAt: new Date().toISOString() })];
    const deps = holding(records, { IMAGE_DAYS: "1" });
    const objects = { ...deps.objects, getObject: async () => undefined };
    const { entries } = await historyOf({ ...deps, objects }, "one");
    const gone = entries.find(({ id }) => id === records[0]?.id);
    expect([gone?.image_url, gone?.heatmap_url]).toEqual([null, null]);
    expect(entries.find(({ id }) => id === records[1]?.id)?.image_url).toContain("/image?expires=");
  });

  it("has no heatmap where no reader draws one", async () => {
    if (retinopathy.fine.load.kind !== "fine") throw new Error("another reader");
    const { network } = retinopathy.fine.load;
    const mapless = { ...network, network: { ...network.network, outputs: { logit: [4] } } };
    const fine = { ...retinopathy.fine, load: { ...retinopathy.fine.load, network: mapless } };
    const programmes = { programmes: new Map([["diabetic-retinopathy", { ...retinopathy, fine }]]) };
    const [entry] = (await historyOf({ ...holding([scan("one", 1)]), programmes }, "one")).entries;
    expect(entry?.heatmap_url).toBeNull();
  });
});
