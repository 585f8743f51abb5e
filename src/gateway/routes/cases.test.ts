import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { drawEye } from "../../../test/support/eye.ts";
import { resultOf } from "../../../test/support/fake-predictor.ts";
import { metricOf, type TestDeps, testDeps } from "../../../test/support/gateway.ts";
import { createApp } from "../app.ts";
import { caseSchema, problemSchema } from "../schemas.ts";

const path = "/v1/programmes/cataract/cases";
let eye: Uint8Array<ArrayBuffer>;
let deps: TestDeps;

const post = (init: RequestInit, url = path) => createApp(deps).request(url, { method: "POST", ...init });
const raw = (headers: Record<string, string> = {}, url = path) =>
  post({ body: eye, headers: { "content-type": "image/jpeg", ...headers } }, url);
const form = (parts: Record<string, string | Blob>) => {
  const body = new FormData();
  for (const [name, value] of Object.entries(parts)) body.append(name, value);
  return post({ body });
};
const json = (body: object) => post({ body: JSON.stringify(body), headers: { "content-type": "application/json" } });

beforeAll(async () => {
  eye = new Uint8Array(await drawEye(1));
});
beforeEach(() => {
  deps = testDeps();
});

describe("what cannot be a case", () => {
  it.each([
    ["/v1/programmes/nothing/cases", 404, "programme-unknown"],
    ["/v1/programmes/chest-xray/cases", 503, "pack-not-installed"],
    [`${path}?strategy=guess`, 400, "field-invalid"],
  ])("%s answers %i %s", async (url, status, code) => {
    const response = await raw({}, url);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(problemSchema.parse(await response.json())).toMatchObject({ code, status });
    expect(deps.predictor.tasks).toEqual([]);
  });

  it.each([
    [{ "x-strategy": "best" }, "strategy"],
    [{ "x-lane": "escalation" }, "X-Lane"],
    [{ "x-deadline-ms": "0" }, "X-Deadline-Ms"],
    [{ "x-deadline-ms": "600001" }, "X-Deadline-Ms"],
    [{ "x-deadline-ms": "soon" }, "X-Deadline-Ms"],
  ])("with %j is refused by the name of the field", async (headers, name) => {
    const response = await raw(headers as Record<string, string>);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "field-invalid", fields: [{ name }] });
  });

  it("says no when query and header ask for different strategies", async () => {
    expect((await raw({ "x-strategy": "fast" }, `${path}?strategy=fine`)).status).toBe(400);
  });

  it.each([
    ["patientId", "a".repeat(65)],
    ["patientId", "Jane\nadmin"],
    ["externalId", "\u202Egpj.exe"],
    ["laterality", "upside-down"],
    ["view", "\u0007"],
  ])("with %s = %j is refused and never repeats the value", async (name, value) => {
    const response = await form({ image: new Blob([eye]), [name]: value });
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code: "field-invalid", fields: [{ name }] });
    expect(text).not.toContain(value);
    expect(await metricOf(deps, "screen_rejected_total")).toBe(1);
  });

  it("keeps bytes of no refused case", async () => {
    await form({ image: new Blob([eye]), patientId: `${"\n".repeat(3)}x\ny` });
    await form({ image: new Blob(["not an image"]) });
    const metrics = await (await createApp(deps).request("/metrics")).text();
    expect(metrics).toContain("screen_inflight_upload_bytes 0\n");
    expect(deps.kept.records).toEqual([]);
  });
});

describe("a case", () => {
  const fields = { patientId: "P-7", laterality: "left", view: "external-eye", site: "Nord", externalId: "E/1 ü" };

  it("is answered 201 with what the document promises, once it is recorded", async () => {
    const response = await raw();
    expect(response.status).toBe(201);
    const { links, ...record } = caseSchema.parse(await response.json());
    expect(links.self).toBe(`/v1/cases/${record.id}`);
    expect(response.headers.get("location")).toBe(links.self);
    expect(deps.kept.records).toEqual([record]);
    expect([...deps.kept.objects]).toEqual([record.image.sha256]);
    const { headers } = response;
    expect(headers.get("x-programme")).toBe("cataract");
    expect(headers.get("x-model")).toBe(`cataract/fast-0@${"a".repeat(12)}`);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("server-timing")).toMatch(
      /^intake;dur=[\d.]+, queue;dur=1.00, decode;dur=2.00, fast;dur=4.00, store;dur=[\d.]+, total;dur=[\d.]+$/,
    );
  });

  it.each(["image", "file"])("may come as the form's %s with fields beside it", async (name) => {
    const response = await form({ ...fields, [name]: new Blob([eye]), unknown: "ignored" });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject(fields);
  });

  it("may come as JSON, plain or as a data URL", async () => {
    const base64 = Buffer.from(eye).toString("base64");
    for (const image of [base64, `data:image/jpeg;base64,${base64}`]) {
      const response = await json({ image, ...fields });
      expect(response.status).toBe(201);
      expect(await response.json()).toMatchObject(fields);
    }
  });

  it("takes an empty field as absent, because forms send it", async () => {
    const response = await form({ image: new Blob([eye]), patientId: "", laterality: " " });
    expect(response.status).toBe(201);
    expect(await response.json()).not.toHaveProperty("patientId");
  });

  it("is read by the strategy, in the lane and within the time that were asked for", async () => {
    await raw({ "x-lane": "bulk", "x-deadline-ms": "500" }, `${path}?strategy=mean`);
    const [task] = deps.predictor.tasks;
    expect(task).toMatchObject({ lane: "bulk", packs: [expect.any(String), expect.any(String)] });
    expect(task?.remainingMs).toBeGreaterThan(0);
    expect(task?.remainingMs).toBeLessThanOrEqual(500);
  });

  it("names both passes of a cascade in its timing, and shared passes once", async () => {
    deps.predictor.answer = async (task) => resultOf(task, { fast: 0, fine: 3 });
    const cascade = await raw();
    expect(cascade.headers.get("server-timing")).toContain(
      "queue;dur=2.00, decode;dur=4.00, fast;dur=4.00, fine;dur=16.00",
    );
    const mean = await raw({ "x-strategy": "mean" });
    expect(mean.headers.get("server-timing")).toContain(
      "queue;dur=1.00, decode;dur=2.00, fast;dur=4.00, fine;dur=16.00",
    );
    expect(mean.headers.get("x-model")).toMatch(/^cataract\/fast-0@a{12}, cataract\/fine-0@b{12}$/);
  });

  it("leaves no trace of its person in the log", async () => {
    await form({ image: new File([eye], "jane-doe.jpg"), ...fields });
    const log = JSON.stringify(deps.logged());
    expect(log).toContain("/v1/programmes/:programme/cases");
    for (const trace of [...Object.values(fields).filter((value) => value !== "left"), "jane"])
      expect(log).not.toContain(trace);
  });
});
