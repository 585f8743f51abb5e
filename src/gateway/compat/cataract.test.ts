import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { drawEye } from "../../../test/support/eye.ts";
import { resultOf } from "../../../test/support/fake-predictor.ts";
import { type TestDeps, testDeps } from "../../../test/support/gateway.ts";
import { createApp } from "../app.ts";
import { cataractAnswerSchema } from "./cataract-answer.ts";
import { cataractErrorSchema } from "./cataract-problem.ts";
import { cataractHealthSchema, cataractSystemSchema } from "./cataract-system.ts";

let eye: Uint8Array<ArrayBuffer>;
let deps: TestDeps;
beforeAll(async () => {
  eye = new Uint8Array(await drawEye(1));
});
beforeEach(() => {
  deps = testDeps();
});

function form(...parts: [string, string | Blob][]): RequestInit {
  const body = new FormData();
  for (const [name, value] of parts) body.append(name, value);
  return { method: "POST", body };
}
const image = (name = "image"): RequestInit => form([name, new File([eye], "eye.jpg")]);

// Every path exists twice: where the source's clients look for it, and under the programme's mount.
describe.each(["", "/p/cataract"])("the cataract server at %j", (mount) => {
  // At the root other systems' clients ask as well.
  const healthSchema = mount === "" ? cataractHealthSchema.loose() : cataractHealthSchema;
  const ask = (path: string, init: RequestInit) => createApp(deps).request(mount + path, init);
  const read = async (path: string, init: RequestInit = image()) => {
    const response = await ask(path, init);
    expect(response.status).toBe(200);
    return cataractAnswerSchema.parse(await response.json());
  };

  it("answers a form without an image as FastAPI does, and names both fields", async () => {
    const plain = { method: "POST", body: new URLSearchParams({ other: "x" }) };
    for (const init of [form(["other", "x"]), form(["picture", new Blob([eye])]), plain]) {
      const response = await ask("/predict_clip", init);
      expect(response.status).toBe(422);
      expect(cataractErrorSchema.parse(await response.json()).detail).toEqual([
        {
          type: "missing",
          loc: ["body", "image"],
          msg: "Field required",
          input: null,
          ctx: { accepted_fields: ["image", "file"] },
        },
      ]);
    }
  });

  it.each([
    ["text", "hello", "image-type-unsupported"],
    ["half an image", undefined, "image-malformed"],
  ])("answers %s with the source's 400, and says what is wrong beside it", async (_what, text, code) => {
    const bytes = text ?? eye.slice(0, eye.length / 2);
    const response = await ask("/predict_ensemble", form(["image", new Blob([bytes])]));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ detail: "Invalid image file format", code });
  });

  it("never drops a second image in silence", async () => {
    for (const names of [
      ["image", "image"],
      ["image", "file"],
    ] as const) {
      const response = await ask("/predict_lgbm", form([names[0], new Blob([eye])], [names[1], new Blob([eye])]));
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: "image-repeated" });
    }
  });

  it.each([
    ["/predict_clip", "clip", "fine", "engine-1/thread-2"],
    ["/predict_lgbm", "lgbm", "fast", "engine-1/thread-1"],
    ["/predict_ensemble", "ensemble", "mean", "engine-1/thread-2+engine-1/thread-2"],
  ])("%s reads as the source's %s", async (path, model, strategy, worker) => {
    const answer = await read(path);
    expect(answer).toMatchObject({ model_used: model, strategy, prediction: "cataract", ray_worker_id: worker });
    expect(answer.confidence).toBe(answer.probabilities.cataract);
    expect(answer.confidence).toBeLessThanOrEqual(1);
    expect(answer.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
    expect(answer.processing_time).toBeLessThan(10);
    expect(deps.kept.records.map(({ id }) => id)).toEqual([answer.case_id]);
  });

  it("predicts the more probable label, with its own confidence", async () => {
    deps.predictor.answer = async (task) => resultOf(task, { fast: -1, fine: -1 });
    const answer = await read("/predict_ensemble");
    expect(answer.prediction).toBe("normal");
    expect(answer.confidence).toBe(answer.probabilities.normal);
    expect(answer.probabilities.normal + answer.probabilities.cataract).toBeCloseTo(1, 12);
  });

  it("cascades where X-Strategy says so, and says which ran", async () => {
    const init = { ...image(), headers: { "x-strategy": "cascade" } };
    expect(await read("/predict_ensemble", init)).toMatchObject({
      strategy: "cascade",
      escalated: false,
      ray_worker_id: "engine-1/thread-1",
    });
    deps.predictor.answer = async (task) => resultOf(task, { fast: 0, fine: 3 });
    expect(await read("/predict_ensemble", init)).toMatchObject({ strategy: "cascade", escalated: true });
    expect((await ask("/predict_clip", init)).status).toBe(400);
    expect((await ask("/predict_ensemble", { ...init, headers: { "x-strategy": "fast" } })).status).toBe(400);
  });

  it("takes file for image, bare bytes, and base64 in JSON", async () => {
    await read("/predict_clip", image("file"));
    await read("/predict_clip", { method: "POST", body: eye, headers: { "content-type": "image/jpeg" } });
    for (const key of ["image", "image_base64", "file"]) {
      const body = JSON.stringify({ [key]: Buffer.from(eye).toString("base64") });
      await read("/predict_clip", { method: "POST", body, headers: { "content-type": "application/json" } });
    }
  });

  it("keeps what the person allows with the case, under either name and from JSON, and gives it back", async () => {
    for (const name of ["training_consent", "trainingConsent"])
      for (const [text, consent] of [
        ["true", true],
        ["0", false],
      ] as const) {
        const answer = await read("/predict_lgbm", form([name, text], ["image", new Blob([eye])]));
        expect(answer.training_consent).toBe(consent);
        expect(deps.kept.records.at(-1)?.trainingConsent).toBe(consent);
      }
    const body = JSON.stringify({ image: Buffer.from(eye).toString("base64"), training_consent: "yes" });
    const init = { method: "POST", body, headers: { "content-type": "application/json" } };
    expect((await read("/predict_clip", init)).training_consent).toBe(true);
    const silent = await read("/predict_clip", form(["training_consent", ""], ["image", new Blob([eye])]));
    expect(silent.training_consent).toBeNull();
    expect(deps.kept.records.at(-1)).not.toHaveProperty("trainingConsent");
  });

  it("guesses no consent", async () => {
    for (const fields of [
      [["training_consent", "perhaps"]],
      [
        ["training_consent", "1"],
        ["trainingConsent", "no"],
      ],
    ]) {
      const response = await ask("/predict_lgbm", form(...(fields as [string, string][]), ["image", new Blob([eye])]));
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: "field-invalid", fields: [{ name: "training_consent" }] });
    }
    expect(deps.kept.records).toEqual([]);
  });

  it("says that there is something newer, and which models read", async () => {
    const { headers } = await ask("/predict_ensemble", image());
    expect(headers.get("deprecation")).toMatch(/^@\d+$/);
    expect(headers.get("link")).toBe('</v1/programmes/cataract/cases>; rel="successor-version"');
    expect(headers.get("x-programme")).toBe("cataract");
    expect(headers.get("x-model")).toMatch(/fast-0@.*fine-0@/);
    expect(headers.get("server-timing")).toContain("total;dur=");
  });

  it("gives an honest account of its health", async () => {
    const health = async () => healthSchema.parse(await (await ask("/health", {})).json());
    expect(await health()).toMatchObject({
      status: "ok",
      system_ready: true,
      models_loaded: { clip: true, lgbm: true, batch: true },
      ray_initialized: true,
      ray_workers_available: 1,
      device: "cpu",
    });
    const asked: string[] = [];
    deps = {
      ...deps,
      warmUp: async (programme) => {
        asked.push(programme);
        return true;
      },
    };
    await health();
    expect(asked).toEqual(["cataract"]);
    deps.predictor.state = { state: "restarting", packs: ["a".repeat(64)], workers: 0, busyWorkers: 0 };
    deps.state.ready = false;
    expect(await health()).toMatchObject({
      status: "degraded",
      system_ready: false,
      models_loaded: { clip: false, lgbm: true, batch: false },
      ray_initialized: false,
      ray_workers_available: 0,
    });
    // A server that is not ready does not wait for its packs.
    expect(asked).toHaveLength(1);
    deps.predictor.state = new Error("no answer");
    expect(await health()).toMatchObject({ status: "degraded", models_loaded: { clip: false, lgbm: false } });
  });

  it("describes its system without a path of this machine", async () => {
    const text = await (await ask("/system_info", {})).text();
    expect(cataractSystemSchema.parse(JSON.parse(text))).toMatchObject({
      system_initialized: true,
      ray_worker_types: ["clip", "lgbm"],
    });
    expect(text).not.toContain(deps.config.DATA_DIR);
    expect(text).not.toContain(deps.config.MODELS_DIR);
  });
});
