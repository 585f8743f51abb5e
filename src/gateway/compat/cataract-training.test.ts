import { beforeEach, describe, expect, it } from "vitest";
import { type TestDeps, testDeps } from "../../../test/support/gateway.ts";
import { Problem, type TrainingRecord, type TrainingRequest } from "../../contracts/index.ts";
import { createApp } from "../app.ts";
import { trainCancelSchema, trainingStatusSchema, trainStartedSchema } from "./cataract-training.ts";

const training: TrainingRecord = {
  id: "018f0000-0000-7000-8000-0000000000aa",
  programme: "cataract",
  reader: "fast",
  state: "running",
  startedAt: "2026-01-01T10:00:00.000Z",
  seconds: 12.5,
  progress: { stage: "embed", done: 3, of: 24 },
  message: "It runs.",
};
const figure = { value: 0.9, interval: [0.8, 0.95] as [number, number], n: 48, method: "wilson" };

let deps: TestDeps;
let asked: TrainingRequest[];
let standing: { started: boolean; training: TrainingRecord };
let history: TrainingRecord[];
let cancelled: number;
const trainingsOf = (): TestDeps["trainings"] => ({
  startTraining: async (request) => {
    asked.push(request);
    return standing;
  },
  latestTrainings: async () => history,
  cancelTraining: async () => {
    cancelled++;
    return history[0];
  },
});
beforeEach(() => {
  asked = [];
  history = [];
  cancelled = 0;
  standing = { started: true, training: { ...training, state: "queued", seconds: 0 } };
  deps = testDeps({}, { trainings: trainingsOf() });
});

describe.each(["", "/p/cataract"])("training at %j", (mount) => {
  const ask = (path: string, method = "POST") => createApp(deps).request(mount + path, { method });

  it("without data answers in the source's words", async () => {
    deps = testDeps();
    for (const path of ["/train_clip", "/train_lgbm"]) {
      const response = await ask(path);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ detail: "Training data not found", code: "training-data-missing" });
    }
  });

  it.each(["views=0", "views=many", "folds=1", "folds=2.5", "trials=7"])("with %s starts nothing", async (query) => {
    const response = await ask(`/train_lgbm?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "field-invalid" });
    expect(asked).toEqual([]);
  });

  it.each([
    ["clip", "fine"],
    ["lgbm", "fast"],
  ])("starts %s, and leaves a line in the audit log", async (model, reader) => {
    const response = await ask(`/train_${model}?folds=2&views=3`);
    expect(response.status).toBe(200);
    expect(trainStartedSchema.parse(await response.json())).toMatchObject({
      status: "started",
      model,
      training_time: 0,
      metrics: null,
    });
    expect(asked).toEqual([{ programme: "cataract", reader, viewsPerImage: 3, folds: 2, trials: undefined }]);
    expect(deps.kept.events).toMatchObject([{ action: "training.started", object: `training/${training.id}` }]);
  });

  it("starts no second one, and says so", async () => {
    standing = { started: false, training };
    const answer = trainStartedSchema.parse(await (await ask("/train_clip")).json());
    expect(answer).toMatchObject({ status: "already_running", training_time: 12.5, training_id: training.id });
    expect(deps.kept.events).toEqual([]);
  });

  it("ends one again that could not be written into the audit log", async () => {
    const refuse = () => Promise.reject(new Problem("store-unavailable"));
    deps = testDeps({}, { trainings: trainingsOf(), cases: { ...deps.cases, recordAccess: refuse } });
    expect((await ask("/train_clip")).status).toBe(503);
    expect(cancelled).toBe(1);
  });

  it("tells what there was, what runs and what failed", async () => {
    expect(await (await ask("/training_status", "GET")).json()).toEqual({ status: "no_training_history" });
    history = [training];
    const running = trainingStatusSchema.parse(await (await ask("/training_status", "GET")).json());
    expect(running).toMatchObject({
      lgbm_training: {
        status: "running",
        started: "2026-01-01T10:00:00.000000",
        finished: null,
        training_time: 12.5,
        metrics: null,
        progress: { stage: "embed" },
      },
    });
    expect(running).not.toHaveProperty("clip_training");
    const finishedAt = "2026-01-01T10:01:00.000Z";
    history = [
      { ...training, reader: "fine", state: "failed", message: "too few images", finishedAt },
      { ...training, state: "done", finishedAt, figures: { accuracy: { ...figure, more: 1 } as typeof figure } },
    ];
    expect(trainingStatusSchema.parse(await (await ask("/training_status", "GET")).json())).toMatchObject({
      clip_training: { status: "failed", error: "too few images", metrics: null },
      lgbm_training: { status: "completed", finished: "2026-01-01T10:01:00.000000", metrics: { accuracy: figure } },
    });
  });
});

describe("cancelling a training", () => {
  const cancel = async () => {
    const response = await createApp(deps).request("/p/cataract/train_cancel", { method: "POST" });
    return trainCancelSchema.parse(await response.json());
  };

  it("says whether there was one", async () => {
    expect(await cancel()).toMatchObject({ status: "not_running", training_id: null });
    expect(deps.kept.events).toEqual([]);
    history = [training];
    expect(await cancel()).toMatchObject({ status: "cancelling", training_id: training.id });
    expect(deps.kept.events).toMatchObject([{ action: "training.cancelled" }]);
  });
});

describe("training where a key is needed", () => {
  it("needs it, and starts nothing without", async () => {
    const environment = { API_KEY: "a-key-for-tests-that-is-long-enough" };
    deps = testDeps(environment, { trainings: trainingsOf() });
    const ask = (headers: Record<string, string>) =>
      createApp(deps).request("/train_clip", { method: "POST", headers });
    expect((await ask({})).status).toBe(401);
    expect(asked).toEqual([]);
    expect((await ask({ "x-api-key": environment.API_KEY })).status).toBe(200);
  });
});
