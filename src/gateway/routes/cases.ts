import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import { setCaseHeaders } from "../case-headers.ts";
import {
  deadlineSchema,
  idempotencyKeySchema,
  laneSchema,
  readWishes,
  strategySchema,
  subjectSchema,
} from "../case-request.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { linksOf, renderCase } from "../render-case.ts";
import { json, problemResponses, uploadProblems } from "../responses.ts";
import { caseSchema } from "../schemas.ts";
import { screenUpload } from "../screen-upload.ts";
import type { Serving } from "../serving.ts";
import { imageBody } from "../upload-document.ts";

/** `file` is what many clients call it. */
const imageFields = ["image", "file"] as const;

const route: RouteConfig = {
  method: "post",
  path: "/v1/programmes/{programme}/cases",
  operationId: "createCase",
  summary: "Read one image",
  description:
    "The image is streamed in, rebuilt without its metadata, read, decided and recorded; the answer comes once the record is safe. When the fine reader is needed and cannot be had, the case is recorded as `provisional`: nothing is decided then, and `GET /v1/cases/{id}` answers the decision once it is there.",
  tags: ["cases"],
  request: {
    params: z.object({ programme: z.string().openapi({ example: "cataract" }) }),
    query: z.object({ strategy: strategySchema.optional() }),
    headers: z.object({
      "x-strategy": strategySchema.optional(),
      "x-lane": laneSchema.optional(),
      "x-deadline-ms": deadlineSchema.optional(),
      "idempotency-key": idempotencyKeySchema.optional(),
    }),
    body: imageBody(subjectSchema),
  },
  responses: {
    201: json("The decided case", caseSchema),
    202: {
      ...json("A provisional case: ask for it again", caseSchema),
      headers: { "Retry-After": { description: "Seconds", schema: { type: "integer" } } },
    },
    ...problemResponses(uploadProblems),
  },
};

export function routeCases(app: GatewayApp, serving: Serving): void {
  answer(app, route, async (c) => {
    const programme = c.req.param("programme") ?? "";
    const screened = await screenUpload(serving, c, { programme, imageFields, ...readWishes(c) });
    setCaseHeaders(c, screened);
    c.header("Location", linksOf(screened.record.id).self);
    return c.json(renderCase(screened.record), screened.record.status === "decided" ? 201 : 202);
  });
}
