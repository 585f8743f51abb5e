import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { caseRecord } from "../../../test/support/case-record.ts";
import { drawEye } from "../../../test/support/eye.ts";
import { knownCase, type TestDeps, testDeps } from "../../../test/support/gateway.ts";
import { type CaseRecord, Problem } from "../../contracts/index.ts";
import { createApp } from "../app.ts";
import { caseListSchema, caseSchema, imageLinkSchema, readingsSchema } from "../schemas.ts";

const self = `/v1/cases/${knownCase.id}`;
let deps: TestDeps;
const ask = (path: string, init: RequestInit = {}) => createApp(deps).request(path, init);
const code = async (response: Response) => ((await response.json()) as { code: string }).code;

beforeEach(() => {
  deps = testDeps();
});

describe("reading what is not there", () => {
  it.each(["", "/readings", "/image", "/heatmap"])(
    "%s of an unknown case, or of no id, answers case-unknown",
    async (part) => {
      for (const id of [randomUUID(), "1", "..%2f..%2fetc"]) {
        const response = await ask(`/v1/cases/${id}${part}`);
        expect(response.status).toBe(404);
        expect(await code(response)).toBe("case-unknown");
      }
      expect(deps.kept.events).toEqual([]);
    },
  );

  it("says when an image is no longer kept, and when it is not what was stored", async () => {
    deps = testDeps({}, { objects: { ...deps.objects, getObject: async () => undefined } });
    for (const part of ["/image", "/heatmap"]) expect(await code(await ask(self + part))).toBe("image-gone");
    const getObject = async () => Promise.reject(new Problem("image-damaged"));
    deps = testDeps({}, { objects: { ...deps.objects, getObject } });
    expect(await code(await ask(`${self}/image`))).toBe("image-damaged");
  });

  it("makes no heatmap for a pack that is gone, or that has no map", async () => {
    const [fast] = knownCase.readings;
    const old = { ...(fast as CaseRecord["readings"][number]), reader: "fine" as const, digest: "0".repeat(64) };
    const record = caseRecord({ readings: [old] });
    deps.kept.records.push(record);
    expect(await code(await ask(`/v1/cases/${record.id}/heatmap`))).toBe("heatmap-unavailable");
    deps.predictor.answer = async () => ({ readings: [] }) as never;
    expect(await code(await ask(`${self}/heatmap`))).toBe("heatmap-unavailable");
  });

  it.each([
    "limit=0",
    "limit=201",
    "limit=x",
    "outcome=maybe",
    "cursor=!!",
    "cursor=YWJj",
    `patientId=${"x".repeat(65)}`,
  ])("refuses the list with %s", async (query) => {
    const response = await ask(`/v1/cases?${query}`);
    expect(response.status).toBe(400);
    expect(await code(response)).toBe("field-invalid");
  });
});

describe("reading a case", () => {
  it("gives it as it was answered, and 304 to who has it", async () => {
    const response = await ask(self);
    const { links, ...record } = caseSchema.parse(await response.json());
    expect(record).toEqual(knownCase);
    expect(links.heatmap).toBe(`${self}/heatmap`);
    const etag = response.headers.get("etag") as string;
    const again = await ask(self, { headers: { "if-none-match": `"other", W/${etag}` } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
  });

  it("gives readings, image and list in the documented shapes, with the disclaimer", async () => {
    expect(readingsSchema.parse(await (await ask(`${self}/readings`)).json()).readings).toEqual(knownCase.readings);
    const image = await ask(`${self}/image`);
    expect(image.headers.get("content-type")).toBe("image/jpeg");
    expect(image.headers.get("etag")).toBe(`"${knownCase.image.sha256}"`);
    deps.kept.records.push(caseRecord(), caseRecord());
    const list = caseListSchema.parse(await (await ask("/v1/cases?limit=2")).json());
    expect(list.cases.map(({ id }) => id)).toEqual(deps.kept.records.map(({ id }) => id).reverse());
  });

  it("leaves a line in the audit log for each read, with who and for which request", async () => {
    for (const path of [self, `${self}/readings`, `${self}/image`, `${self}/heatmap`, "/v1/cases"])
      await ask(path, { headers: { "x-request-id": "r-1" } });
    const actions = ["case.read", "readings.read", "image.read", "heatmap.read", "cases.listed"];
    expect(deps.kept.events.map(({ action }) => action)).toEqual(actions);
    for (const event of deps.kept.events) expect(event).toMatchObject({ actor: "loopback", requestId: "r-1" });
  });

  it("answers nothing when the audit log cannot be written", async () => {
    const recordAccess = async () => Promise.reject(new Problem("store-unavailable"));
    deps = testDeps({}, { cases: { ...deps.cases, recordAccess } });
    for (const path of [self, `${self}/readings`, `${self}/image`, `${self}/heatmap`, "/v1/cases"])
      expect((await ask(path)).status).toBe(503);
  });

  it("draws a heatmap once for many who ask, for either label and no other", async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => ask(`${self}/heatmap`)));
    for (const each of all) expect(each.headers.get("content-type")).toBe("image/png");
    const app = createApp(deps);
    const before = deps.predictor.tasks.length;
    const tags = [];
    for (const label of ["cataract", "cataract", "normal"])
      tags.push((await app.request(`${self}/heatmap?label=${label}`)).headers.get("etag"));
    expect(deps.predictor.tasks.length - before).toBe(2);
    expect(new Set(tags).size).toBe(2);
    expect((await app.request(`${self}/heatmap?label=shoe`)).status).toBe(400);
    expect((await app.request(`${self}/heatmap.png?label=normal`)).headers.get("etag")).toBe(tags[2]);
  });

  it("makes a link that opens the image without a key", async () => {
    deps = testDeps({ API_KEY: "k".repeat(32) });
    const made = await ask(`${self}/image/links`, { method: "POST", headers: { "x-api-key": "k".repeat(32) } });
    expect(made.status).toBe(201);
    const { href, expiresAt } = imageLinkSchema.parse(await made.json());
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
    expect((await ask(href)).status).toBe(200);
    expect((await ask(href.replace("signature=", "signature=x"))).status).toBe(403);
  });
});

describe("posting under an idempotency key", () => {
  let eye: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    eye = new Uint8Array(await drawEye(1));
  });
  const post = (app: ReturnType<typeof createApp>, key: string, query = "") =>
    app.request(`/v1/programmes/cataract/cases${query}`, {
      method: "POST",
      body: eye,
      headers: { "content-type": "image/jpeg", "idempotency-key": key },
    });

  it.each(["has space", "x".repeat(256)])("refuses the key %j", async (key) => {
    const response = await post(createApp(deps), key);
    expect(response.status).toBe(400);
    expect(await code(response)).toBe("field-invalid");
  });

  it("makes one case of fifty equal posts, and refuses another one under the key", async () => {
    const app = createApp(deps);
    const all = await Promise.all(Array.from({ length: 50 }, () => post(app, "one")));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(await Promise.all(all.map((each) => each.text()))).size).toBe(1);
    expect(deps.kept.records).toHaveLength(1);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { answer } = deps.predictor;
    deps.predictor.answer = async (task, signal) => held.then(() => answer(task, signal));
    const first = post(app, "two");
    await new Promise(setImmediate);
    const other = await post(app, "two", "?strategy=fast");
    expect(other.status).toBe(422);
    expect(await code(other)).toBe("idempotency-key-reused");
    release();
    expect((await first).status).toBe(201);
  });
});
