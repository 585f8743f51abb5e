import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import { subjectSchema } from "../case-request.ts";
import { content, json } from "../responses.ts";
import { imageBody } from "../upload-document.ts";
import { modelStateSchema } from "./eye-ai.ts";
import { eyeAnalysisSchema, eyeNotificationSchema, eyePatientSchema } from "./eye-patient.ts";
import {
  judgementSchema,
  notificationDraftSchema,
  notificationPageSchema,
  patientChangeSchema,
  patientDraftSchema,
  patientPageSchema,
  removalSchema,
} from "./eye-patient-fields.ts";
import { eyeHealthSchema, eyeInfoSchema } from "./eye-system.ts";
import { fastApiErrorSchema } from "./fastapi-problem.ts";
import { mountOf } from "./profile.ts";

const mount = mountOf("eye");
const refusal = { default: json("Any refusal, in the source's shape", fastApiErrorSchema) };
const idParam = z.object({ id: z.string() });
const said = z.strictObject({ message: z.string(), success: z.boolean() }).openapi("EyeMessage");

type Method = "get" | "post" | "patch" | "delete";
interface Route {
  readonly summary: string;
  readonly answers: z.ZodType;
  readonly status?: 200 | 201;
  readonly request?: RouteConfig["request"];
}

function route(method: Method, path: string, { summary, answers, status = 200, request }: Route): RouteConfig {
  const params = path.includes("{id}") ? { params: idParam } : {};
  return {
    method,
    path: `${mount}${path}`,
    operationId: `eye_${method}${path.replaceAll(/[/{}-]+/g, "_")}`,
    summary,
    tags: ["eye (source system)"],
    deprecated: true,
    request: { ...params, ...request },
    responses: { [status]: json("The source's keys, and ours", answers), ...refusal },
  };
}

const jsonBody = (schema: z.ZodType, required = true): RouteConfig["request"] => ({
  body: { required, content: { "application/json": { schema } } },
});

export const routes = {
  root: route("get", "/", { summary: "What this is", answers: eyeInfoSchema }),
  info: route("get", "/api", { summary: "What this is", answers: eyeInfoSchema }),
  health: route("get", "/health", { summary: "The server's own account", answers: eyeHealthSchema }),

  listPatients: route("get", "/api/patients", {
    summary: "People, newest first; how many there are is in X-Total-Count",
    answers: z.array(eyePatientSchema),
    request: { query: patientPageSchema },
  }),
  admitPatient: route("post", "/api/patients", {
    summary: "Admit a person",
    answers: eyePatientSchema,
    status: 201,
    request: jsonBody(patientDraftSchema),
  }),
  readPatient: route("get", "/api/patients/{id}", { summary: "One person", answers: eyePatientSchema }),
  changePatient: route("patch", "/api/patients/{id}", {
    summary: "Change a person; what only its own route may move is ignored and named in X-Ignored-Fields",
    answers: eyePatientSchema,
    request: jsonBody(patientChangeSchema),
  }),
  removePatient: route("delete", "/api/patients/{id}", {
    summary: "Remove a person",
    answers: said,
    request: { query: removalSchema },
  }),
  analysePatient: route("post", "/api/patients/{id}/analyze", {
    summary: "Read the person's picture",
    answers: eyePatientSchema,
  }),
  validatePatient: route("post", "/api/patients/{id}/validate", {
    summary: "Say yes or no to the analysis",
    answers: eyePatientSchema,
    request: { query: z.object({ approved: z.string().optional() }), ...jsonBody(judgementSchema, false) },
  }),
  schedulePatient: route("post", "/api/patients/{id}/schedule", {
    summary: "Note an appointment",
    answers: eyePatientSchema,
    request: {
      query: z.object({ appointment_date: z.string().optional() }),
      ...jsonBody(z.object({ appointment_date: z.string() }), false),
    },
  }),

  listNotifications: route("get", "/api/notifications", {
    summary: "Notifications, newest first",
    answers: z.array(eyeNotificationSchema),
    request: { query: notificationPageSchema },
  }),
  countUnread: route("get", "/api/notifications/unread-count", {
    summary: "How many are unread",
    answers: z.strictObject({ count: z.int() }),
  }),
  createNotification: route("post", "/api/notifications", {
    summary: "Tell something about a person",
    answers: eyeNotificationSchema,
    status: 201,
    request: jsonBody(notificationDraftSchema),
  }),
  markAllRead: route("patch", "/api/notifications/mark-all-read", { summary: "Mark all as read", answers: said }),
  markRead: route("patch", "/api/notifications/{id}/read", {
    summary: "Mark one as read",
    answers: eyeNotificationSchema,
  }),
  removeNotification: route("delete", "/api/notifications/{id}", { summary: "Delete one", answers: said }),

  analyseImage: route("post", "/api/ai/analyze", {
    summary: "Read one picture in base64",
    answers: eyeAnalysisSchema,
    request: jsonBody(z.object({ image_base64: z.string(), patient_id: z.string().optional() })),
  }),
  analyseUpload: route("post", "/api/ai/analyze-upload", {
    summary: "Read one uploaded picture",
    answers: eyeAnalysisSchema,
    request: { body: imageBody(subjectSchema, "file") },
  }),
  aiHealth: route("get", "/api/ai/health", { summary: "Whether pictures can be read", answers: modelStateSchema }),
  loadModel: route("post", "/api/ai/load-model", { summary: "Load the model", answers: modelStateSchema }),
  unloadModel: route("post", "/api/ai/unload-model", { summary: "Unload the model", answers: modelStateSchema }),
};

export const imageRoute: RouteConfig = {
  ...route("get", "/api/patients/{id}/image", { summary: "The person's stored picture", answers: z.any() }),
  responses: { 200: content("The picture", "image/*"), ...refusal },
};
