import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import { strategySchema, subjectSchema } from "../case-request.ts";
import { json } from "../responses.ts";
import { binary } from "../upload-document.ts";
import { chestAnswerSchema } from "./chest-answer.ts";
import { chestExplanationSchema } from "./chest-explain.ts";
import { chestErrorSchema } from "./chest-problem.ts";
import { chestHealthSchema, chestInfoSchema } from "./chest-system.ts";
import { mountOf } from "./profile.ts";

const mount = mountOf("chest");
const tags = ["chest (source system)"];
const refusal = json("Any refusal, in the source's shapes at once", chestErrorSchema);

/** As many as the source names. */
export const topDefault = 5;
export const topSchema = z.coerce
  .number()
  .int()
  .min(1)
  .max(100)
  .openapi({
    type: "integer",
    minimum: 1,
    maximum: 100,
    description: `How many labels to name. Default: ${topDefault}`,
  });
export const classSchema = z
  .string()
  .max(64)
  .openapi({ description: "Label to explain, as the model or as people write it. Default: the most probable" });
export const caseIdSchema = z.uuid().openapi({ description: "A case that was read before, in place of an upload" });

const form = (isRequired: boolean) => ({
  required: isRequired,
  content: {
    "multipart/form-data": { schema: z.object({ file: z.string().openapi(binary), ...subjectSchema.shape }) },
  },
});

const get = (path: string, name: string, summary: string, schema: z.ZodType): RouteConfig => ({
  method: "get",
  path: `${mount}${path}`,
  operationId: `chest_${name}`,
  summary,
  tags,
  deprecated: true,
  responses: { 200: json("The source's keys, and ours", schema), default: refusal },
});

export const infoRoute = get("/", "info", "What is offered here", chestInfoSchema);
export const healthRoutes: readonly RouteConfig[] = [
  get("/api/health", "api_health", "The server's own account", chestHealthSchema),
  get("/health", "health", "The server's own account", chestHealthSchema),
];

export const predictRoute: RouteConfig = {
  method: "post",
  path: `${mount}/api/predict`,
  operationId: "chest_predict",
  summary: "Read one X-ray of the chest",
  description: "PNG or JPEG by its bytes. A part named `image` is taken for `file`.",
  tags,
  deprecated: true,
  request: {
    query: z.object({ top: topSchema.optional(), strategy: strategySchema.optional() }),
    body: form(true),
  },
  responses: { 200: json("The source's keys, and ours. Probabilities are 0..1", chestAnswerSchema), default: refusal },
};

export const explainRoute: RouteConfig = {
  method: "post",
  path: `${mount}/api/explain`,
  operationId: "chest_explain",
  summary: "Show where the fine reader saw evidence",
  description:
    "Reads an upload, or explains the case of `case_id` without another upload. `heatmap_image` is the overlay alone, with an alpha channel, to be laid over the upright image; the source painted it onto the image. It shows what moved the network, not where a disease is.",
  tags,
  deprecated: true,
  request: {
    query: z.object({
      class: classSchema.optional(),
      case_id: caseIdSchema.optional(),
      strategy: strategySchema.optional(),
    }),
    body: form(false),
  },
  responses: { 200: json("The source's keys, and ours", chestExplanationSchema), default: refusal },
};
