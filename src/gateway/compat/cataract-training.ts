import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import { disclaimer, type ReaderKind, type TrainingRecord, type TrainingState } from "../../contracts/index.ts";
import { readField } from "../case-request.ts";
import { type GatewayContext, originOf, type Serving } from "../serving.ts";
import { pythonTime } from "./cataract-answer.ts";
import { type CataractModel, programme } from "./cataract-models.ts";

/** The models that the source trains. */
export const trainedModels = ["clip", "lgbm"] as const satisfies readonly CataractModel[];
export type TrainedModel = (typeof trainedModels)[number];

const readers: Readonly<Record<TrainedModel, ReaderKind>> = { clip: "fine", lgbm: "fast" };
/** The source writes `completed` and `failed`; the others it does not know. */
const states: Readonly<Record<TrainingState, string>> = {
  queued: "queued",
  running: "running",
  done: "completed",
  failed: "failed",
  cancelled: "cancelled",
};

const whole = (from: number, to: number, description: string) =>
  z.coerce.number().int().min(from).max(to).openapi({ type: "integer", minimum: from, maximum: to, description });
const wishes = {
  views: whole(1, 256, "Views of each training image. Default: 24"),
  folds: whole(2, 20, "Folds of the grouped cross-validation. Default: 5"),
  trials: whole(1, 6, "Settings of the trees to try. Default: 1"),
};
export const trainQuerySchema = z.object({
  views: wishes.views.optional(),
  folds: wishes.folds.optional(),
  trials: wishes.trials.optional(),
}) satisfies NonNullable<NonNullable<RouteConfig["request"]>["query"]>;

const modelSchema = z.enum(trainedModels);

export const trainStartedSchema = z
  .strictObject({
    status: z.enum(["started", "already_running"]).openapi({
      description: "`already_running`: nothing was started, because there is never more than one training at a time",
    }),
    model: modelSchema,
    training_time: z.number().openapi({ description: "Seconds; of the one that runs already" }),
    metrics: z.null(),
    message: z.string(),
    training_id: z.string(),
  })
  .openapi("CataractTrainStarted");

const figureSchema = z
  .strictObject({
    value: z.number(),
    interval: z.tuple([z.number(), z.number()]).openapi({ description: "95 %" }),
    n: z.int(),
    method: z.string(),
  })
  .openapi("CataractFigure");

const trainingSchema = z
  .strictObject({
    status: z.enum(["queued", "running", "completed", "failed", "cancelled"]),
    training_id: z.string(),
    started: z.string().openapi({ description: "UTC without a zone" }),
    finished: z.string().nullable(),
    timestamp: z.string().openapi({ description: "When it ended, else when it started" }),
    training_time: z.number().openapi({ description: "Seconds" }),
    progress: z.strictObject({ stage: z.string(), done: z.number(), of: z.number() }).nullable(),
    metrics: z.record(z.string(), figureSchema).nullable().openapi({ description: "Null until it is completed" }),
    measured_on: z.string().nullable(),
    release: z.string().nullable().openapi({
      description:
        "Digest of the candidate that was registered. It serves once an operator promotes it, never by itself",
    }),
    message: z.string(),
    error: z.string().nullable(),
  })
  .openapi("CataractTraining");

export const trainingStatusSchema = z
  .union([
    z.strictObject({ status: z.literal("no_training_history") }),
    z.strictObject({
      clip_training: trainingSchema.optional(),
      lgbm_training: trainingSchema.optional(),
      disclaimer: z.string(),
    }),
  ])
  .openapi("CataractTrainingStatus");

export const trainCancelSchema = z
  .strictObject({
    status: z.enum(["cancelling", "not_running"]),
    training_id: z.string().nullable(),
    message: z.string(),
  })
  .openapi("CataractTrainCancel");

/** @throws {Problem} field-invalid, training-data-missing, draining, store-unavailable */
export async function startTraining(
  { trainings, cases }: Serving,
  c: GatewayContext,
  model: TrainedModel,
): Promise<z.input<typeof trainStartedSchema>> {
  const origin = originOf(c);
  const request = {
    programme,
    reader: readers[model],
    viewsPerImage: readField("views", wishes.views, c.req.query("views")),
    folds: readField("folds", wishes.folds, c.req.query("folds")),
    trials: readField("trials", wishes.trials, c.req.query("trials")),
  };
  const { started, training } = await trainings.startTraining(request, origin);
  if (started) {
    // One that nobody can be held to does not go on.
    const noted = cases.recordAccess({ ...origin, action: "training.started", object: `training/${training.id}` });
    await noted.catch(async (error: unknown) => {
      await trainings.cancelTraining();
      throw error;
    });
  }
  return {
    status: started ? "started" : "already_running",
    model,
    training_time: started ? 0 : training.seconds,
    metrics: null,
    message: started
      ? `${model.toUpperCase()} model retraining triggered in background; what comes of it is a candidate`
      : "A training runs already; this one was not started",
    training_id: training.id,
  };
}

export async function trainingStatus({ trainings }: Serving): Promise<z.input<typeof trainingStatusSchema>> {
  const latest = await trainings.latestTrainings(programme);
  if (latest.length === 0) return { status: "no_training_history" };
  const entries = trainedModels.flatMap((model) => {
    const training = latest.find(({ reader }) => reader === readers[model]);
    return training === undefined ? [] : [[`${model}_training`, renderTraining(training)] as const];
  });
  return { ...Object.fromEntries(entries), disclaimer };
}

export async function cancelTraining(
  { trainings, cases }: Serving,
  c: GatewayContext,
): Promise<z.input<typeof trainCancelSchema>> {
  const training = await trainings.cancelTraining();
  if (training === undefined) return { status: "not_running", training_id: null, message: "No training runs" };
  await cases.recordAccess({ ...originOf(c), action: "training.cancelled", object: `training/${training.id}` });
  return {
    status: "cancelling",
    training_id: training.id,
    message: "It ends soon; a new one goes on from what is cached",
  };
}

function renderTraining(training: TrainingRecord): z.input<typeof trainingSchema> {
  const { figures, progress, startedAt, finishedAt, state, message } = training;
  return {
    status: states[state] as z.input<typeof trainingSchema>["status"],
    training_id: training.id,
    started: pythonTime(startedAt),
    finished: finishedAt === undefined ? null : pythonTime(finishedAt),
    timestamp: pythonTime(finishedAt ?? startedAt),
    training_time: training.seconds,
    progress: progress ?? null,
    metrics: figures === undefined ? null : mapValues(figures),
    measured_on: training.measuredOn ?? null,
    release: training.release ?? null,
    message,
    error: state === "failed" ? message : null,
  };
}

/** Only what the schema promises: a pack's record may say more of a figure. */
const mapValues = (figures: NonNullable<TrainingRecord["figures"]>): Record<string, z.input<typeof figureSchema>> =>
  Object.fromEntries(
    Object.entries(figures).map(([name, { value, interval, n, method }]) => [
      name,
      { value, interval: [interval[0], interval[1]] as [number, number], n, method },
    ]),
  );
