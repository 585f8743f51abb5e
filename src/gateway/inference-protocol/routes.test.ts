import { gzipSync } from "node:zlib";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { drawEye } from "../../../test/support/eye.ts";
import { type TestDeps, testDeps } from "../../../test/support/gateway.ts";
import { disclaimer } from "../../contracts/index.ts";
import { createApp } from "../app.ts";
import type { GatewayApp } from "../documented.ts";
import { inferenceErrorSchema, inferResponseSchema, modelSchema, modelStatisticsSchema } from "./schemas.ts";

const inferPath = "/v2/models/cataract/infer";
let eye: Buffer;
let deps: TestDeps;
let app: GatewayApp;

const headers = { "content-type": "application/json" };
const post = (path: string, body?: unknown) =>
  app.request(path, { method: "POST", headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
const get = async (path: string) => {
  const response = await app.request(path);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const image = () => ({ name: "image", datatype: "BYTES", shape: [1], data: [eye.toString("base64")] });
const sendBytes = (body: Uint8Array, jsonBytes: number, more: Record<string, string> = {}) =>
  app.request(inferPath, {
    method: "POST",
    body: new Uint8Array(body),
    headers: { "inference-header-content-length": String(jsonBytes), ...more },
  });

function binaryRequest(outputs?: object[]): { body: Buffer; jsonBytes: number } {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(eye.length);
  const { data: _data, ...input } = image();
  const inputs = [{ ...input, parameters: { binary_data_size: eye.length + 4 } }];
  const json = Buffer.from(JSON.stringify({ inputs, ...(outputs && { outputs }) }));
  return { body: Buffer.concat([json, length, eye]), jsonBytes: json.length };
}

beforeAll(async () => {
  eye = await drawEye(1);
});
beforeEach(() => {
  deps = testDeps();
  app = createApp(deps);
});

describe("the protocol says no", () => {
  it.each<[string, string, number, string]>([
    ["GET", "/v2/nothing", 404, "route-not-found"],
    ["DELETE", "/v2/models/cataract", 405, "method-not-allowed"],
    ["GET", "/v2/models/nothing", 404, "model-unknown"],
    ["GET", "/v2/models/cataract/versions/9", 404, "model-unknown"],
    ["POST", "/v2/models/cataract/versions/9/infer", 404, "model-unknown"],
    ["POST", "/v2/models/chest-xray/infer", 503, "pack-not-installed"],
    ["POST", "/v2/repository/models/nothing/load", 404, "model-unknown"],
    ["POST", "/v2/repository/models/chest-xray/load", 503, "pack-not-installed"],
    ["POST", inferPath, 400, "image-missing"],
  ])("%s %s with %i and %s, as an error in words", async (method, path, status, code) => {
    const response = await app.request(path, { method, ...(path === inferPath && { body: '{"inputs":[]}' }) });
    expect(response.status).toBe(status);
    expect(inferenceErrorSchema.parse(await response.json())).toMatchObject({
      code,
      request_id: response.headers.get("x-request-id"),
    });
  });

  it("to a caller without the key, but not to a probe", async () => {
    app = createApp(testDeps({ API_KEY: "k".repeat(32) }));
    const refused = await get("/v2/models");
    expect(refused).toMatchObject({ status: 401, body: { code: "unauthorised", error: expect.any(String) } });
    for (const probe of ["live", "ready"]) expect((await get(`/v2/health/${probe}`)).status).toBe(200);
  });

  it.each([
    ["outputs.0.name", { outputs: [{ name: "embedding" }] }],
    ["classification", { outputs: [{ name: "probabilities", parameters: { classification: 3 } }] }],
    ["classification", { outputs: [{ name: "label", parameters: { classification: 1 } }] }],
    ["timeout", { parameters: { timeout: -1 } }],
    ["laterality", { parameters: { laterality: "middle" } }],
  ])("to a wrong %s before anything is read or kept", async (name, wish) => {
    const response = await post(inferPath, { inputs: [image()], ...wish });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "field-invalid", fields: [{ name }] });
    expect([deps.predictor.tasks, deps.kept.records]).toEqual([[], []]);
  });

  it("to lengths that do not add up, holding no byte afterwards", async () => {
    const { body, jsonBytes } = binaryRequest();
    for (const response of [await sendBytes(body.subarray(0, -1), jsonBytes), await sendBytes(body, jsonBytes - 1)])
      expect(response.status).toBe(400);
    expect(await (await app.request("/metrics")).text()).toContain("screen_inflight_upload_bytes 0\n");
    expect(await get("/v2/models/cataract/stats")).toMatchObject({
      body: { model_stats: [{ inference_count: 0, inference_stats: { fail: { count: 2 } } }] },
    });
  });

  it("to what is no picture, with the status of the native API", async () => {
    expect((await sendBytes(Buffer.from("no picture at all"), 0)).status).toBe(415);
  });
});

describe("an inference", () => {
  it("answers the decision that was recorded, as the tensors that the metadata names", async () => {
    const metadata = modelSchema.parse((await get("/v2/models/cataract")).body);
    const parameters = { patientId: "P-7", timeout: 5_000_000 };
    const response = await post(inferPath, { id: "one", inputs: [image()], parameters });
    expect(response.status).toBe(200);
    const answer = inferResponseSchema.parse(await response.json());
    const [record] = deps.kept.records;
    if (record === undefined) throw new Error("nothing was recorded");
    const { decision } = record;
    expect(answer).toMatchObject({ model_name: "cataract", model_version: "0", id: "one", parameters: { disclaimer } });
    expect(answer.outputs.map(({ data: _data, ...spec }) => spec)).toEqual(metadata.outputs);
    expect(Object.fromEntries(answer.outputs.map(({ name, data }) => [name, data]))).toEqual({
      outcome: [decision.outcome],
      label: [decision.label],
      probability: [decision.probability],
      probabilities: [decision.probabilities["normal"], decision.probabilities["cataract"]],
      needs_review: [decision.outcome === "person"],
      reason: [decision.reason],
      stage: [decision.stage],
      case_id: [record.id],
    });
    expect(record.patientId).toBe("P-7");
    expect(deps.predictor.tasks[0]?.remainingMs).toBeLessThanOrEqual(5000);
    expect(response.headers.get("x-programme")).toBe("cataract");
  });

  it.each([
    [{}, (bytes: Buffer) => bytes],
    [{ "content-encoding": "gzip" }, gzipSync],
  ])("takes and gives binary tensors (%j)", async (more, encode) => {
    const outputs = [
      { name: "label", parameters: { binary_data: true } },
      { name: "probability" },
      { name: "needs_review", parameters: { binary_data: true } },
    ];
    const { body, jsonBytes } = binaryRequest(outputs);
    const response = await sendBytes(encode(body), jsonBytes, more as Record<string, string>);
    expect(response.status).toBe(200);
    const bytes = Buffer.from(await response.arrayBuffer());
    const headerBytes = Number(response.headers.get("inference-header-content-length"));
    const answer = inferResponseSchema.parse(JSON.parse(bytes.toString("utf8", 0, headerBytes)));
    const { label, probability } = deps.kept.records[0]?.decision ?? { label: "", probability: 0 };
    expect(answer.outputs.map(({ data, parameters }) => [data, parameters?.binary_data_size])).toEqual([
      [undefined, label.length + 4],
      [[probability], undefined],
      [undefined, 1],
    ]);
    expect(bytes.subarray(headerBytes + 4, headerBytes + 4 + label.length).toString()).toBe(label);
    expect(bytes.length).toBe(headerBytes + 4 + label.length + 1);
  });

  it("takes the image alone, and then answers all in binary", async () => {
    const response = await sendBytes(eye, 0);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
  });

  it("names the most probable classes when it is asked for them", async () => {
    const outputs = [{ name: "probabilities", parameters: { classification: 1 } }];
    const response = await post("/v2/models/cataract/versions/0/infer", { inputs: [image()], outputs });
    const { probability = 0 } = deps.kept.records[0]?.decision ?? {};
    expect(await response.json()).toMatchObject({
      outputs: [{ name: "probabilities", datatype: "BYTES", shape: [1], data: [`${probability}:1:cataract`] }],
    });
  });

  it("is counted with the times of its stages", async () => {
    await post(inferPath, { inputs: [image()] });
    const { body } = await get("/v2/models/stats");
    const [cataract] = (body["model_stats"] as unknown[]).map((each) => modelStatisticsSchema.parse(each));
    expect(cataract).toMatchObject({
      name: "cataract",
      version: "0",
      inference_count: 1,
      execution_count: 1,
      inference_stats: { success: { count: 1 }, queue: { count: 1, ns: 1e6 }, compute_infer: { count: 1, ns: 4e6 } },
    });
  });
});

describe("the server and its repository", () => {
  it("names what works, with a slash at the end and without", async () => {
    for (const path of ["/v2", "/v2/"])
      expect(await get(path)).toMatchObject({ status: 200, body: { name: "fovea", extensions: expect.any(Array) } });
    expect((await get("/v2/models")).body).toEqual({ models: ["cataract", "chest-xray"] });
    expect((await get("/v2/models/cataract/config")).body).toMatchObject({ name: "cataract", max_batch_size: 0 });
  });

  it("is not ready, and says why, while cases are refused", async () => {
    Object.assign(deps.state, { ready: false, reason: "the models are not warm" });
    expect(await get("/v2/health/ready")).toEqual({
      status: 503,
      body: { ready: false, live: true, error: "the models are not warm" },
    });
    expect((await get("/v2/models/cataract/ready")).status).toBe(503);
    expect((await get("/v2/health/live")).status).toBe(200);
  });

  it("does not say that a model answers whose packs cannot be loaded", async () => {
    app = createApp({ ...deps, warmUp: async () => false });
    expect(await get("/v2/models/cataract/ready")).toMatchObject({
      status: 503,
      body: { name: "cataract", ready: false, code: "model-not-loaded" },
    });
  });

  it("lists packs that are not in memory as unavailable, and loads nothing by that", async () => {
    deps.predictor.state = { packs: [] };
    const index = (await (await post("/v2/repository/index")).json()) as { name: string; state: string }[];
    expect(index.map(({ name, state }) => [name, state])).toEqual([
      ["cataract", "UNAVAILABLE"],
      ["chest-xray", "UNAVAILABLE"],
    ]);
  });

  it("takes a model out and brings it back, for this protocol alone", async () => {
    const ready = async () => await (await post("/v2/repository/index", { ready: true })).json();
    expect(await ready()).toEqual([{ name: "cataract", version: "0", state: "READY", reason: "" }]);
    expect((await post("/v2/repository/models/cataract/unload")).status).toBe(200);
    expect(await ready()).toEqual([]);
    expect((await post(inferPath, { inputs: [image()] })).status).toBe(503);
    expect((await get("/v2/models/cataract/ready")).status).toBe(503);
    const native = { method: "POST", body: new Uint8Array(eye), headers: { "content-type": "image/jpeg" } };
    expect((await app.request("/v1/programmes/cataract/cases", native)).status).toBe(201);
    expect(await (await post("/v2/repository/models/cataract/load")).json()).toEqual({ name: "cataract", load: true });
    expect((await post(inferPath, { inputs: [image()] })).status).toBe(200);
  });

  it("loads no configuration that a caller sends", async () => {
    const response = await post("/v2/repository/models/cataract/load", { parameters: { config: "{}" } });
    expect(response.status).toBe(400);
  });
});
