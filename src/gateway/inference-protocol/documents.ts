import { type RouteConfig, z } from "@hono/zod-openapi";
import { imageMediaTypes } from "../../contracts/index.ts";
import { json } from "../responses.ts";
import { binary } from "../upload-document.ts";
import {
  healthSchema,
  inferenceErrorSchema,
  inferRequestSchema,
  inferResponseSchema,
  loadedSchema,
  modelConfigSchema,
  modelListSchema,
  modelReadySchema,
  modelSchema,
  repositoryIndexSchema,
  repositoryRequestSchema,
  serverSchema,
  statisticsSchema,
  unloadedSchema,
} from "./schemas.ts";

const tags = ["open inference protocol"];
const refused = { default: json("A refusal; `code` is stable", inferenceErrorSchema) };

const get = (path: string, operationId: string, summary: string, schema: z.ZodType): RouteConfig => ({
  method: "get",
  path,
  operationId,
  summary,
  tags,
  ...params(path),
  responses: { 200: json(summary, schema), ...refused },
});

const post = (path: string, operationId: string, summary: string, schema: z.ZodType): RouteConfig => ({
  ...get(path, operationId, summary, schema),
  method: "post",
  request: {
    ...params(path).request,
    body: { required: false, content: { "application/json": { schema: repositoryRequestSchema } } },
  },
});

function params(path: string): { request?: { params: z.ZodObject } } {
  const names = [...path.matchAll(/{(\w+)}/g)].map(([, name]) => name as string);
  if (names.length === 0) return {};
  const example = (name: string) => (name === "version" ? "1" : "cataract");
  const shape = Object.fromEntries(names.map((name) => [name, z.string().openapi({ example: example(name) })]));
  return { request: { params: z.object(shape) } };
}

const probe = (path: string, operationId: string, summary: string): RouteConfig => ({
  ...get(path, operationId, summary, healthSchema),
  security: [],
});

const infer = (path: string, operationId: string): RouteConfig => ({
  ...get(path, operationId, "Read one image", inferResponseSchema),
  method: "post",
  description:
    "As `POST /v1/programmes/{programme}/cases`: read, decided and recorded. With `Inference-Header-Content-Length` the body is JSON of that length and the tensors behind it; 0 says that the body is the image alone.",
  request: {
    ...params(path).request,
    headers: z.object({ "inference-header-content-length": z.coerce.number().int().min(0).optional() }),
    body: {
      required: true,
      content: {
        "application/json": { schema: inferRequestSchema },
        ...Object.fromEntries(
          ["application/octet-stream", ...imageMediaTypes].map((mediaType) => [mediaType, { schema: binary }]),
        ),
      },
    },
  },
  responses: {
    200: {
      description: "The decision, as tensors",
      content: { "application/json": { schema: inferResponseSchema }, "application/octet-stream": { schema: binary } },
    },
    ...refused,
  },
});

const model = "/v2/models/{model}";
const version = `${model}/versions/{version}`;

/** Every route of the protocol that is served, by what it does; of a model also by version. */
export const documents = {
  server: get("/v2", "inferenceServer", "The server, and what of the protocol it serves", serverSchema),
  live: probe("/v2/health/live", "inferenceLive", "The process lives"),
  ready: probe("/v2/health/ready", "inferenceReady", "Inferences are accepted"),
  models: get("/v2/models", "inferenceModels", "Names of the models", modelListSchema),
  allStatistics: get("/v2/models/stats", "inferenceStatistics", "Counts of all models", statisticsSchema),
  metadata: [
    get(model, "inferenceModel", "A model's tensors", modelSchema),
    get(version, "inferenceModelVersion", "A model version's tensors", modelSchema),
  ],
  modelReady: [
    get(`${model}/ready`, "inferenceModelReady", "Whether a model answers", modelReadySchema),
    get(`${version}/ready`, "inferenceModelVersionReady", "Whether a model version answers", modelReadySchema),
  ],
  config: [
    get(`${model}/config`, "inferenceModelConfig", "A model's configuration in force", modelConfigSchema),
    get(`${version}/config`, "inferenceModelVersionConfig", "The same of a version", modelConfigSchema),
  ],
  statistics: [
    get(`${model}/stats`, "inferenceModelStatistics", "Counts since the start", statisticsSchema),
    get(`${version}/stats`, "inferenceModelVersionStatistics", "The same of a version", statisticsSchema),
  ],
  infer: [infer(`${model}/infer`, "infer"), infer(`${version}/infer`, "inferVersion")],
  index: post("/v2/repository/index", "inferenceRepository", "Every model and its state", repositoryIndexSchema),
  load: post("/v2/repository/models/{model}/load", "inferenceLoad", "Load a model", loadedSchema),
  unload: post("/v2/repository/models/{model}/unload", "inferenceUnload", "Take a model out", unloadedSchema),
} as const;
