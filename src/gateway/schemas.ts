import { z } from "@hono/zod-openapi";
import {
  caseStatuses,
  imageMediaTypes,
  problems,
  readerKinds,
  reasons,
  secondLookCauses,
  strategies,
  tasks,
} from "../contracts/index.ts";
import type { ProblemCode } from "../contracts/problems.ts";

/** What the native API answers, for the document and for the tests that hold the answers against it. */
const probability = z.number().min(0).max(1);
const probabilities = z
  .record(z.string(), probability)
  .openapi({ description: "Calibrated; sums to 1 but for findings, of which several may be there at once" });
const positiveProbability = probability
  .optional()
  .openapi({ description: "That any positive label is there; the band's thresholds are laid on it" });
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const milliseconds = z.number().min(0);

export const problemSchema = z
  .object({
    type: z.string().openapi({ example: "/docs/problems#queue-full" }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    instance: z.string().openapi({ description: "The request id, also in X-Request-Id" }),
    code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
    retryable: z.boolean().openapi({ description: "The same request may succeed later, unchanged" }),
    fields: z.array(z.object({ name: z.string(), message: z.string() })).optional(),
  })
  .openapi("Problem");

const readingSchema = z
  .strictObject({
    reader: z.enum(readerKinds),
    pack: z.string().openapi({ example: "cataract/fast-1" }),
    digest: digest.openapi({ description: "SHA-256 of the pack's manifest, which names every model file by SHA-256" }),
    probabilities,
    positiveProbability,
    timings: z.strictObject({ queueMs: milliseconds, decodeMs: milliseconds, computeMs: milliseconds }),
    worker: z.string(),
    domainPValue: probability.optional(),
  })
  .openapi("Reading");

const bandFields = {
  pack: z.string(),
  lo: probability,
  hi: probability,
  a: probability,
  b: probability,
  target: z.looseObject({ missRate: probability, falsePositiveRate: probability, confidence: probability }),
  certificate: z.looseObject({ certified: z.boolean(), reason: z.string() }).openapi({
    description: "What labelled images that chose nothing prove about the band, or why they prove nothing",
  }),
};

const overrideSchema = z
  .strictObject({
    step: z.int().min(0).openapi({
      description: "Among the certified steps, 1 the safest; 0: nothing of the band is decided without a person",
    }),
    incident: z.string(),
  })
  .openapi("BandOverride", { description: "Why the thresholds are safer than the pack's own" });

const decisionSchema = z
  .strictObject({
    outcome: z.enum(["negative", "positive", "person"]),
    label: z.string(),
    probability,
    probabilities,
    positiveProbability,
    stage: z.enum(readerKinds),
    escalated: z.boolean(),
    reason: z.enum(reasons),
    explanation: z.string(),
    strategy: z.enum(strategies),
    band: z.strictObject({
      ...bandFields,
      fuse: z.object({ w0: z.number(), w1: z.number(), w2: z.number() }),
      override: overrideSchema.optional(),
    }),
    gradability: z.enum(["gradable", "usable", "ungradable"]),
    quality: z.strictObject({ luminance: z.number(), contrast: z.number(), sharpness: z.number() }),
  })
  .openapi("Decision");

const secondLookSchema = z
  .strictObject({
    cause: z.enum(secondLookCauses),
    gain: probability.openapi({ description: "How much more probably right a second look makes the answer" }),
    gainFrom: z.enum(["pack", "band"]).openapi({
      description: "`pack`: measured when the band was chosen; `band`: computed from the distance to the band's middle",
    }),
    dueAt: z.iso.datetime().openapi({ description: "Without a second look by then a person decides" }),
    settledAt: z.iso.datetime().optional(),
  })
  .openapi("SecondLook", { description: "Only of a case that is, or was, provisional" });

export const caseSchema = z
  .strictObject({
    id: z.uuid(),
    programme: z.string(),
    status: z.enum(caseStatuses).openapi({
      description:
        "`provisional`: the second look is still to come. The decision then says that a person has it, and is no result",
    }),
    secondLook: secondLookSchema.optional(),
    decision: decisionSchema,
    readings: z.array(readingSchema).min(1),
    image: z
      .strictObject({
        sha256: digest,
        mediaType: z.enum(imageMediaTypes),
        bytes: z.int().positive(),
        width: z.int().positive(),
        height: z.int().positive(),
      })
      .openapi({ description: "The stored file: rebuilt from what was uploaded, without its metadata" }),
    patientId: z.string().optional(),
    laterality: z.enum(["left", "right", "both", "unknown"]).optional(),
    view: z.string().optional(),
    site: z.string().optional(),
    externalId: z.string().optional(),
    visitType: z.string().optional(),
    notes: z.string().optional(),
    trainingConsent: z.boolean().optional(),
    createdAt: z.iso.datetime(),
    disclaimer: z.string(),
    links: z.strictObject({ self: z.string(), readings: z.string(), image: z.string(), heatmap: z.string() }),
  })
  .openapi("Case");

export const caseListSchema = z.strictObject({
  cases: z.array(caseSchema),
  next: z.string().optional().openapi({ description: "`cursor` of the next page; absent on the last one" }),
  disclaimer: z.string(),
});
export const readingsSchema = z.strictObject({ readings: z.array(readingSchema), disclaimer: z.string() });
export const imageLinkSchema = z.strictObject({ href: z.string(), expiresAt: z.iso.datetime() });

const readerSchema = z.strictObject({ pack: z.string(), digest });
const floorSchema = z.object({
  luminanceMin: z.number(),
  luminanceMax: z.number(),
  contrastMin: z.number(),
  sharpnessMin: z.number(),
});

export const programmeSchema = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    description: z.string(),
    labels: z.array(z.string()),
    task: z
      .enum(tasks)
      .openapi({ description: "What is asked: one of two labels, one of several, a grade, or findings" }),
    positive: z.array(z.string()).openapi({ description: "Labels that make a case positive" }),
    views: z.array(z.string()),
    status: z.enum(["ready", "missing"]),
    reason: z.string().optional().openapi({ description: "Why the programme cannot answer" }),
    readers: z.strictObject({ fast: readerSchema, fine: readerSchema }).optional(),
    band: z.strictObject({ ...bandFields, override: overrideSchema.optional() }).optional(),
    quality: z.strictObject({ ungradable: floorSchema, usable: floorSchema }),
    disclaimer: z.string(),
  })
  .openapi("Programme");

export const programmesSchema = z.strictObject({ programmes: z.array(programmeSchema), disclaimer: z.string() });

export const readySchema = z
  .strictObject({
    ready: z.boolean(),
    reason: z.string().optional(),
    engine: z.strictObject({
      state: z.enum(["starting", "ready", "restarting", "draining", "stopped", "unknown"]),
      reason: z.string().optional(),
      workers: z.int().optional(),
      restarts: z.int().optional(),
    }),
    programmes: z.array(z.strictObject({ id: z.string(), status: z.enum(["ready", "missing"]) })),
  })
  .openapi("Readiness");

export const liveSchema = z.strictObject({ live: z.literal(true), version: z.string() });
