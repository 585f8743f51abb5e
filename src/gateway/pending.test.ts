import { beforeAll, describe, expect, it } from "vitest";
import { drawEye } from "../../test/support/eye.ts";
import { resultOf } from "../../test/support/fake-predictor.ts";
import { type TestDeps, testDeps } from "../../test/support/gateway.ts";
import { ophthalmology } from "../../test/support/ophthalmology.ts";
import { cataract } from "../../test/support/programme.ts";
import { gradesResult, retinopathy } from "../../test/support/retinopathy.ts";
import { chest, feet, labelsResult } from "../../test/support/several-labels.ts";
import { disclaimer, type PredictTask, Problem, type Programme, type ProgrammeCatalog } from "../contracts/index.ts";
import type { ScreeningDeps } from "../screening/index.ts";
import { createApp } from "./app.ts";
import { cataractAnswerSchema } from "./compat/cataract-answer.ts";
import { chestAnswerSchema } from "./compat/chest-answer.ts";
import { drScanSchema } from "./compat/dr-answer.ts";
import { eyeAnalysisSchema } from "./compat/eye-patient.ts";
import { halluxAnswerSchema } from "./compat/hallux-answer.ts";
import { inferResponseSchema } from "./inference-protocol/schemas.ts";
import { caseSchema } from "./schemas.ts";

type Body = Record<string, unknown>;

let picture: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  picture = new Uint8Array(await drawEye(1));
});

/** The fast reader leans to what is harmless and is not sure; the fine one cannot be had. */
function serving(programme: Programme, read: (task: PredictTask) => ReturnType<typeof resultOf>): TestDeps {
  const programmes: ProgrammeCatalog = { programmes: new Map([[programme.manifest.id, programme]]) };
  const secondLooks = {
    lane: { price: 0, enter: () => () => undefined },
    byLoad: false,
    waitMsMax: 60_000,
    retryAfterS: () => 7,
    isFull: () => false,
    isClosed: () => false,
  } as unknown as NonNullable<ScreeningDeps["secondLooks"]>;
  const deps = testDeps({}, { programmes, secondLooks });
  deps.predictor.answer = async (task) => {
    if (task.packs.includes(programme.fine.digest)) throw new Problem("queue-full");
    return read(task);
  };
  return deps;
}

const upload = (fields: Record<string, string> = {}): RequestInit => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("file", new File([picture], "picture.jpg"));
  return { method: "POST", body };
};

async function post(deps: TestDeps, path: string, init: RequestInit, status = 200): Promise<Body> {
  const response = await createApp(deps).request(path, init);
  expect(response.status).toBe(status);
  expect(response.headers.get("retry-after")).toBe("7");
  const [record, ...others] = deps.kept.records;
  expect(others).toEqual([]);
  expect(record).toMatchObject({ status: "provisional", decision: { outcome: "person" } });
  const harmless = record?.decision.probabilities[Object.keys(record.decision.probabilities)[0] as string];
  expect(harmless, "the reader leans to the harmless label").toBeGreaterThan(0.3);
  return (await response.json()) as Body;
}

const ofCataract = () => serving(cataract, (task) => resultOf(task, { fast: -0.3, fine: 0 }));

describe("a case whose second look is to come, as the native API says it", () => {
  it("is accepted, no result, and found until it is one", async () => {
    const deps = ofCataract();
    const init = { method: "POST", body: picture, headers: { "content-type": "image/jpeg" } };
    const body = caseSchema.parse(await post(deps, "/v1/programmes/cataract/cases", init, 202));
    expect(body).toMatchObject({
      status: "provisional",
      decision: { outcome: "person", label: "cataract", reason: "second-look-pending" },
      secondLook: { cause: "unavailable", gainFrom: "band" },
      disclaimer,
    });
    const found = await createApp(deps).request(body.links.self);
    expect([found.status, found.headers.get("retry-after")]).toEqual([200, "7"]);
    expect(await found.json()).toEqual(body);
    deps.kept.records[0] = { ...(deps.kept.records[0] as (typeof deps.kept.records)[number]), status: "decided" };
    const final = await createApp(deps).request(body.links.self);
    expect([final.status, final.headers.get("retry-after")]).toEqual([200, null]);
  });
});

describe("a case whose second look is to come, in the words of a source system", () => {
  it("is cataract's safe side", async () => {
    const init = { ...upload(), headers: { "x-strategy": "cascade" } };
    const body = cataractAnswerSchema.parse(await post(ofCataract(), "/p/cataract/predict_ensemble", init));
    expect(body).toMatchObject({ prediction: "cataract", outcome: "person", status: "provisional", pending: true });
  });

  it("is no chest film without findings", async () => {
    const deps = serving(chest, (task) => labelsResult(task, chest, [0.2, -2, -1, -4, -5, -0.5, -1]));
    const { status, data } = chestAnswerSchema.parse(await post(deps, "/p/chest/api/predict", upload()));
    expect([status, data.pending, data.outcome]).toEqual(["success", true, "person"]);
    expect(data.top_prediction.label).toBe("Pneumonia");
  });

  it("is no healthy foot", async () => {
    const deps = serving(feet, (task) => labelsResult(task, feet, [1, -0.5, -0.5, 0.3]));
    const body = halluxAnswerSchema.parse(await post(deps, "/p/hallux/predict", upload()));
    expect(body).toMatchObject({ prediction: "Hallux Valgus", hallux_valgus_detected: true, pending: true });
  });

  it("is a scan that needs review", async () => {
    const deps = serving(retinopathy, (task) => gradesResult(task, [0, -0.3, -4, -4]));
    const headers = { "content-type": "application/json" };
    const created = await createApp(deps).request("/p/dr/patients/", {
      method: "POST",
      headers,
      body: JSON.stringify({ name: "Ada" }),
    });
    const { id } = (await created.json()) as { id: string };
    const fields = { patient_id: id, visit_type: "follow-up" };
    const body = drScanSchema.parse(await post(deps, "/p/dr/predict/", upload(fields)));
    expect(body).toMatchObject({ outcome: "person", requires_review: true, status: "provisional", pending: true });
    expect(body.dr_severity).not.toMatch(/no/i);
  });

  it("is an eye of which nothing is said", async () => {
    const deps = serving(ophthalmology, (task) => labelsResult(task, ophthalmology, [1, -0.5, -0.5, 0.3]));
    const body = eyeAnalysisSchema.parse(await post(deps, "/p/eye/api/ai/analyze-upload", upload()));
    expect(body).toMatchObject({
      classification: "Pending second look, needs a person",
      confidence: 0,
      severity: "undecided",
      pending: true,
    });
    expect(JSON.stringify(body)).not.toMatch(/normal|cataract:/i);
  });

  it("is for review in the inference protocol", async () => {
    const input = { name: "image", datatype: "BYTES", shape: [1], data: [Buffer.from(picture).toString("base64")] };
    const init = {
      method: "POST",
      body: JSON.stringify({ inputs: [input] }),
      headers: { "content-type": "application/json" },
    };
    const body = inferResponseSchema.parse(await post(ofCataract(), "/v2/models/cataract/infer", init));
    expect(body.parameters).toEqual({ disclaimer, status: "provisional" });
    const outputs = Object.fromEntries(body.outputs.map(({ name, data }) => [name, data?.[0]]));
    expect(outputs).toMatchObject({ outcome: "person", label: "cataract", needs_review: true });
  });
});

describe("who makes something lasting of the answer", () => {
  it.each([
    ["/p/cataract/predict_batch", "images", 429],
    ["/p/chest/api/explain", "file", 429],
  ])("is refused instead: %s", async (path, field, status) => {
    const isChest = path.includes("chest");
    const deps = isChest
      ? serving(chest, (task) => labelsResult(task, chest, [0.2, -2, -1, -4, -5, -0.5, -1]))
      : ofCataract();
    const body = new FormData();
    body.append(field, new File([picture], "picture.jpg"));
    const response = await createApp(deps).request(path, {
      method: "POST",
      body,
      headers: { "x-deadline-ms": "1500" },
    });
    expect(response.status).toBe(status);
    expect(deps.kept.records).toEqual([]);
  });
});
