import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import { json } from "../responses.ts";
import { imageBody } from "../upload-document.ts";
import { drHistorySchema, drScanSchema } from "./dr-answer.ts";
import { patientInSchema, patientPageSchema, patientSchema } from "./dr-patients.ts";
import { scanFieldsSchema } from "./dr-scan-fields.ts";
import { fastApiErrorSchema } from "./fastapi-problem.ts";
import { mountOf } from "./profile.ts";

const mount = mountOf("dr");
const common = { tags: ["dr (source system)"], deprecated: true };
const refusal = { default: json("Any refusal, in the source's shape", fastApiErrorSchema) };
const idParam = z.object({ id: z.string() });

export const drHealthSchema = z
  .strictObject({
    status: z.enum(["ok", "degraded"]),
    version: z.string(),
    model_loaded: z.boolean().openapi({ description: "The model's files were checked and it has answered" }),
    reason: z.string().optional().openapi({ description: "Why the status is not ok" }),
  })
  .openapi("DrHealth");

export const drWelcomeSchema = z
  .strictObject({ message: z.string(), version: z.string(), docs: z.string(), health: z.string() })
  .openapi("DrWelcome");

export const welcomeRoute: RouteConfig = {
  method: "get",
  path: mount,
  operationId: "dr_welcome",
  summary: "What this is",
  ...common,
  responses: { 200: json("The source's keys", drWelcomeSchema) },
};

export const healthRoute: RouteConfig = {
  method: "get",
  path: `${mount}/health`,
  operationId: "dr_health",
  summary: "The server's own account",
  ...common,
  responses: { 200: json("The source's keys, and ours", drHealthSchema) },
};

export const createRoute: RouteConfig = {
  method: "post",
  path: `${mount}/patients/`,
  operationId: "dr_create_patient",
  summary: "Create a patient",
  ...common,
  request: { body: { required: true, content: { "application/json": { schema: patientInSchema } } } },
  responses: { 200: json("The patient", patientSchema), ...refusal },
};

export const readRoute: RouteConfig = {
  method: "get",
  path: `${mount}/patients/{id}`,
  operationId: "dr_get_patient",
  summary: "One patient",
  ...common,
  request: { params: idParam },
  responses: { 200: json("The patient", patientSchema), ...refusal },
};

export const listRoute: RouteConfig = {
  method: "get",
  path: `${mount}/patients/`,
  operationId: "dr_list_patients",
  summary: "Patients, newest first",
  description: "`X-Total-Count` says how many there are, `Link` with `rel=next` where the next ones are.",
  ...common,
  request: { query: patientPageSchema },
  responses: { 200: json("One page", z.array(patientSchema)), ...refusal },
};

export const predictRoute: RouteConfig = {
  method: "post",
  path: `${mount}/predict/`,
  operationId: "dr_predict",
  summary: "Read one fundus photograph",
  description:
    "The fields beside the image are taken from the form or from the query. With `Prefer: wait=10` the heatmap is made before the answer.",
  ...common,
  request: {
    headers: z.object({ prefer: z.string().optional() }),
    query: scanFieldsSchema.partial(),
    body: imageBody(scanFieldsSchema.partial(), "file"),
  },
  responses: { 200: json("The source's keys, and ours", drScanSchema), ...refusal },
};

export const historyRoute: RouteConfig = {
  method: "get",
  path: `${mount}/predict/patient/{id}/history`,
  operationId: "dr_history",
  summary: "Scans of one patient, newest first",
  ...common,
  request: { params: idParam },
  responses: { 200: json("The source's keys, and ours", drHistorySchema), ...refusal },
};
