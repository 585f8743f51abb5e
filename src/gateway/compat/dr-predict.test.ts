import sharp from "sharp";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { drawEye } from "../../../test/support/eye.ts";
import { type TestDeps, testDeps } from "../../../test/support/gateway.ts";
import { gradesResult, retinopathy, retinopathyCatalog } from "../../../test/support/retinopathy.ts";
import { Problem } from "../../contracts/index.ts";
import { createApp } from "../app.ts";
import { drScanSchema } from "./dr-answer.ts";
import { patientSchema } from "./dr-patients.ts";
import { fastApiErrorSchema } from "./fastapi-problem.ts";

type Part = readonly [name: string, value: string | Blob];

const key = "a-key-for-tests-that-is-long-enough";
/** Surely at least grade 2, surely below grade 3. */
const moderate = [4, 4, -4, -4];
let eye: Uint8Array<ArrayBuffer>;
let bmp: Uint8Array<ArrayBuffer>;
let deps: TestDeps;
let patient: string;

beforeAll(async () => {
  eye = new Uint8Array(await drawEye(1));
  bmp = new Uint8Array(await sharp(eye).webp().toBuffer());
});
beforeEach(async () => {
  deps = testDeps({ API_KEY: key }, { programmes: retinopathyCatalog });
  deps.predictor.answer = async (task) => gradesResult(task, moderate);
  patient = await createPatient();
});

const ask = (path: string, init: RequestInit = {}) => {
  const headers = new Headers(init.headers);
  headers.set("x-api-key", key);
  return createApp(deps).request(path, { ...init, headers });
};

async function createPatient(): Promise<string> {
  const headers = { "content-type": "application/json" };
  const response = await ask("/p/dr/patients/", { method: "POST", headers, body: JSON.stringify({ name: "Ada" }) });
  return patientSchema.parse(await response.json()).id;
}

function form(...parts: Part[]): RequestInit {
  const body = new FormData();
  for (const [name, value] of parts) body.append(name, value);
  return { method: "POST", body };
}
const file = (bytes: Uint8Array<ArrayBuffer> = eye, name = "file"): Part => [name, new File([bytes], "scan.jpg")];
const whose = (): Part[] => [
  ["patient_id", patient],
  ["visit_type", "follow-up"],
];
const predict = (init: RequestInit, query = "") => ask(`/p/dr/predict/${query}`, init);
const scanOf = async (response: Response) => {
  expect(response.status).toBe(200);
  return drScanSchema.parse(await response.json());
};
const refusalOf = async (response: Response) =>
  [response.status, fastApiErrorSchema.parse(await response.json())] as const;

describe("a prediction is refused", () => {
  it("without its fields, as FastAPI does, before anything is read", async () => {
    const [status, { detail }] = await refusalOf(await predict(form(file())));
    expect(status).toBe(422);
    expect(detail).toEqual(
      ["patient_id", "visit_type"].map((name) => ({
        type: "missing",
        loc: ["query", name],
        msg: "Field required",
        input: null,
      })),
    );
    const [, one] = await refusalOf(await predict(form(file(), ["visit_type", " "]), `?patient_id=${patient}`));
    expect(one.detail).toMatchObject([{ loc: ["query", "visit_type"] }]);
    expect(deps.predictor.tasks).toEqual([]);
  });

  it("without an image", async () => {
    const plain = { method: "POST", body: new URLSearchParams({ visit_type: "follow-up" }) };
    for (const init of [form(...whose()), form(...whose(), ["picture", new Blob([eye])]), plain]) {
      const [status, { detail }] = await refusalOf(await predict(init));
      expect(status).toBe(422);
      expect(detail).toEqual([{ type: "missing", loc: ["body", "file"], msg: "Field required", input: null }]);
    }
  });

  it.each([["018f0000-0000-7000-8000-00000000dead"], ["nobody"]])(
    "for the unknown patient %s, before anything is computed or kept",
    async (unknown) => {
      const init = form(file(), ["patient_id", unknown], ["visit_type", "follow-up"]);
      const [status, { detail }] = await refusalOf(await predict(init));
      expect([status, detail]).toEqual([404, "Patient not found"]);
      expect(deps.predictor.tasks).toEqual([]);
      expect(deps.kept.records).toEqual([]);
      expect(deps.kept.objects.size).toBe(0);
    },
  );

  it.each(["patient_id", "visit_type", "notes"])("when query and form differ in %s", async (name) => {
    const init = form(file(), ...whose().filter(([each]) => each !== name), [name, "one"]);
    const [status, body] = await refusalOf(await predict(init, `?${name}=other`));
    expect([status, body.detail]).toEqual([400, `${name}: the query and the form differ`]);
    expect(body.code).toBe("field-invalid");
  });

  it.each([
    ["text", () => new TextEncoder().encode("hello"), "image-type-unsupported"],
    ["half an image", () => eye.slice(0, eye.length / 2), "image-malformed"],
    ["an image of another kind", () => bmp, "image-type-unsupported"],
  ])("for %s, in the source's words, with the reason beside them", async (_what, bytes, code) => {
    const [status, body] = await refusalOf(await predict(form(file(bytes()), ...whose())));
    expect([status, body.detail]).toEqual([400, "Invalid image format. Allowed: JPG, JPEG, PNG"]);
    expect(body.code).toBe(code);
    expect(deps.predictor.tasks).toEqual([]);
  });

  it("above the source's 10 MB, below our own limit", async () => {
    const large = new Uint8Array(10 * 1024 * 1024 + 1);
    large.set(eye);
    const [status, { detail, code }] = await refusalOf(await predict(form(file(large), ...whose())));
    expect([status, code]).toEqual([413, "image-too-large"]);
    expect(detail).toContain("10485760 bytes");
  });

  it.each([
    ["visit_type", "v".repeat(65), "string_too_long"],
    ["notes", "n".repeat(2001), "string_too_long"],
    ["visit_type", "a\u0007b", "value_error"],
  ])("for a wrong %s", async (name, value, type) => {
    const init = form(file(), ...whose().filter(([each]) => each !== name), [name, value]);
    const [status, { detail }] = await refusalOf(await predict(init));
    expect(status).toBe(422);
    expect(detail).toMatchObject([{ type, loc: ["body", name] }]);
  });

  it.each([
    ["engine-not-ready", 503],
    ["pack-not-installed", 503],
    ["queue-full", 429],
    ["deadline-exceeded", 504],
  ] as const)("with a text when the server is in trouble: %s", async (code, status) => {
    deps.predictor.answer = () => Promise.reject(new Problem(code));
    const refused = await refusalOf(await predict(form(file(), ...whose())));
    expect(refused).toEqual([status, expect.objectContaining({ code, detail: expect.any(String) })]);
  });

  it("when there is no such programme, before its body is read", async () => {
    const deps = testDeps();
    const response = await createApp(deps).request("/p/dr/predict/", form(file(), ...whose()));
    expect(await refusalOf(response)).toEqual([503, expect.objectContaining({ code: "programme-unknown" })]);
  });

  it("without a word about our insides", async () => {
    for (const error of [new TypeError("/secret/path"), new Problem("inference-failed", { detail: "session 7" })]) {
      deps.predictor.answer = () => Promise.reject(error);
      const [status, { detail }] = await refusalOf(await predict(form(file(), ...whose())));
      expect([status, detail]).toEqual([500, "Prediction failed: internal error"]);
    }
    expect(deps.kept.records).toEqual([]);
  });
});

describe("a prediction", () => {
  it.each(["/predict/", "/predict"])("is made under the mount at %s, from form or query alike", async (path) => {
    const query = `?patient_id=${patient}&visit_type=follow-up&notes=left%20eye`;
    const inForm = form(file(), ...whose(), ["notes", "left eye"]);
    const inBoth = form(file(eye, "image"), ...whose());
    for (const [init, added] of [
      [inForm, ""],
      [form(file()), query],
      [inBoth, query],
    ] as const) {
      const scan = await scanOf(await ask(`/p/dr${path}${added}`, init));
      expect(scan).toMatchObject({ patient_id: patient, visit_type: "follow-up", notes: "left eye" });
      expect(deps.kept.records.at(-1)).toMatchObject({
        id: scan.scan_id,
        programme: "diabetic-retinopathy",
        patientId: patient,
        visitType: "follow-up",
        notes: "left eye",
      });
    }
  });

  it("speaks the source's words and units", async () => {
    const response = await predict(form(file(), ...whose()));
    const scan = await scanOf(response);
    expect(scan.dr_severity).toBe("Moderate");
    expect(scan.confidence_score).toBe(scan.probabilities.Moderate);
    expect(scan.confidence_score).toBeGreaterThan(0.9);
    expect(scan.confidence_score).toBeLessThanOrEqual(1);
    expect(scan.scan_timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
    expect(scan.readings).toMatchObject([{ reader: "fast", digest: retinopathy.fast.digest }]);
    expect(scan).toMatchObject({ outcome: "positive", requires_review: false });
    const [header, warning] = [response.headers.get("x-model"), response.headers.get("x-warning")];
    expect([header, warning]).toEqual(["diabetic-retinopathy/fast-0@dddddddddddd", null]);
    expect(response.headers.get("link")).toContain("/v1/programmes/diabetic-retinopathy/cases");
  });

  it.each([
    [[-4, -4, -4, -4], "No DR"],
    [[4, -4, -4, -4], "Mild"],
    [[4, 4, 4, -4], "Severe"],
    [[4, 4, 4, 4], "Proliferative"],
  ])("calls %j %s", async (scores, severity) => {
    deps.predictor.answer = async (task) => gradesResult(task, scores);
    expect((await scanOf(await predict(form(file(), ...whose())))).dr_severity).toBe(severity);
  });

  it("says what was done to the picture, and nothing that was not", async () => {
    const { preprocessing } = await scanOf(await predict(form(file(), ...whose())));
    expect(preprocessing).toMatchObject([{ reader: "fast", width: 224, height: 224 }]);
    expect(preprocessing[0]?.steps.join()).toContain("lit disc");
    expect(JSON.stringify(preprocessing)).not.toContain("CLAHE");
  });

  it("that a person must look at says so", async () => {
    deps.predictor.answer = async (task) => ({
      ...gradesResult(task, moderate),
      quality: { luminance: 2, contrast: 1, sharpness: 0 },
    });
    const scan = await scanOf(await predict(form(file(), ...whose())));
    expect(scan).toMatchObject({ outcome: "person", requires_review: true, reason: "ungradable" });
    expect(scan.gradability).toBe("ungradable");
    expect(scan.dr_severity).toBe("Moderate");
    expect(scan.explanation).not.toBe("");
  });

  it("takes any visit, and warns of those the source's text does not name", async () => {
    const init = form(file(), ["patient_id", patient], ["visit_type", "routine"]);
    const response = await predict(init);
    expect((await scanOf(response)).visit_type).toBe("routine");
    expect(response.headers.get("x-warning")).toBe("visit_type is none of pre-treatment, follow-up, post-treatment");
  });

  it("takes JSON with base64", async () => {
    const body = { file: Buffer.from(eye).toString("base64"), patient_id: patient, visit_type: "pre-treatment" };
    const headers = { "content-type": "application/json" };
    await scanOf(await predict({ method: "POST", headers, body: JSON.stringify(body) }));
  });

  it("links to image and heatmap, absolute, open without a key, and to nobody who changes them", async () => {
    const scan = await scanOf(await predict(form(file(), ...whose())));
    for (const [link, mediaType] of [
      [scan.image_url, "image/jpeg"],
      [scan.heatmap_url, "image/png"],
    ] as const) {
      const url = new URL(link ?? "");
      expect(url.pathname).toContain(scan.scan_id);
      const opened = await createApp(deps).request(url.href);
      expect([opened.status, opened.headers.get("content-type")]).toEqual([200, mediaType]);
      url.searchParams.set("signature", "x".repeat(43));
      expect((await createApp(deps).request(url.href)).status).toBe(403);
      expect((await createApp(deps).request(url.pathname)).status).toBe(401);
    }
  });

  it("makes the heatmap before it answers for a client that prefers to wait", async () => {
    const maps = () => deps.predictor.tasks.filter(({ maps }) => maps === true).length;
    await scanOf(await predict(form(file(), ...whose())));
    expect(maps()).toBe(0);
    const patient = { ...form(file(), ...whose()), headers: { prefer: "respond-async, wait=10" } };
    const response = await predict(patient);
    expect((await scanOf(response)).heatmap_url).toContain("/heatmap.png?expires=");
    expect(response.headers.get("preference-applied")).toBe("wait=10");
    expect(maps()).toBe(1);
  });

  it("is not lost when its heatmap cannot be made", async () => {
    deps.predictor.answer = async (task) => {
      if (task.maps === true) throw new Problem("deadline-exceeded");
      return gradesResult(task, moderate);
    };
    const init = { ...form(file(), ...whose()), headers: { prefer: "wait=1" } };
    expect((await scanOf(await predict(init))).heatmap_url).toBeNull();
  });

  it("logs nobody's name, notes or identifier", async () => {
    await scanOf(await predict(form(file(), ...whose(), ["notes", "very private"])));
    const lines = JSON.stringify(deps.logged());
    for (const secret of ["Ada", "very private", patient]) expect(lines).not.toContain(secret);
  });
});
