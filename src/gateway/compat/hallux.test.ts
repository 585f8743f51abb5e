import sharp from "sharp";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { drawEye } from "../../../test/support/eye.ts";
import { boundary, form as rawForm } from "../../../test/support/forms.ts";
import { type TestDeps, testDeps } from "../../../test/support/gateway.ts";
import { handmadeBmp } from "../../../test/support/pictures.ts";
import { feet, labelsResult, measured } from "../../../test/support/several-labels.ts";
import { Problem, type Programme } from "../../contracts/index.ts";
import { createApp } from "../app.ts";
import { halluxAnswerSchema } from "./hallux-answer.ts";
import { halluxErrorSchema, imageBytesMax } from "./hallux-problem.ts";
import { halluxClassesSchema, halluxHealthSchema, halluxInfoSchema, halluxModelSchema } from "./hallux-system.ts";

type Bytes = Uint8Array<ArrayBuffer>;
const evaluation = measured(feet, {
  accuracy: 0.898,
  balancedAccuracy: 0.9,
  auc: 0.95,
  "recall normal": 0.8,
  "recall hallux-valgus": 0.88,
});

let foot: Bytes;
let deps: TestDeps;
beforeAll(async () => {
  foot = new Uint8Array(await drawEye(1));
});
beforeEach(() => {
  deps = serving(feet);
});

function serving(programme: Programme, environment: Record<string, string> = {}): TestDeps {
  const made = testDeps(environment, { programmes: { programmes: new Map([["hallux-valgus", programme]]) } });
  made.predictor.answer = async (task) => labelsResult(task, feet, [0, 0, 0, 3]);
  return made;
}

const ask = (path: string, init: RequestInit = {}) => createApp(deps).request(`/p/hallux${path}`, init);
const part = (name: string, bytes: Bytes | string = foot, filename = "foot.jpg"): RequestInit => {
  const body = new FormData();
  body.append(name, new File([bytes], filename));
  return { method: "POST", body };
};
const json = (body: unknown): RequestInit => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
});
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const read = async (path: string, init: RequestInit) => {
  const response = await ask(path, init);
  expect(response.status).toBe(200);
  return halluxAnswerSchema.parse(await response.json());
};
const refused = async (path: string, init: RequestInit, status: number) => {
  const response = await ask(path, init);
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/json");
  const body = halluxErrorSchema.parse(await response.json());
  expect(deps.kept.records).toEqual([]);
  return body;
};

describe("POST /predict of the hallux valgus server", () => {
  it("tells a form without an image from one whose file was never chosen", async () => {
    expect(await refused("/predict", part("picture"), 400)).toMatchObject({
      error: "No image provided",
      code: "image-missing",
    });
    // What most clients send when a form holds no file at all.
    const plain = { method: "POST", body: new URLSearchParams({ other: "x" }) };
    expect((await refused("/predict", plain, 400)).error).toBe("No image provided");
    const body = new Uint8Array(rawForm([{ name: "image", filename: "", body: "" }]));
    const unchosen = {
      method: "POST",
      body,
      headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    };
    expect(await refused("/predict", unchosen, 400)).toMatchObject({
      error: "No image selected",
      code: "image-missing",
    });
  });

  it("goes by the bytes: a WebP is refused whatever its name says, and a wrong name harms nothing", async () => {
    const webp = new Uint8Array(await sharp(foot).webp().toBuffer());
    for (const bytes of [webp, "hello"])
      expect(await refused("/predict", part("image", bytes), 400)).toMatchObject({
        error: "Invalid file type. Supported: PNG, JPG, JPEG, BMP, TIFF",
        code: "image-type-unsupported",
      });
    await read("/predict", part("image", foot, "notes.txt"));
  });

  it("takes the source's four kinds of bytes, and file for image", async () => {
    const kinds = [
      foot,
      await sharp(foot).png().toBuffer(),
      await sharp(foot).tiff().toBuffer(),
      handmadeBmp({ width: 40, height: 40 }),
    ];
    for (const bytes of kinds) await read("/predict", part("image", new Uint8Array(bytes)));
    await read("/predict", part("file"));
  });

  it("says what is wrong with a damaged image", async () => {
    for (const bytes of [foot.slice(0, foot.length / 2), ""]) {
      const { error, code, detail } = await refused("/predict", part("image", bytes), 400);
      expect(error).toBe(`Invalid image file: ${detail}`);
      expect(code).toBe("image-malformed");
    }
  });

  it("refuses a second image", async () => {
    const body = new FormData();
    for (const name of ["image", "file"]) body.append(name, new File([foot], "foot.jpg"));
    expect(await refused("/predict", { method: "POST", body }, 400)).toMatchObject({ code: "image-repeated" });
  });

  it("refuses more than 16 MB, though the server itself would take it", async () => {
    const big = new Uint8Array(imageBytesMax + 1);
    big.set(foot);
    const error = "File too large. Maximum size: 16MB";
    expect(await refused("/predict", part("image", big), 413)).toMatchObject({ error, code: "image-too-large" });
    expect(await refused("/predict_base64", json({ image: base64(big) }), 413)).toMatchObject({ error });
  });

  it("answers in the source's keys and units", async () => {
    const answer = await read("/predict", part("image"));
    const both = [answer.probabilities, ...answer.readings.map(({ probabilities }) => probabilities)];
    for (const probabilities of both) {
      expect(Object.keys(probabilities)).toEqual(["Normal", "Flatfoot", "Foot Ulcer", "Hallux Valgus"]);
      expect(Object.values(probabilities).reduce((sum, each) => sum + each, 0)).toBeCloseTo(100, 1);
      for (const each of Object.values(probabilities)) expect(each).toBe(Number(each.toFixed(2)));
    }
    expect(answer.prediction).toBe("Hallux Valgus");
    expect(answer.hallux_valgus_detected).toBe(true);
    // Percent, not a share: softmax of 0, 0, 0 and 3.
    expect(answer.confidence).toBeCloseTo((100 * Math.exp(3)) / (3 + Math.exp(3)), 1);
    expect(answer.probabilities["Hallux Valgus"]).toBe(answer.confidence);
    // The fast reader is sure: decoded in 2 ms, computed in 4.
    expect(answer.inference_time).toBe(0.006);
    expect(answer.threshold).toMatchObject({ negative_at_or_below_percent: 20, positive_at_or_above_percent: 80 });
    expect(answer.threshold.percent).toBeGreaterThan(80);
    expect(answer.outcome).toBe("positive");
    expect(deps.kept.records.map(({ id }) => id)).toEqual([answer.case_id]);
  });

  it("detects nothing where the outcome is negative, and leaves the unclear to a person", async () => {
    deps.predictor.answer = async (task) => labelsResult(task, feet, [5, 0, 0, 0]);
    expect(await read("/predict", part("image"))).toMatchObject({
      prediction: "Normal",
      hallux_valgus_detected: false,
      outcome: "negative",
    });
    deps.predictor.answer = async (task) => labelsResult(task, feet, [1, 0, 0, 0]);
    expect(await read("/predict", part("image"))).toMatchObject({ outcome: "person", reason: "fine-uncertain" });
  });

  it("quotes figures only of the very packs that read, and only for the way they were combined", async () => {
    expect((await read("/predict", part("image"))).model_info).toEqual({
      name: "hallux-valgus/cascade-0",
      accuracy: "n/a",
      hallux_valgus_recall: "n/a",
    });
    deps = serving({ ...feet, evaluation });
    const answer = await read("/predict", part("image"));
    expect(answer.model_info).toMatchObject({ accuracy: "89.8%", hallux_valgus_recall: "88.0%" });
    expect(answer.evaluation.figures["recall_hallux_valgus"]).toEqual({
      percent: 88,
      interval_percent: [78, 88],
      n: 40,
      method: "wilson",
    });
    expect(Object.keys(answer.evaluation.figures)).toEqual([
      "accuracy",
      "mean_recall",
      "recall_normal",
      "recall_hallux_valgus",
    ]);
    expect((await read("/predict?strategy=mean", part("image"))).model_info.accuracy).toBe("n/a");
    expect((await read("/predict?strategy=fine", part("image"))).model_info).toMatchObject({
      name: "hallux-valgus/fine-0",
      accuracy: "89.8%",
    });
    const other = { ...evaluation, digests: { ...evaluation.digests, fast: "9".repeat(64) } };
    deps = serving({ ...feet, evaluation: other });
    expect((await read("/predict", part("image"))).model_info.accuracy).toBe("n/a");
  });

  it("hides what failed inside, and keeps its shape where it is refused for now", async () => {
    deps.predictor.answer = async () => Promise.reject(new Error("secret detail of a library"));
    const { error, detail } = await refused("/predict", part("image"), 500);
    expect(error).toBe("Internal server error");
    expect(detail).not.toContain("secret");
    deps.predictor.answer = async () => Promise.reject(new Problem("queue-full", { retryAfterS: 3 }));
    const response = await ask("/predict", part("image"));
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "3"]);
    expect(halluxErrorSchema.parse(await response.json())).toMatchObject({ code: "queue-full" });
    deps = testDeps({}, { programmes: { programmes: new Map() } });
    expect(await refused("/predict", part("image"), 404)).toMatchObject({ code: "programme-unknown" });
  });

  it("says that there is something newer, and which models read", async () => {
    const { headers } = await ask("/predict", part("image"));
    expect(headers.get("link")).toBe('</v1/programmes/hallux-valgus/cases>; rel="successor-version"');
    expect(headers.get("x-programme")).toBe("hallux-valgus");
    expect(headers.get("x-model")).toContain("hallux-valgus/fast-0@");
  });

  it("links a heatmap that opens", async () => {
    const { pathname, search } = new URL((await read("/predict", part("image"))).heatmap_url);
    const opened = await createApp(deps).request(pathname + search);
    expect([opened.status, opened.headers.get("x-label")]).toEqual([200, "hallux-valgus"]);
  });
});

describe("POST /predict_base64 of the hallux valgus server", () => {
  it("takes base64, plain or as a data URL, at the root as well", async () => {
    await read("/predict_base64", json({ image: base64(foot) }));
    await read("/predict_base64", json({ image: `data:image/jpeg;base64,${base64(foot)}` }));
    expect((await createApp(deps).request("/predict_base64", json({ image: base64(foot) }))).status).toBe(200);
  });

  it.each([
    ["no member", json({ other: 1 })],
    ["null", json({ image: null })],
    ["an empty text", json({ image: "" })],
    ["a form", part("image")],
    ["bare bytes", { method: "POST", body: "x", headers: { "content-type": "image/jpeg" } }],
  ])("misses the image in %s", async (_, init) => {
    expect(await refused("/predict_base64", init, 400)).toMatchObject({ error: "No base64 image provided" });
  });

  it.each([
    ["no base64", { image: "@@@@" }, "base64-invalid"],
    ["a number", { image: 7 }, "field-invalid"],
    ["no image", { image: btoa("hello") }, "image-type-unsupported"],
    ["half an image", undefined, "image-malformed"],
  ])("refuses %s", async (_, body, code) => {
    const init = json(body ?? { image: base64(foot.slice(0, foot.length / 2)) });
    const answer = await refused("/predict_base64", init, 400);
    expect(answer).toMatchObject({ code, error: `Invalid base64 image: ${answer.detail}` });
  });

  it("refuses JSON that is none", async () => {
    const init = { method: "POST", body: "{", headers: { "content-type": "application/json" } };
    expect(await refused("/predict_base64", init, 400)).toMatchObject({ code: "json-invalid" });
  });
});

describe("the hallux valgus server about itself", () => {
  it("offers no model that it does not have", async () => {
    for (const path of ["/predict_vit", "/predict_resnet"])
      for (const init of [part("image"), {}])
        expect(await refused(path, init, 404)).toMatchObject({ error: "Unknown model", see: "/model_info" });
    expect(await refused("/nothing", {}, 404)).toMatchObject({ error: "Not Found" });
    expect(await refused("/predict", {}, 405)).toMatchObject({ error: "Method Not Allowed" });
  });

  it("gives an honest account of its health", async () => {
    const health = async () => halluxHealthSchema.parse(await (await ask("/health")).json());
    expect(await health()).toMatchObject({ status: "healthy", model_loaded: true, device: "cpu" });
    expect(Math.abs((await health()).timestamp - Date.now() / 1000)).toBeLessThan(5);
    deps = { ...serving(feet), warmUp: async () => false };
    expect(await health()).toMatchObject({ status: "degraded", model_loaded: false });
    deps = serving(feet);
    Object.assign(deps.state, { ready: false, reason: "the models are not warm" });
    expect(await health()).toMatchObject({ status: "degraded", reason: "the models are not warm" });
  });

  it("describes its model with the figures of exactly that model, or with none", async () => {
    const model = async () => halluxModelSchema.parse(await (await ask("/model_info")).json());
    const classes = ["Normal", "Flatfoot", "Foot Ulcer", "Hallux Valgus"];
    const unknown = { overall_accuracy: "n/a", hallux_valgus_recall: "n/a" };
    expect(await model()).toMatchObject({ classes, performance: unknown, model_loaded: true });
    deps = serving({ ...feet, evaluation: { missing: "other packs" } });
    expect(await model()).toMatchObject({ performance: unknown, evaluation: { data: null, figures: {} } });
    deps = serving({ ...feet, evaluation });
    const { performance, evaluation: shown, packs } = await model();
    expect(performance).toEqual({
      overall_accuracy: "89.8%",
      hallux_valgus_recall: "88.0%",
      hallux_valgus_precision: "n/a",
      hallux_valgus_f1_score: "n/a",
    });
    expect(shown.data).toMatchObject({ images: 40, sets: ["somewhere"] });
    expect(packs.map(({ digest }) => digest)).toEqual([feet.fast.digest, feet.fine.digest, feet.band.digest]);
  });

  it("describes a model whose packs are absent", async () => {
    const missing = { manifest: feet.manifest, missing: "pack hallux-valgus/fine-0 is not installed" };
    deps = testDeps(
      {},
      { programmes: { programmes: new Map([["hallux-valgus", missing]]) }, warmUp: async () => false },
    );
    const model = halluxModelSchema.parse(await (await ask("/model_info")).json());
    expect(model).toMatchObject({ model_loaded: false, packs: [], model_name: feet.manifest.cascade });
    const { error, code } = await refused("/predict", part("image"), 503);
    expect([error, code]).toEqual([missing.missing, "pack-not-installed"]);
  });

  it("lists the classes without an invented prevalence", async () => {
    const listed = async () => halluxClassesSchema.parse(await (await ask("/classifications")).json());
    const { classifications, model_performance } = await listed();
    expect(classifications.map(({ id, name, prevalence }) => [id, name, prevalence])).toEqual([
      [0, "Normal", null],
      [1, "Flatfoot", null],
      [2, "Foot Ulcer", null],
      [3, "Hallux Valgus", null],
    ]);
    expect(model_performance.overall_metrics.accuracy).toBeNull();
    deps = serving({ ...feet, evaluation });
    const known = await listed();
    expect(known.classifications[3]?.prevalence).toBe("25.0% of the 40 images of the evaluation");
    expect(known.model_performance).toEqual({
      overall_metrics: { accuracy: 89.8, precision: null, recall: 90, f1_score: null },
      per_class_recall: { Normal: 80, Flatfoot: null, "Foot Ulcer": null, "Hallux Valgus": 88 },
    });
  });

  it("says at its root what is offered", async () => {
    const info = halluxInfoSchema.parse(await (await ask("")).json());
    expect(info.endpoints).not.toContain("/predict_vit");
    for (const path of info.endpoints.filter((each) => !each.startsWith("/predict")))
      expect((await ask(path)).status).toBe(200);
  });
});
