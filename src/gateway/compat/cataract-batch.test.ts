import { beforeEach, describe, expect, it } from "vitest";
import { drawEye } from "../../../test/support/eye.ts";
import { resultOf } from "../../../test/support/fake-predictor.ts";
import { metricOf, type TestDeps, testDeps } from "../../../test/support/gateway.ts";
import { Problem } from "../../contracts/index.ts";
import { createApp } from "../app.ts";
import { cataractBatchSchema } from "./cataract-batch-answer.ts";

const eyes = await Promise.all([1, 2, 3].map(async (seed) => new Uint8Array(await drawEye(seed, 64, 48))));
let deps: TestDeps;
beforeEach(() => {
  deps = testDeps({ WORKERS: "2" });
});

type Part = [name: string, value: string | Uint8Array<ArrayBuffer>, filename?: string];
const post = (parts: Part[], path = "/predict_batch", headers: Record<string, string> = {}) => {
  const body = new FormData();
  for (const [name, value, filename] of parts)
    if (filename === undefined) body.append(name, value as string);
    else body.append(name, new Blob([value]), filename);
  return createApp(deps).request(path, { method: "POST", body, headers });
};
const images = (count: number): Part[] =>
  Array.from({ length: count }, (_, i) => ["images", eyes[i % 3] as Uint8Array<ArrayBuffer>, `eye-${i}.jpg`]);
const read = async (...args: Parameters<typeof post>) => {
  const response = await post(...args);
  expect(response.status).toBe(200);
  return cataractBatchSchema.parse(await response.json());
};
const uploadBytes = async () => {
  await createApp(deps).request("/metrics");
  return metricOf(deps, "screen_inflight_upload_bytes");
};

describe("a batch that cannot be read", () => {
  it("for want of images answers 422 and names the field", async () => {
    const response = await post([["model", "clip"]]);
    expect(response.status).toBe(422);
    const wanted = { detail: [{ loc: ["body", "images"], msg: "Field required" }] };
    expect(await response.json()).toMatchObject(wanted);
    const bodiless = await createApp(deps).request("/predict_batch", { method: "POST" });
    expect([bodiless.status, await bodiless.json()]).toMatchObject([422, wanted]);
  });

  it.each([
    ["an unknown model in the query", images(1), "?model=vit"],
    ["an unknown model in the form", [["model", "vit"], ...images(1)], ""],
  ] as [string, Part[], string][])("for %s answers as the source does", async (_what, parts, query) => {
    const response = await post(parts, `/predict_batch${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ detail: "Invalid model specified" });
  });

  it.each([
    ["a model that differs between query and form", [["model", "clip"], ...images(1)], "?model=lgbm"],
    ["a model that comes behind the images", [...images(1), ["model", "clip"]], ""],
    ["save_results that is neither true nor false", images(1), "?save_results=perhaps"],
    ["a consent that comes behind the images", [...images(1), ["training_consent", "true"]], ""],
    ["a consent that differs", [["trainingConsent", "no"], ...images(1)], "?training_consent=true"],
    ["a consent that is neither true nor false", images(1), "?training_consent=perhaps"],
    ["save_results that differs", [["save_results", "true"], ...images(1)], "?save_results=false"],
  ] as [string, Part[], string][])("for %s says so", async (_what, parts, query) => {
    const response = await post(parts, `/predict_batch${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: "field-invalid",
      detail: expect.stringMatching(/model|save|consent/),
    });
    expect(await uploadBytes()).toBe(0);
  });

  it("for too many images answers 413 and keeps no bytes", async () => {
    deps = testDeps({ BATCH_IMAGES_MAX: "3" });
    const response = await post(images(4));
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: "too-many-images" });
    expect(await uploadBytes()).toBe(0);
  });

  it("before the engine is ready says so before it reads", async () => {
    deps.state.ready = false;
    const response = await post(images(1));
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(deps.predictor.tasks).toEqual([]);
  });

  it("through no fault of any image answers as a whole", async () => {
    deps.predictor.answer = () => Promise.reject(new Problem("engine-lost"));
    const response = await post(images(3));
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "engine-lost" });
  });
});

describe("a batch", () => {
  it("keeps the order of the upload, whichever image is read first", async () => {
    let waiting: (() => void)[] = [];
    deps.predictor.answer = (task) =>
      new Promise((resolve) => {
        waiting.push(() => resolve(resultOf(task, { fast: -3, fine: -3 })));
        // The last of each four answers first.
        if (waiting.length % 4 === 0 || deps.predictor.tasks.length === 10) {
          for (const answer of waiting.reverse()) answer();
          waiting = [];
        }
      });
    const answer = await read(images(10));
    expect(answer.predictions.map(({ index, filename }) => [index, filename])).toEqual(
      Array.from({ length: 10 }, (_, i) => [i, `eye-${i}.jpg`]),
    );
    expect(answer.predictions.map(({ case_id }) => case_id)).toEqual(
      expect.arrayContaining(deps.kept.records.map(({ id }) => id)),
    );
  });

  it("counts those that a person must look at, whatever class stands beside them", async () => {
    deps.predictor.answer = async (task) => resultOf(task, { fast: 0, fine: 0 });
    const { predictions, summary } = await read(images(2));
    expect(predictions.map(({ outcome }) => outcome)).toEqual(["person", "person"]);
    expect(summary).toMatchObject({ total_images: 2, needs_person: 2 });
  });

  it("has a bad image fail alone, and divides by nothing", async () => {
    const bad: Part = ["images", "no image", "bad.jpg"];
    const answer = await read([...images(1), bad, ...images(1)]);
    expect(answer.predictions.map(({ status }) => status)).toEqual(["ok", "error", "ok"]);
    expect(answer.predictions[1]).toMatchObject({ error: { code: "image-type-unsupported" }, class: null });
    expect(answer).toMatchObject({
      total_images: 3,
      summary: { total_images: 2, failed: 1, needs_person: 0, cataract_percentage: 100 },
    });
    const none = await read([bad]);
    expect(none.summary).toMatchObject({ total_images: 0, failed: 1, avg_confidence: 0, cataract_percentage: 0 });
  });

  it.each(["images", "image", "file", "files", "images[]"])("takes its images under %s", async (name) => {
    expect((await read(images(2).map(([, ...rest]) => [name, ...rest] as Part))).total_images).toBe(2);
  });

  it.each([
    ["?model=clip", [], "clip", "fine"],
    ["", [["model", "lgbm"]], "lgbm", "fast"],
    ["?model=lgbm", [["model", "lgbm"]], "lgbm", "fast"],
    ["", [], "ensemble", "mean"],
  ] as [string, Part[], string, string][])("with %j and %j is read by %s", async (query, parts, model, strategy) => {
    const answer = await read([...parts, ...images(2)], `/p/cataract/predict_batch${query}`);
    expect(answer).toMatchObject({ model_used: model, strategy, ray_workers_used: 1 });
    expect(deps.predictor.tasks.every(({ lane }) => lane === "bulk")).toBe(true);
  });

  it.each([
    ["?training_consent=false", [], false],
    ["", [["training_consent", "true"]], true],
    ["?training_consent=1", [["trainingConsent", "yes"]], true],
    ["", [], null],
  ] as [string, Part[], boolean | null][])("with %j and %j keeps a consent of %s", async (query, parts, consent) => {
    const answer = await read([...parts, ...images(2)], `/predict_batch${query}`);
    expect(answer.training_consent).toBe(consent);
    expect(deps.kept.records.map(({ trainingConsent }) => trainingConsent ?? null)).toEqual([consent, consent]);
  });

  it.each([
    ["?save_results=true", []],
    ["", [["save_results", "true"]]],
  ] as [string, Part[]][])("with %j and %j keeps its answer behind a link that needs no key", async (query, late) => {
    const key = "a-key-for-tests-that-is-long-enough";
    deps = testDeps({ API_KEY: key });
    const headers = { "x-api-key": key };
    const response = await post([...images(2), ...late], `/p/cataract/predict_batch${query}`, headers);
    const answer = cataractBatchSchema.parse(await response.json());
    const link = new URL(answer.results_url as string);
    const app = createApp(deps);
    const path = `/p/cataract/results/${answer.results_id}`;
    expect(link.pathname).toBe(path);
    const kept = await app.request(link.pathname + link.search);
    expect(kept.status).toBe(200);
    expect(cataractBatchSchema.parse(await kept.json())).toEqual({ ...answer, results_url: null });
    expect(deps.kept.events).toMatchObject([{ action: "results.read", object: `results/${answer.results_id}` }]);
    expect((await app.request(path)).status).toBe(401);
    expect((await app.request(path, { headers })).status).toBe(200);
    expect((await app.request(`${path}?expires=9999999999&signature=AAAA`)).status).toBe(403);
    const absent = await app.request("/p/cataract/results/018f0000-0000-7000-8000-0000000000ff", { headers });
    expect(absent.status).toBe(404);
    expect(await absent.json()).toMatchObject({ code: "results-unknown" });
  });

  it("keeps its answer only when it is asked to", async () => {
    for (const query of ["", "?save_results=false"])
      expect(await read(images(1), `/predict_batch${query}`)).toMatchObject({ results_id: null, results_url: null });
    expect(deps.kept.results.size).toBe(0);
  });

  it("that cannot be kept is given all the same, and says that it was not kept", async () => {
    const keepResults = () => Promise.reject(new Problem("store-unavailable"));
    deps = { ...deps, results: { ...deps.results, keepResults } };
    const answer = await read(images(2), "/predict_batch?save_results=true");
    expect(answer).toMatchObject({ total_images: 2, results_id: null, results_url: null });
    expect(deps.logged()).toContainEqual(expect.objectContaining({ level: 50 }));
  });

  it("holds no more images at once than its workers need", async () => {
    let running = 0;
    let most = 0;
    deps.predictor.answer = async (task) => {
      most = Math.max(most, ++running);
      await new Promise((resume) => setImmediate(resume));
      running--;
      return resultOf(task);
    };
    await read(images(40));
    expect(most).toBe(4);
    expect(await uploadBytes()).toBe(0);
  });

  it("waits out a full queue for as long as its deadline allows", async () => {
    let refusals = 3;
    deps.predictor.answer = async (task) => {
      if (refusals-- > 0) throw new Problem("queue-full", { retryAfterS: 0.01 });
      return resultOf(task);
    };
    expect((await read(images(3))).summary).toMatchObject({ total_images: 3, failed: 0 });
    deps.predictor.answer = () => Promise.reject(new Problem("queue-full", { retryAfterS: 60 }));
    expect((await post(images(2), "/predict_batch", { "x-deadline-ms": "500" })).status).toBe(429);
  });

  it("ends with its client, and gives all bytes back", async () => {
    const controller = new AbortController();
    deps.predictor.answer = (_task, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        controller.abort();
      });
    const body = new FormData();
    for (const [name, value, filename] of images(6)) body.append(name, new Blob([value]), filename as string);
    const request = { method: "POST", body, signal: controller.signal };
    const response = await createApp(deps).request("/predict_batch", request);
    expect(response.status).toBe(499);
    expect(await uploadBytes()).toBe(0);
    expect(await metricOf(deps, "screen_cancelled_total")).toBe(1);
  });

  it("logs what it did not expect, and says only that it failed", async () => {
    let calls = 0;
    deps.predictor.answer = async (task) => {
      if (++calls === 1) throw new TypeError("secret");
      return resultOf(task);
    };
    const answer = await read(images(2));
    expect(answer.predictions[0]?.error).toEqual({ code: "internal", detail: "Something went wrong on our side" });
    expect(deps.logged()).toContainEqual(expect.objectContaining({ level: 50, err: expect.anything() }));
  });
});
