import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import { strategySchema, subjectSchema } from "../case-request.ts";
import { json } from "../responses.ts";
import { imageBody } from "../upload-document.ts";
import { halluxAnswerSchema } from "./hallux-answer.ts";
import { halluxErrorSchema } from "./hallux-problem.ts";
import { halluxClassesSchema, halluxHealthSchema, halluxInfoSchema, halluxModelSchema } from "./hallux-system.ts";
import { mountOf } from "./profile.ts";

const mount = mountOf("hallux");
const tags = ["hallux (source system)"];
const refusal = json("Any refusal, in the source's shape", halluxErrorSchema);
const read = json("The source's keys, and ours. Percentages are 0..100", halluxAnswerSchema);
const wishes = { query: z.object({ strategy: strategySchema.optional() }) };

const get = (path: string, name: string, summary: string, schema: z.ZodType): RouteConfig => ({
  method: "get",
  path: `${mount}${path}`,
  operationId: `hallux_${name}`,
  summary,
  tags,
  deprecated: true,
  responses: { 200: json("The source's keys, and ours", schema), default: refusal },
});

export const infoRoute = get("/", "info", "What is offered here", halluxInfoSchema);
export const healthRoute = get("/health", "health", "The server's own account", halluxHealthSchema);
export const modelRoute = get("/model_info", "model_info", "The model, and how well it reads", halluxModelSchema);
export const classesRoute = get("/classifications", "classifications", "The classes", halluxClassesSchema);

export const predictRoute: RouteConfig = {
  method: "post",
  path: `${mount}/predict`,
  operationId: "hallux_predict",
  summary: "Read one image of a foot",
  description: "PNG, JPEG, BMP or TIFF by its bytes, at most 16 MB. A part named `file` is taken for `image`.",
  tags,
  deprecated: true,
  request: { ...wishes, body: imageBody(subjectSchema) },
  responses: { 200: read, default: refusal },
};

export const base64Route: RouteConfig = {
  method: "post",
  path: `${mount}/predict_base64`,
  operationId: "hallux_predict_base64",
  summary: "Read one image of a foot that comes as base64",
  tags,
  deprecated: true,
  request: {
    ...wishes,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.object({
            image: z.string().openapi({ description: "Base64, plain or as a data URL" }),
            ...subjectSchema.shape,
          }),
        },
      },
    },
  },
  responses: { 200: read, default: refusal },
};

/**
 * Endpoints of models that the source only pretended to have: it answered with its one model and a scaled confidence.
 * Nothing is served in their place, so they are in no document.
 */
export const absentPaths = ["predict_vit", "predict_resnet"].map((name) => `${mount}/${name}`);
