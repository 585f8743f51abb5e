import { type RouteConfig, z } from "@hono/zod-openapi";
import { subjectSchema } from "../case-request.ts";
import { json } from "../responses.ts";
import { imageBody } from "../upload-document.ts";
import { cataractAnswerSchema } from "./cataract-answer.ts";
import { cataractBatchSchema } from "./cataract-batch-answer.ts";
import { batchModelSchema, saveResultsSchema } from "./cataract-batch-plan.ts";
import { consentFields } from "./cataract-consent.ts";
import { driftSchema } from "./cataract-drift.ts";
import type { CataractModel } from "./cataract-models.ts";
import { cataractErrorSchema } from "./cataract-problem.ts";
import { cataractHealthSchema, cataractSystemSchema } from "./cataract-system.ts";
import {
  type TrainedModel,
  trainCancelSchema,
  trainingStatusSchema,
  trainQuerySchema,
  trainStartedSchema,
} from "./cataract-training.ts";
import { mountOf } from "./profile.ts";

const mount = mountOf("cataract");
const tags = ["cataract (source system)"];
const refusal = json("Any refusal, in the source's shape", cataractErrorSchema);
const name = (path: string): string => `cataract${path.replaceAll("/", "_")}`;

const get = (path: string, summary: string, schema: z.ZodType): RouteConfig => ({
  method: "get",
  path: `${mount}${path}`,
  operationId: name(path),
  summary,
  tags,
  deprecated: true,
  responses: { 200: json("The source's keys, and ours", schema) },
});

export const healthRoute = get("/health", "The server's own account", cataractHealthSchema);
export const systemRoute = get("/system_info", "What runs here", cataractSystemSchema);
export const trainingStatusRoute = get("/training_status", "The newest training of each model", trainingStatusSchema);
export const driftRoute = get("/drift_status", "Whether images are still what the readers know", driftSchema);

export const predictRoute = (model: CataractModel): RouteConfig => ({
  method: "post",
  path: `${mount}/predict_${model}`,
  operationId: name(`/predict_${model}`),
  summary: `Read one image with ${model === "ensemble" ? "both models" : model}`,
  tags,
  deprecated: true,
  request: {
    ...(model === "ensemble" && { headers: z.object({ "x-strategy": z.enum(["cascade", "mean"]).optional() }) }),
    body: imageBody(subjectSchema.extend(consentFields)),
  },
  responses: {
    200: json("The source's keys, and ours", cataractAnswerSchema),
    default: refusal,
  },
});

export const batchRoute: RouteConfig = {
  method: "post",
  path: `${mount}/predict_batch`,
  operationId: name("/predict_batch"),
  summary: "Read many images; a bad one fails alone",
  description:
    "Images are read while they arrive: `model` and `training_consent` must come in the query, or in the form before the first image.",
  tags,
  deprecated: true,
  request: {
    query: z.object({
      model: batchModelSchema.optional(),
      save_results: saveResultsSchema.optional(),
      ...consentFields,
    }),
    body: {
      required: true,
      content: {
        "multipart/form-data": {
          schema: z.object({
            model: batchModelSchema.optional(),
            save_results: saveResultsSchema.optional(),
            ...consentFields,
            images: z.array(z.string().openapi({ format: "binary" })),
          }),
        },
      },
    },
  },
  responses: {
    200: json("One prediction an image, in the order of the upload", cataractBatchSchema),
    default: refusal,
  },
};

export const resultsRoute: RouteConfig = {
  method: "get",
  path: `${mount}/results/{id}`,
  operationId: name("/results"),
  summary: "A kept answer of /predict_batch",
  description: "As it was given, for RESULTS_DAYS. With `expires` and `signature` of its link no key is needed.",
  tags,
  request: {
    params: z.object({ id: z.uuid() }),
    query: z.object({ expires: z.string().optional(), signature: z.string().optional() }),
  },
  responses: { 200: json("The answer", cataractBatchSchema), default: refusal },
};

export const trainRoute = (model: TrainedModel): RouteConfig => ({
  method: "post",
  path: `${mount}/train_${model}`,
  operationId: name(`/train_${model}`),
  summary: `Train ${model} on the images of TRAIN_DATA_DIR`,
  description:
    "In a process beside the server, one at a time. A band is true only of the pair of readers it was measured on, so either route trains both readers and their band; the figures it reports are those of its own. What comes of it is a candidate: it serves once an operator promotes it.",
  tags,
  deprecated: true,
  request: { query: trainQuerySchema },
  responses: { 200: json("It was started, or one runs already", trainStartedSchema), default: refusal },
});

export const trainCancelRoute: RouteConfig = {
  method: "post",
  path: `${mount}/train_cancel`,
  operationId: name("/train_cancel"),
  summary: "End the training that runs",
  tags,
  responses: { 200: json("It ends soon, or none runs", trainCancelSchema), default: refusal },
};
