import { type RouteConfig, z } from "@hono/zod-openapi";
import { batchItemStates, batchPriorities, batchStates, problems } from "../../contracts/index.ts";
import type { ProblemCode } from "../../contracts/problems.ts";
import { idempotencyKeySchema, strategySchema, subjectSchema } from "../case-request.ts";
import { json, problemResponses, uploadProblems } from "../responses.ts";
import { caseSchema } from "../schemas.ts";
import { binary } from "../upload-document.ts";

const count = z.int().min(0);
export const batchSchema = z
  .strictObject({
    id: z.uuid(),
    programme: z.string(),
    strategy: strategySchema.optional(),
    priority: z.enum(batchPriorities),
    status: z.enum(batchStates),
    counts: z.strictObject({
      total: count,
      ...(Object.fromEntries(batchItemStates.map((state) => [state, count])) as Record<
        (typeof batchItemStates)[number],
        typeof count
      >),
    }),
    itemsPerSecond: z.number().nullable().openapi({ description: "As measured over the last seconds; null: unknown" }),
    etaSeconds: z.int().nullable().openapi({ description: "Until it is finished, at that rate; null: unknown" }),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    webhook: z
      .enum(["due", "sent", "failed"])
      .nullable()
      .openapi({ description: "Null before the end, or without one" }),
    links: z.strictObject({
      self: z.string(),
      events: z.string(),
      results: z.string(),
      cancel: z.string(),
      retry: z.string(),
    }),
  })
  .openapi("Batch");

const batchListSchema = z
  .strictObject({ batches: z.array(batchSchema), next: z.string().optional() })
  .openapi("BatchList");

const resultSchema = z
  .strictObject({
    index: count,
    custom_id: z.string().nullable(),
    status: z.enum(["done", "failed", "dead", "cancelled"]),
    case: z.union([caseSchema, z.null()]),
    error: z
      .strictObject({ code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]), detail: z.string() })
      .nullable(),
  })
  .openapi("BatchResult");

const itemSchema = z
  .object({
    custom_id: z.string().optional().openapi({ description: "Your name of the item, once in a batch" }),
    image: z.string().optional().openapi({ description: "Base64, plain or as a data URL" }),
    object: z.string().optional().openapi({ description: "SHA-256 of an image that is stored here already" }),
    url: z.url().optional().openapi({ description: "Where the image is; only hosts of BATCH_URL_HOSTS are asked" }),
    ...subjectSchema.shape,
  })
  .openapi("BatchItem", { description: "One of `image`, `object` and `url`, and what is known of the image" });

const prefixSchema = z
  .object({
    prefix: z.string().openapi({ description: "Below BATCH_S3_PREFIX, in the bucket of OBJECT_STORE" }),
    programme: z.string().optional(),
    strategy: strategySchema.optional(),
    priority: z.enum(batchPriorities).optional(),
    webhook: z.url().optional(),
  })
  .openapi("BatchPrefix");

const formSchema = z.object({
  programme: z.string().optional(),
  strategy: strategySchema.optional(),
  priority: z.enum(batchPriorities).optional(),
  webhook: z.url().optional(),
  images: z.array(z.string().openapi({ format: "binary" })),
});

const idParam = z.object({ id: z.uuid() });
const common: readonly ProblemCode[] = ["unauthorised", "batch-unknown", "store-unavailable", "internal"];
const lines = (description: string, mediaType: string) => ({
  description,
  content: { [mediaType]: { schema: { type: "string" as const } } },
});

export const createRoute: RouteConfig = {
  method: "post",
  path: "/v1/batches",
  operationId: "createBatch",
  summary: "Have many images read in the background",
  description:
    "The body is streamed in, item by item; the answer comes once every item is safe. `programme`, `strategy`, `priority` and `webhook` stand in the query, in fields before the first file, in a first line of their own (NDJSON) or in the object (prefix). An image that cannot be read is an item that has failed; a body that cannot be read is refused whole.",
  tags: ["batches"],
  request: {
    query: z.object({
      programme: z.string().optional(),
      strategy: strategySchema.optional(),
      priority: z.enum(batchPriorities).optional().openapi({ description: "Default: normal" }),
      webhook: z.url().optional().openapi({ description: "Told of the end, signed with WEBHOOK_SECRET" }),
    }),
    headers: z.object({ "idempotency-key": idempotencyKeySchema.optional() }),
    body: {
      required: true,
      content: {
        "multipart/form-data": { schema: formSchema },
        "application/x-ndjson": { schema: itemSchema },
        "application/zip": { schema: binary },
        "application/json": { schema: prefixSchema },
      },
    },
  },
  responses: { 202: json("The batch, which runs", batchSchema), ...problemResponses(uploadProblems) },
};

export const listRoute: RouteConfig = {
  method: "get",
  path: "/v1/batches",
  operationId: "listBatches",
  summary: "Batches, newest first",
  tags: ["batches"],
  request: { query: z.object({ limit: z.coerce.number().int().optional(), cursor: z.string().optional() }) },
  responses: {
    200: json("One page", batchListSchema),
    ...problemResponses(["field-invalid", "unauthorised", "store-unavailable", "internal"]),
  },
};

export const getRoute: RouteConfig = {
  method: "get",
  path: "/v1/batches/{id}",
  operationId: "getBatch",
  summary: "How far a batch is",
  tags: ["batches"],
  request: { params: idParam },
  responses: { 200: json("The batch", batchSchema), ...problemResponses(common) },
};

export const cancelRoute: RouteConfig = {
  method: "post",
  path: "/v1/batches/{id}/cancel",
  operationId: "cancelBatch",
  summary: "Cancel what nobody works on yet",
  tags: ["batches"],
  request: { params: idParam },
  responses: { 200: json("The batch; one that is finished stays as it is", batchSchema), ...problemResponses(common) },
};

export const retryRoute: RouteConfig = {
  method: "post",
  path: "/v1/batches/{id}/retry-failed",
  operationId: "retryFailed",
  summary: "Try again what failed",
  description: "Items that failed on their way in left no image; they stay failed. A cancelled batch stays as it is.",
  tags: ["batches"],
  request: { params: idParam },
  responses: { 200: json("The batch", batchSchema), ...problemResponses(common) },
};

export const eventsRoute: RouteConfig = {
  method: "get",
  path: "/v1/batches/{id}/events",
  operationId: "batchEvents",
  summary: "Progress as server-sent events",
  description:
    "Each event holds the batch as `GET /v1/batches/{id}` answers it; its id grows with every change and means the same to every server. After `end` nothing more comes; who asks again with that id as Last-Event-ID is answered 204.",
  tags: ["batches"],
  request: { params: idParam, headers: z.object({ "last-event-id": z.string().optional() }) },
  responses: {
    200: lines("`progress` events, then `end`", "text/event-stream"),
    204: { description: "It ended, and that is known" },
    ...problemResponses([...common, "queue-full"]),
  },
};

export const resultsRoute: RouteConfig = {
  method: "get",
  path: "/v1/batches/{id}/results",
  operationId: "batchResults",
  summary: "Results in the order of items, also while it runs",
  description:
    "Ends before the first item that is not settled; go on later with `after`, the `index` of the last line. With `follow` it waits for that item instead, until the batch ends.",
  tags: ["batches"],
  request: {
    params: idParam,
    query: z.object({
      format: z.enum(["ndjson", "csv"]).optional(),
      after: z.coerce.number().int().optional(),
      follow: z.stringbool().optional().openapi({ type: "boolean" }),
    }),
  },
  responses: {
    200: {
      description: "One result a line",
      content: {
        "application/x-ndjson": { schema: resultSchema },
        "text/csv": { schema: { type: "string" as const } },
      },
    },
    ...problemResponses([...common, "field-invalid", "queue-full"]),
  },
};
