import { decode } from "fast-png";
import sharp from "sharp";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { drawEye } from "../../../test/support/eye.ts";
import { type TestDeps, testDeps } from "../../../test/support/gateway.ts";
import { handmadeBmp } from "../../../test/support/pictures.ts";
import { chest, labelsResult, measured } from "../../../test/support/several-labels.ts";
import { type CaseRecord, Problem, type Programme } from "../../contracts/index.ts";
import { createApp } from "../app.ts";
import { chestAnswerSchema } from "./chest-answer.ts";
import { chestExplanationSchema } from "./chest-explain.ts";
import { chestErrorSchema } from "./chest-problem.ts";
import { chestHealthSchema, chestInfoSchema } from "./chest-system.ts";

type Bytes = Uint8Array<ArrayBuffer>;
/** Log-odds in the order of the test programme's labels; Pneumonia leads, Pleural_Thickening follows. */
const scores = [-3, -2, -1, -4, -5, 3, 1];

let xray: Bytes;
let deps: TestDeps;
beforeAll(async () => {
  // A photograph on its side: upright it is 480 by 640.
  const turned = await sharp(await drawEye(1))
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  xray = new Uint8Array(turned);
});
beforeEach(() => {
  deps = serving(chest);
});

function serving(programme: Programme): TestDeps {
  const made = testDeps({}, { programmes: { programmes: new Map([["chest-xray", programme]]) } });
  made.predictor.answer = async (task) => labelsResult(task, chest, scores);
  return made;
}

const ask = (path: string, init: RequestInit = {}) => createApp(deps).request(`/p/chest${path}`, init);
const part = (name = "file", bytes: Bytes | string = xray, filename = "chest_xray.jpg"): RequestInit => {
  const body = new FormData();
  body.append(name, new File([bytes], filename));
  return { method: "POST", body };
};
const predict = async (path = "/api/predict", init = part()) => {
  const response = await ask(path, init);
  expect(response.status).toBe(200);
  return chestAnswerSchema.parse(await response.json()).data;
};
const explain = async (query = "", init = part()) => {
  const response = await ask(`/api/explain${query}`, init);
  expect(response.status).toBe(200);
  return chestExplanationSchema.parse(await response.json()).data;
};
const refused = async (path: string, init: RequestInit, status: number) => {
  const response = await ask(path, init);
  expect(response.status).toBe(status);
  return chestErrorSchema.parse(await response.json());
};

describe.each(["/api/predict", "/api/explain"])("POST %s of the chest X-ray server, refusing", (path) => {
  it("answers a form without an image as FastAPI does, with its own envelope around", async () => {
    const missing = {
      status: "error",
      message: "Field required",
      detail: [{ type: "missing", loc: ["body", "file"], msg: "Field required", input: null }],
    };
    for (const init of [part("picture"), { method: "POST", body: new FormData() }])
      expect(await refused(path, init, 422)).toMatchObject({ ...missing, error: { code: "image-missing" } });
    const plain = { method: "POST", body: new URLSearchParams({ other: "x" }) };
    expect(await refused(path, plain, 422)).toMatchObject({ ...missing, error: { code: "body-malformed" } });
  });

  it("takes PNG and JPEG by their bytes and nothing else", async () => {
    const others = [
      await sharp(xray).tiff().toBuffer(),
      await sharp(xray).webp().toBuffer(),
      handmadeBmp({ width: 40, height: 40 }),
      Buffer.from("hello"),
    ];
    for (const bytes of others)
      expect(await refused(path, part("file", new Uint8Array(bytes)), 400)).toMatchObject({
        status: "error",
        message: "File format not supported",
        detail: "File format not supported",
        error: { code: "image-type-unsupported" },
      });
    expect(deps.kept.records).toEqual([]);
    const png = new Uint8Array(await sharp(xray).png().toBuffer());
    expect((await ask(path, part("image", png, "wrong.txt"))).status).toBe(200);
  });

  it("says what is wrong with a damaged image", async () => {
    const { message, error } = await refused(path, part("file", xray.slice(0, xray.length / 2)), 400);
    expect(error.code).toBe("image-malformed");
    expect(message).toBe(error.reason);
  });

  it("keeps its shape for what has nothing to do with the image", async () => {
    deps.predictor.answer = async () => Promise.reject(new Problem("queue-full", { retryAfterS: 2 }));
    expect((await refused(path, part(), 429)).error.code).toBe("queue-full");
    deps.predictor.answer = async () => Promise.reject(new Problem("engine-not-ready"));
    expect((await refused(path, part(), 503)).error.code).toBe("engine-not-ready");
    deps.predictor.answer = async () => Promise.reject(new Error("secret detail of a library"));
    const answer = await refused(path, part(), 500);
    expect(answer).toMatchObject({ message: "Internal server error", error: { code: "internal" } });
    expect(JSON.stringify(answer)).not.toContain("secret");
    deps = testDeps({ IMAGE_BYTES_MAX: "1024" }, { programmes: deps.programmes });
    expect((await refused(path, part(), 413)).error.code).toBe("image-too-large");
    deps = testDeps();
    expect((await refused(path, part(), 503)).error.code).toBe("pack-not-installed");
  });
});

describe("POST /api/predict of the chest X-ray server", () => {
  it("names the five most probable labels in the source's envelope, 0..1", async () => {
    const data = await predict();
    expect(data.filename).toBe("chest_xray.jpg");
    expect(data.predictions.map(({ label }) => label)).toEqual([
      "Pneumonia",
      "Pleural_Thickening",
      "Effusion",
      "Atelectasis",
      "No Finding",
    ]);
    expect(data.top_prediction).toEqual(data.predictions[0]);
    expect(data.top_prediction.probability).toBeCloseTo(1 / (1 + Math.exp(-3)), 6);
    expect(data.predictions[1]).toMatchObject({ display: "Pleural Thickening", class_index: 6, positive: true });
    expect(data.predictions[2]).toMatchObject({ label: "Effusion", positive: false, operating_point: 0.5 });
    expect(deps.kept.records.map(({ id }) => id)).toEqual([data.case_id]);
  });

  it("names as many as are wanted, at most all that the pack has", async () => {
    expect((await predict("/api/predict?top=1")).predictions).toHaveLength(1);
    expect((await predict("/api/predict?top=100")).predictions.map(({ label }) => label).sort()).toEqual(
      [...chest.manifest.labels].sort(),
    );
    for (const top of ["0", "x", "101"])
      expect((await refused(`/api/predict?top=${top}`, part(), 422)).error.code).toBe("field-invalid");
  });

  it("never calls the absence of findings positive", async () => {
    deps.predictor.answer = async (task) => labelsResult(task, chest, [4, -4, -4, -4, -4, -4, -4]);
    const { top_prediction, outcome } = await predict();
    expect(top_prediction).toMatchObject({ label: "No Finding", positive: false });
    expect(top_prediction.probability).toBeGreaterThan(0.9);
    expect(outcome).toBe("negative");
  });

  it("says what its numbers mean, and which labels nobody measured", async () => {
    const unknown = await predict();
    expect(unknown.assessment).toMatchObject({ assessed: [], evaluation: null });
    expect(unknown.calibration.readers).toEqual([
      { reader: "fast", pack: "chest-xray/fast-0", method: "platt", images: 0, positives: 0 },
    ]);
    expect(unknown.operating_points.case).toMatchObject({ negative_at_or_below: 0.2, positive_at_or_above: 0.8 });
    deps = serving({ ...chest, evaluation: measured(chest, { auc: 0.9, "auc Pneumonia": 0.91 }) });
    const known = await predict();
    expect(known.assessment).toMatchObject({
      assessed: ["No Finding", "Pneumonia"],
      not_assessed: ["Atelectasis", "Effusion", "Mass", "Nodule", "Pleural_Thickening"],
      evaluation: { images: 40 },
    });
    expect(known.predictions.map(({ assessed }) => assessed)).toEqual([true, false, false, false, true]);
  });

  it("links a heatmap that opens without a key", async () => {
    const { heatmap_url } = await predict();
    const { pathname, search } = new URL(heatmap_url);
    deps = { ...deps, config: { ...deps.config, API_KEY: "k".repeat(32), AUTH: "on" } };
    expect((await createApp(deps).request(pathname)).status).toBe(401);
    const opened = await createApp(deps).request(pathname + search);
    expect([opened.status, opened.headers.get("content-type")]).toEqual([200, "image/png"]);
  });

  it("is reached at the root, and says that there is something newer", async () => {
    const { status, headers } = await createApp(deps).request("/api/predict", part());
    expect(status).toBe(200);
    expect(headers.get("link")).toBe('</v1/programmes/chest-xray/cases>; rel="successor-version"');
    expect(headers.get("x-programme")).toBe("chest-xray");
  });
});

describe("POST /api/explain of the chest X-ray server", () => {
  it("explains the most probable label, with the index it has in the model's own order", async () => {
    const { explained_prediction, heatmap_image, image_info, filename } = await explain();
    expect(filename).toBe("chest_xray.jpg");
    expect(explained_prediction).toMatchObject({ label: "Pneumonia", class_index: 5 });
    expect(explained_prediction.probability).toBeCloseTo(1 / (1 + Math.exp(-3)), 6);
    expect(image_info).toMatchObject({ original_size: [480, 640], model_input_size: [224, 224] });
    const [head, text] = heatmap_image.split(",");
    expect(head).toBe("data:image/png;base64");
    const { width, height, channels } = decode(Buffer.from(text as string, "base64"));
    expect([width, height, channels]).toEqual([192, 256, 4]);
  });

  it("explains the label that is asked for, by either of its names", async () => {
    const own = await explain("?class=Pleural_Thickening");
    expect(own.explained_prediction).toMatchObject({ label: "Pleural_Thickening", class_index: 6 });
    const shown = await explain("?class=Pleural%20Thickening");
    expect(shown.heatmap_image).toBe(own.heatmap_image);
    expect((await explain()).heatmap_image).not.toBe(own.heatmap_image);
    const before = deps.kept.records.length;
    expect((await refused("/api/explain?class=Fracture", part(), 422)).error).toMatchObject({ code: "field-invalid" });
    expect(deps.kept.records).toHaveLength(before);
  });

  it("explains a case that was read before without another upload or case", async () => {
    const { case_id, top_prediction } = await predict();
    const again = await explain(`?case_id=${case_id}`, { method: "POST" });
    expect(again.explained_prediction.label).toBe(top_prediction.label);
    expect(again.case_id).toBe(case_id);
    expect(deps.kept.records).toHaveLength(1);
    expect(deps.kept.events).toMatchObject([{ action: "heatmap.read", object: `case/${case_id}` }]);
    const { pathname, search } = new URL(again.heatmap_url);
    expect((await createApp(deps).request(pathname + search)).headers.get("x-label")).toBe("Pneumonia");
    const image = new URL(again.image_url);
    expect((await createApp(deps).request(image.pathname + image.search)).status).toBe(200);
  });

  it("refuses a case that is not there or not of a chest, and an upload beside a case", async () => {
    const { case_id } = await predict();
    const known = deps.kept.records[0] as CaseRecord;
    const id = "018f0000-0000-7000-8000-0000000000ff";
    deps.kept.records.push({ ...known, id, programme: "cataract" });
    for (const other of [id, "018f0000-0000-7000-8000-0000000000fe"])
      expect((await refused(`/api/explain?case_id=${other}`, { method: "POST" }, 404)).error.code).toBe("case-unknown");
    expect((await refused("/api/explain?case_id=7", { method: "POST" }, 422)).error.code).toBe("field-invalid");
    const both = { ...part(), headers: { "content-length": "1000" } };
    expect((await refused(`/api/explain?case_id=${case_id}`, both, 422)).error.code).toBe("field-invalid");
    expect(deps.kept.events).toEqual([]);
  });

  it("says so where the case was read for other labels", async () => {
    await predict();
    const known = deps.kept.records[0] as CaseRecord;
    const { Nodule: _, ...probabilities } = known.decision.probabilities;
    const id = "018f0000-0000-7000-8000-0000000000fd";
    deps.kept.records.push({ ...known, id, decision: { ...known.decision, probabilities } });
    const { error } = await refused(`/api/explain?case_id=${id}&class=Nodule`, { method: "POST" }, 404);
    expect(error.code).toBe("heatmap-unavailable");
  });
});

describe("the chest X-ray server about itself", () => {
  it.each(["/api/health", "/health"])("gives an honest account of its health at %s", async (path) => {
    const health = async () => chestHealthSchema.parse(await (await ask(path)).json());
    expect(await health()).toMatchObject({ status: "healthy", model_loaded: true, device: "cpu" });
    Object.assign(deps.state, { ready: false, reason: "the models are not warm" });
    expect(await health()).toMatchObject({ status: "degraded", reason: "the models are not warm" });
    deps = { ...serving(chest), warmUp: async () => false };
    expect(await health()).toMatchObject({ status: "degraded", model_loaded: false });
  });

  it("lists the labels that the pack has, in its order, with names for people", async () => {
    const { labels } = chestInfoSchema.parse(await (await ask("")).json());
    expect(labels.map(({ label }) => label)).toEqual(chest.manifest.labels);
    expect(labels.at(-1)).toEqual({ label: "Pleural_Thickening", display: "Pleural Thickening", class_index: 6 });
    expect((await refused("/api/nothing", {}, 404)).message).toBe("Not Found");
    expect((await refused("/api/predict", {}, 405)).detail).toBe("Method Not Allowed");
  });
});
