import { describe, expect, it } from "vitest";
import { memoryDrift } from "../../../test/support/drift-store.ts";
import { testDeps } from "../../../test/support/gateway.ts";
import type { DriftReport, DriftView, Incident } from "../../contracts/index.ts";
import { createApp } from "../app.ts";
import { driftSchema, incidentHistorySchema, incidentsSchema } from "./drift-schemas.ts";

const at = "2026-01-01T10:00:00.000Z";
const incident = (id: string, programme = "cataract"): Incident => ({
  id,
  programme,
  kind: "harm",
  streams: ["error"],
  state: "labelling",
  openedAt: at,
  updatedAt: at,
  cases: ["018f0000-0000-7000-8000-000000000001"],
  evidence: { alarm: { stream: "error", atCase: 300 } },
  waitingFor: ["labels for a training"],
});
const report: DriftReport = {
  programme: "cataract",
  release: "b".repeat(64),
  since: at,
  at,
  cases: 300,
  groups: [
    {
      kind: "harm",
      threshold: 50_000,
      evidence: 60_000,
      alarmed: true,
      streams: [{ stream: "error", evidence: 300_000, cases: 300, changeAtCase: 210 }],
    },
  ],
  risk: { value: 0.1, interval: [0.02, 0.2], cases: 300, labels: 30, target: 0.05 },
  unusable: 0,
  auditFactor: 1,
  band: { step: 0, incident: "one" },
  open: ["one"],
};

async function view(): Promise<DriftView> {
  const memory = memoryDrift();
  const events = [{ incident: "one", at, from: null, to: "open" as const, why: "error reached 6e+4" }];
  const served = { programme: "cataract", auditFactor: 1 };
  const incidents = [incident("one"), incident("two", "chest-xray")];
  await memory.saveDrift("cataract", 0, { state: {}, served, incidents, events }, memory.lease);
  return { ...memory, reports: async () => [report] };
}
const get = async (path: string, drift?: DriftView) => createApp(testDeps({}, drift && { drift })).request(path);

describe("drift over HTTP", () => {
  it("is the report of every programme, and names those that nothing watches", async () => {
    const answer = driftSchema.parse(await (await get("/v1/drift", await view())).json());
    expect(answer.programmes).toEqual([report]);
    expect(answer.unwatched).not.toContain("cataract");
    expect(answer.disclaimer).toMatch(/Research use only/);
  });

  it("is nothing, and says so, where no monitor is", async () => {
    const answer = driftSchema.parse(await (await get("/v1/drift")).json());
    expect(answer.programmes).toEqual([]);
    expect(answer.unwatched).toContain("cataract");
    expect(incidentsSchema.parse(await (await get("/v1/incidents")).json()).incidents).toEqual([]);
  });

  it("lists incidents, newest first, of one programme or all", async () => {
    const ids = async (query: string) => {
      const answer = await get(`/v1/incidents${query}`, await view());
      return incidentsSchema.parse(await answer.json()).incidents.map(({ id }) => id);
    };
    expect(await ids("")).toEqual(["two", "one"]);
    expect(await ids("?limit=1")).toEqual(["two"]);
    expect(await ids("?programme=cataract")).toEqual(["one"]);
  });

  it.each(["0", "201", "1.5", "many"])("refuses a limit of %s", async (limit) => {
    const answer = await get(`/v1/incidents?limit=${limit}`, await view());
    expect([answer.status, (await answer.json()).code]).toEqual([400, "field-invalid"]);
  });

  it("tells the steps of one incident", async () => {
    const answer = await get("/v1/incidents/one", await view());
    const told = incidentHistorySchema.parse(await answer.json());
    expect(told.events.map(({ to }) => to)).toEqual(["open"]);
    expect(told.incident.state).toBe("labelling");
  });

  it.each([true, false])("does not know every incident (watched: %s)", async (isWatched) => {
    const answer = await get("/v1/incidents/none", isWatched ? await view() : undefined);
    expect([answer.status, (await answer.json()).code]).toEqual([404, "incident-unknown"]);
  });
});
