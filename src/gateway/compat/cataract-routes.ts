import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import { subjectSchema } from "../case-request.ts";
import { json } from "../responses.ts";
import { imageBody } from "../upload-document.ts";
import { cataractAnswerSchema } from "./cataract-answer.ts";
import { cataractBatchSchema } from "./cataract-batch-answer.ts";
import { batchModelSchema, saveResultsSchema } from "./cataract-batch-plan.ts";
import type { CataractModel } from "./cataract-models.ts";
import { cataractErrorSchema } from "./cataract-problem.ts";
import { cataractHealthSchema, cataractSystemSchema } from "./cataract-system.ts";
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

export const predictRoute = (model: CataractModel): RouteConfig => ({
  method: "post",
  path: `${mount}/predict_${model}`,
  operationId: name(`/predict_${model}`),
  summary: `Read one image with ${model === "ensemble" ? "both models" : model}`,
  tags,
  deprecated: true,
  request: {
    ...(model === "ensemble" && { headers: z.object({ "x-strategy": z.enum(["cascade", "mean"]).optional() }) }),
    body: imageBody(subjectSchema),
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
    "Images are read while they arrive: `model` must come in the query, or in the form before the first image.",
  tags,
  deprecated: true,
  request: {
    query: z.object({ model: batchModelSchema.optional(), save_results: saveResultsSchema.optional() }),
    body: {
      required: true,
      content: {
        "multipart/form-data": {
          schema: z.object({
            model: batchModelSchema.optional(),
            save_results: saveResultsSchema.optional(),
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
