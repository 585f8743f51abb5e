import { z } from "@hono/zod-openapi";
import { queueNames } from "../../contracts/index.ts";

const queueName = z.enum(queueNames);
const reasonMax = 200;

export const queueSchema = z
  .strictObject({
    queue: queueName,
    width: z.int().openapi({ description: "Items that this server works on at once at most; 0 while it is paused" }),
    usualWidth: z.int().openapi({ description: "As its settings say" }),
    widthMax: z.int().openapi({ description: "The most that can be ordered" }),
    order: z
      .strictObject({
        queue: queueName,
        paused: z.boolean(),
        width: z.int().nullable(),
        reason: z.string(),
        by: z.string().openapi({ description: "As the audit log names them" }),
        at: z.string(),
      })
      .optional()
      .openapi({ description: "What was ordered last; absent: nothing ever" }),
  })
  .openapi("Queue");

export const queueChangeSchema = z
  .strictObject({
    paused: z.boolean().optional(),
    width: z.int().min(1).nullable().optional().openapi({ description: "Null: as many as the settings say" }),
    reason: z.string().trim().min(1).max(reasonMax).openapi({ description: "For whoever looks at it later" }),
  })
  .refine(
    ({ paused, width }) => paused !== undefined || width !== undefined,
    "nothing is to change: give paused or width",
  )
  .openapi("QueueChange");
