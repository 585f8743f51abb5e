import { expect } from "vitest";
import { anyNumber, anyString, form, has, json, missing, nakedTime, percent, type Row, share } from "./rows.ts";

const applicationJson = { "content-type": "application/json" };
const feet = {
  prediction: expect.stringMatching(/^(Normal|Flatfoot|Foot Ulcer|Hallux Valgus)$/),
  confidence: percent,
  hallux_valgus_detected: expect.any(Boolean),
  probabilities: { Normal: percent, Flatfoot: percent, "Foot Ulcer": percent, "Hallux Valgus": percent },
  inference_time: anyNumber,
  model_info: {
    name: anyString,
    accuracy: expect.stringMatching(/%$|^n\/a$/),
    hallux_valgus_recall: expect.stringMatching(/%$|^n\/a$/),
  },
};
const hallux: Omit<Row, "system">[] = [
  {
    what: "health",
    path: "/health",
    status: 200,
    check: has({
      status: "healthy",
      model_loaded: true,
      device: "cpu",
      timestamp: anyNumber,
      version: anyString,
      api_endpoints: expect.any(Array),
    }),
    shared: true,
  },
  {
    what: "an image",
    method: "POST",
    path: "/predict",
    body: form(["image", "image"]),
    status: 200,
    check: has(feet),
    shared: true,
  },
  {
    what: "no image",
    method: "POST",
    path: "/predict",
    body: form(["other", "x"]),
    status: 400,
    check: has({ error: "No image provided" }),
    shared: true,
    ambiguous: true,
  },
  {
    what: "base64",
    method: "POST",
    path: "/predict_base64",
    headers: applicationJson,
    body: json({ image: "{base64}" }),
    status: 200,
    check: has(feet),
  },
  {
    what: "a data URL",
    method: "POST",
    path: "/predict_base64",
    headers: applicationJson,
    body: json({ image: "data:image/jpeg;base64,{base64}" }),
    status: 200,
    check: has(feet),
  },
  {
    what: "no base64",
    method: "POST",
    path: "/predict_base64",
    headers: applicationJson,
    body: json({}),
    status: 400,
    check: has({ error: "No base64 image provided" }),
  },
  {
    what: "bad base64",
    method: "POST",
    path: "/predict_base64",
    headers: applicationJson,
    body: json({ image: "%%%" }),
    status: 400,
    check: has({ error: expect.stringMatching(/^Invalid base64 image: /) }),
  },
  {
    what: "the model",
    path: "/model_info",
    status: 200,
    check: has({
      model_name: anyString,
      model_type: anyString,
      classes: ["Normal", "Flatfoot", "Foot Ulcer", "Hallux Valgus"],
      performance: { overall_accuracy: expect.stringMatching(/%$/) },
      device: "cpu",
      model_loaded: true,
    }),
  },
  {
    what: "the classes",
    path: "/classifications",
    status: 200,
    check: has({ classifications: expect.any(Array), model_performance: expect.any(Object) }),
  },
  {
    what: "a model that is none",
    method: "POST",
    path: "/predict_vit",
    status: 404,
    check: has({ error: "Unknown model" }),
  },
];

const finding = { label: anyString, probability: share };
const chest: Omit<Row, "system">[] = [
  {
    what: "health",
    path: "/api/health",
    status: 200,
    check: has({ status: "healthy", model_loaded: true, device: "cpu" }),
  },
  {
    what: "an image",
    method: "POST",
    path: "/api/predict",
    body: form(["file", "image"]),
    status: 200,
    check: (body: {
      status: string;
      data: { filename: string; predictions: { probability: number }[]; top_prediction: object };
    }) => {
      expect(body).toMatchObject({ status: "success", data: { filename: "scan.jpg", top_prediction: finding } });
      const { predictions } = body.data;
      expect(predictions.length).toBe(5);
      for (const each of predictions) expect(each).toMatchObject(finding);
      const order = predictions.map(({ probability }) => probability);
      expect(order).toEqual([...order].sort((a, b) => b - a));
      expect(body.data.top_prediction).toMatchObject(predictions[0] as object);
    },
  },
  {
    what: "an explanation",
    method: "POST",
    path: "/api/explain",
    body: form(["file", "image"]),
    status: 200,
    check: has({
      status: "success",
      data: {
        filename: "scan.jpg",
        heatmap_image: expect.stringMatching(/^data:image\/png;base64,/),
        explained_prediction: { ...finding, class_index: anyNumber },
        image_info: { original_size: [640, 480], model_input_size: [224, 224] },
      },
    }),
  },
  {
    what: "no file",
    method: "POST",
    path: "/api/predict",
    body: form(["other", "x"]),
    status: 422,
    check: has({ status: "error", message: anyString, error: { code: anyString, request_id: anyString } }),
  },
  {
    what: "a text",
    method: "POST",
    path: "/api/predict",
    body: () => {
      const body = new FormData();
      body.append("file", new Blob(["hello"]), "a.txt");
      return body;
    },
    status: 400,
    check: has({ status: "error", message: "File format not supported" }),
  },
];

const eye = {
  prediction: expect.stringMatching(/^(normal|cataract)$/),
  confidence: share,
  probabilities: { normal: share, cataract: share },
  processing_time: anyNumber,
  ray_worker_id: anyString,
  timestamp: nakedTime,
};
const cataract: Omit<Row, "system">[] = [
  {
    what: "health",
    path: "/health",
    status: 200,
    check: has({
      status: "ok",
      models_loaded: { clip: true, lgbm: true, batch: true },
      system_ready: true,
      device: anyString,
      timestamp: anyString,
      ray_initialized: true,
      ray_workers_available: anyNumber,
    }),
    shared: true,
  },
  ...["clip", "lgbm", "ensemble"].map((model) => ({
    what: model,
    method: "POST",
    path: `/predict_${model}`,
    body: form(["image", "image"]),
    status: 200,
    check: has({ ...eye, model_used: model }),
  })),
  {
    what: "the other name",
    method: "POST",
    path: "/predict_clip",
    body: form(["file", "image"]),
    status: 200,
    check: has(eye),
  },
  {
    what: "no image",
    method: "POST",
    path: "/predict_lgbm",
    body: form(["other", "x"]),
    status: 422,
    check: missing("image"),
  },
  {
    what: "a text",
    method: "POST",
    path: "/predict_lgbm",
    body: () => {
      const body = new FormData();
      body.append("image", new Blob(["hello"]), "a.txt");
      return body;
    },
    status: 400,
    check: has({ detail: "Invalid image file format" }),
  },
  {
    what: "a batch",
    method: "POST",
    path: "/predict_batch?model=lgbm&save_results=true",
    body: form(["images", "image"], ["images", "image"]),
    status: 200,
    check: has({
      total_images: 2,
      predictions: [
        { class_name: expect.stringMatching(/^(normal|cataract)$/), confidence: share },
        { index: 1, status: "ok" },
      ],
      summary: {
        total_images: 2,
        failed: 0,
        cataract_percentage: percent,
        normal_percentage: percent,
        avg_confidence: share,
        throughput: anyNumber,
      },
      processing_time: anyNumber,
      model_used: "lgbm",
      ray_workers_used: anyNumber,
    }),
  },
  {
    what: "a batch for no model",
    method: "POST",
    path: "/predict_batch?model=vit",
    body: form(["images", "image"]),
    status: 400,
    check: has({ detail: "Invalid model specified" }),
  },
  {
    what: "training without data",
    method: "POST",
    path: "/train_clip",
    status: 400,
    check: has({ detail: "Training data not found" }),
  },
  {
    what: "training of the trees without data",
    method: "POST",
    path: "/train_lgbm",
    status: 400,
    check: has({ detail: "Training data not found" }),
  },
  {
    what: "the state of training",
    path: "/training_status",
    status: 200,
    check: has({ status: "no_training_history" }),
  },
  {
    what: "the drift",
    path: "/drift_status",
    status: 200,
    check: has({
      unlabeled_samples: anyNumber,
      drift_score: share,
      last_updated: anyString,
      model_performance: expect.any(Object),
      method: anyString,
    }),
  },
  {
    what: "the system",
    path: "/system_info",
    status: 200,
    check: has({
      system_initialized: true,
      device: anyString,
      models_loaded: expect.any(Object),
      ray_initialized: true,
      ray_workers_available: anyNumber,
      ray_worker_types: expect.any(Array),
      directories: expect.any(Object),
      timestamp: anyString,
    }),
  },
];

const of = (system: Row["system"], rows: readonly Omit<Row, "system">[]): Row[] =>
  rows.map((row) => ({ ...row, system }));

export const rows: readonly Row[] = [...of("hallux", hallux), ...of("chest", chest), ...of("cataract", cataract)];
