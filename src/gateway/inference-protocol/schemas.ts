import { z } from "@hono/zod-openapi";

/** What the protocol's requests and answers look like: checks requests, and stands in the document. */
const parameterSchema = z.union([z.string().max(4096), z.number(), z.boolean()]);
const parametersSchema = z.record(z.string(), parameterSchema).optional();
/** A name is only compared, an id only repeated. */
const nameSchema = z.string().max(256);
const shapeSchema = z.array(z.int().min(0)).min(1).max(2);

export const inferRequestSchema = z
  .object({
    id: nameSchema.optional().openapi({ description: "Repeated in the answer" }),
    parameters: parametersSchema.openapi({
      description:
        "`timeout` in microseconds; `binary_data_output`; and of the case: `patientId`, `laterality`, `view`, `site`, `externalId`, `visitType`, `notes`, `trainingConsent`",
    }),
    inputs: z
      .array(
        z.object({
          name: nameSchema.openapi({ example: "image" }),
          datatype: nameSchema.openapi({ example: "BYTES" }),
          shape: shapeSchema.openapi({ example: [1] }),
          parameters: parametersSchema,
          data: z
            .unknown()
            .optional()
            .openapi({
              type: "array",
              description: "The image as one text of base64",
              items: { type: "string" },
              example: ["/9j/4AAQ"],
            }),
        }),
      )
      .max(16),
    outputs: z
      .array(z.object({ name: nameSchema, parameters: parametersSchema }))
      .max(64)
      .optional(),
  })
  .openapi("InferenceRequest");

const tensorSpecSchema = z.object({ name: z.string(), datatype: z.string(), shape: z.array(z.int()) });

export const inferResponseSchema = z
  .object({
    model_name: z.string(),
    model_version: z.string(),
    id: z.string().optional(),
    parameters: z.object({
      disclaimer: z.string(),
      status: z.literal("provisional").optional().openapi({
        description: "The second look is still to come, and this is no result: `GET /v1/cases/{case_id}` has it later",
      }),
    }),
    outputs: z.array(
      tensorSpecSchema.extend({
        data: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
        parameters: z.object({ binary_data_size: z.int() }).optional(),
      }),
    ),
  })
  .openapi("InferenceResponse");

export const serverSchema = z.object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) });
export const healthSchema = z.object({
  live: z.boolean(),
  ready: z.boolean().optional(),
  error: z.string().optional(),
});
export const modelListSchema = z.object({ models: z.array(z.string()) });
export const modelSchema = z
  .object({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(tensorSpecSchema),
    outputs: z.array(tensorSpecSchema),
    properties: z.record(z.string(), z.string()),
  })
  .openapi("InferenceModel");
export const modelReadySchema = z.object({ name: z.string(), ready: z.boolean(), error: z.string().optional() });
export const modelConfigSchema = z.looseObject({ name: z.string(), platform: z.string(), max_batch_size: z.int() });

const durationSchema = z.object({ count: z.int(), ns: z.int() });
export const modelStatisticsSchema = z
  .object({
    name: z.string(),
    version: z.string(),
    last_inference: z.int().openapi({ description: "Milliseconds since 1970; 0: none yet" }),
    inference_count: z.int(),
    execution_count: z.int().openapi({ description: "Readers that were run; a cascade runs one or two" }),
    inference_stats: z.object({
      success: durationSchema,
      fail: durationSchema,
      queue: durationSchema,
      compute_input: durationSchema.openapi({ description: "Decoding" }),
      compute_infer: durationSchema.openapi({ description: "The readers" }),
      compute_output: durationSchema.openapi({ description: "Until the record was safe" }),
      cache_hit: durationSchema,
      cache_miss: durationSchema,
    }),
    batch_stats: z
      .array(z.object({ batch_size: z.int(), compute_infer: durationSchema }))
      .openapi({ description: "Empty: /metrics tells the sizes of batches" }),
  })
  .openapi("InferenceModelStatistics");
export const statisticsSchema = z.object({ model_stats: z.array(modelStatisticsSchema) });

export const repositoryIndexSchema = z.array(
  z.object({ name: z.string(), version: z.string(), state: z.enum(["READY", "UNAVAILABLE"]), reason: z.string() }),
);
export const loadedSchema = z.object({ name: z.string(), load: z.literal(true) });
export const unloadedSchema = z.object({ name: z.string(), unload: z.literal(true) });
export const repositoryRequestSchema = z.object({ ready: z.boolean().optional(), parameters: parametersSchema });

export const inferenceErrorSchema = z
  .object({ error: z.string(), code: z.string(), detail: z.string(), retryable: z.boolean(), request_id: z.string() })
  .openapi("InferenceError");
