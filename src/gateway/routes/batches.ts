import { z } from "@hono/zod-openapi";
import type { BatchRecord } from "../../contracts/index.ts";
import { idempotencyKeySchema, readField, readSubject, subjectSchema } from "../case-request.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { type GatewayContext, originOf, type Serving } from "../serving.ts";
import { receive } from "../upload.ts";
import { cancelRoute, createRoute, getRoute, listRoute, retryRoute } from "./batches-document.ts";
import { routeBatchEvents } from "./batches-events.ts";
import { idOf, known } from "./batches-lookup.ts";
import { renderBatch } from "./batches-render.ts";
import { routeBatchResults } from "./batches-results.ts";
import { readCursor } from "./case-records.ts";

const pageDefault = 50;
const limitSchema = z.coerce.number().int().min(1).max(200);
const subjectFields = Object.keys(subjectSchema.shape);

/** Batches that outlive their request, their client and this process. */
export function routeBatches(app: GatewayApp, serving: Serving): void {
  answer(app, createRoute, async (c) => {
    const batch = await createBatch(serving, c);
    const body = renderBatch(batch);
    c.header("Location", body.links.self);
    return c.json(body, 202);
  });
  answer(app, listRoute, async (c) => {
    const limit = readField("limit", limitSchema, c.req.query("limit")) ?? pageDefault;
    const after = readCursor(c.req.query("cursor"));
    const { batches, next } = await serving.batches.store.listBatches(limit, after);
    return c.json({
      batches: batches.map(renderBatch),
      ...(next !== undefined && { next: Buffer.from(next).toString("base64url") }),
    });
  });
  answer(app, getRoute, async (c) => c.json(renderBatch(known(await serving.batches.store.getBatch(idOf(c))))));
  answer(app, cancelRoute, async (c) =>
    c.json(renderBatch(known(await serving.batches.store.cancelBatch(idOf(c), originOf(c))))),
  );
  answer(app, retryRoute, async (c) => {
    const batch = known(await serving.batches.store.retryFailed(idOf(c), originOf(c)));
    serving.batches.wake();
    return c.json(renderBatch(batch));
  });
  routeBatchEvents(app, serving);
  routeBatchResults(app, serving);
}

async function createBatch(serving: Serving, c: GatewayContext): Promise<BatchRecord> {
  const { programme, strategy, priority, webhook } = c.req.query();
  const idempotencyKey = readField("Idempotency-Key", idempotencyKeySchema, c.req.header("idempotency-key"));
  const callers = c.get("callers") ?? [];
  for (const caller of callers) await caller.spend("items", 0);
  const reception = receive(c);
  try {
    const batch = await serving.batchIntake.create(reception.upload, {
      settings: { programme, strategy, priority, webhook },
      idempotencyKey,
      origin: originOf(c),
      signal: reception.signal,
      subjectOf: readSubject,
      subjectFields,
    });
    // How many there are is known at the end; what goes over is waited for before the next one.
    for (const caller of callers) caller.charge("items", batch.counts.total);
    return batch;
  } finally {
    reception.done();
  }
}
