import { z } from "@hono/zod-openapi";
import { batchItemStates, batchStates, lanes } from "../../contracts/index.ts";
import { queueSchema } from "./queue-schemas.ts";

const counted = z
  .strictObject({ value: z.number().nullable().openapi({ description: "Null of none" }), n: z.number() })
  .openapi("Counted", { description: "A share or a percentile, and of how many" });
const named = z.array(z.strictObject({ name: z.string(), n: z.number() }));
const filled = z.strictObject({ used: z.number().nullable(), limit: z.number() });

const engine = z.looseObject({ state: z.string(), reason: z.string().optional() });
const reader = z.strictObject({ reader: z.string(), pack: z.string(), digest: z.string() });
const model = z.strictObject({
  programme: z.string(),
  title: z.string(),
  certified: z.boolean().optional(),
  missing: z.string().optional().openapi({ description: "Why it cannot answer" }),
  readers: z.array(reader),
});
const node = z.strictObject({
  name: z.string(),
  local: z.boolean(),
  state: z.string(),
  slots: z.int(),
  openItems: z.int(),
  creditItems: z.int(),
  silentS: z.number().optional(),
});
const lane = z.strictObject({ lane: z.enum(lanes), items: z.number().nullable(), waitP95S: counted });
const batch = z.strictObject({
  id: z.string(),
  programme: z.string(),
  state: z.enum(batchStates),
  counts: z.strictObject({
    ...(Object.fromEntries(batchItemStates.map((state) => [state, z.int()])) as Record<string, z.ZodInt>),
    total: z.int(),
  }),
  createdAt: z.string(),
  itemsPerSecond: z.number().optional(),
  secondsLeft: z.number().optional(),
});

export const auditSchema = z
  .strictObject({
    intact: z.boolean(),
    entries: z.int(),
    head: z.string(),
    fault: z.strictObject({ seq: z.int(), reason: z.string() }).optional().openapi({ description: "The first one" }),
    at: z.string(),
  })
  .openapi("VerifiedChain");

export const opsSchema = z
  .strictObject({
    at: z.string(),
    version: z.string(),
    seconds: z.number().openapi({ description: "All counts and percentiles are of this long, up to `at`" }),
    grafana: z.string().nullable(),
    ready: z.strictObject({ ready: z.boolean(), reason: z.string().optional() }),
    engine,
    models: z.array(model),
    nodes: z.array(node),
    gateways: z.array(z.strictObject({ name: z.string(), here: z.boolean(), leads: z.array(z.string()) })).optional(),
    queues: z.strictObject({ lanes: z.array(lane), items: filled, bytes: filled, uploadBytes: filled }),
    background: z.array(queueSchema).openapi({ description: "Work behind people who wait" }),
    requests: z.strictObject({
      n: z.number(),
      failed: z.number().openapi({ description: "Answered 5xx" }),
      shed: named.openapi({ description: "429, 503 and 504" }),
      retryAfterP50S: counted,
      cancelled: z.number(),
      codes: named.openapi({ description: "The commonest problem codes" }),
    }),
    cases: z.strictObject({
      accepted: z.number(),
      settled: named,
      p50S: counted,
      p95S: counted,
      p99S: counted,
      stages: z.array(z.strictObject({ stage: z.string(), p95S: counted })),
      toPerson: counted,
      ungradable: counted,
      escalated: counted,
      agreed: counted,
      pending: z.number().openapi({ description: "Provisional cases of the database" }),
    }),
    backlog: z
      .strictObject({ batches: z.int(), queued: z.int(), leased: z.int(), oldestS: z.number().optional() })
      .optional()
      .openapi({ description: "Absent while the database is away" }),
    batches: z.array(batch).optional().openapi({ description: "The newest, whatever their state" }),
    audit: auditSchema.nullable().openapi({ description: "As this server verified the chain last; null: not yet" }),
  })
  .openapi("Operation");

export const settingsSchema = z
  .strictObject({
    settings: z.array(
      z.strictObject({
        name: z.string(),
        value: z.union([z.string(), z.number(), z.boolean()]).nullable(),
        isDefault: z.boolean(),
      }),
    ),
  })
  .openapi("ShownSettings");
