import { setMaxListeners } from "node:events";
import { isProblem, type Lane, type Origin, Problem, type TraceContext } from "../../contracts/index.ts";
import { type BatchItem, readBatchUpload } from "../../intake/index.ts";
import { resolveProgramme } from "../../screening/index.ts";
import { readWishes } from "../case-request.ts";
import { problemOf } from "../problem-reply.ts";
import { type GatewayContext, originOf, type Serving } from "../serving.ts";
import { receive } from "../upload.ts";
import { type BatchResult, renderBatch, resultOf } from "./cataract-batch-answer.ts";
import { type BatchPlan, createPlan } from "./cataract-batch-plan.ts";
import { programme } from "./cataract-models.ts";
import { batchFields } from "./cataract-problem.ts";
import { keepResults, notKept } from "./cataract-results.ts";
import { screenPatiently } from "./screen-patiently.ts";

/** Enough for a worker to find the next image waiting; more would only hold more images in memory. */
const itemsPerWorker = 2;
const concurrencyMin = 4;
/** A batch never stands before people who wait. */
const lane: Lane = "bulk";

/** Engine or queue refused: true of the moment, not of the image. */
const isOurs = ({ problem }: BatchResult): boolean =>
  problem !== undefined && (problem.spec.status >= 500 || problem.spec.status === 429);

/**
 * Reads images while they stream in, a few at a time, and keeps only results. A bad image fails alone.
 *
 * @throws {Problem} image-missing, too-many-images, body-too-large, body-malformed, field-invalid, and what every
 *   single item failed with when that was not the images' fault
 */
export async function predictBatch(serving: Serving, c: GatewayContext): Promise<Response> {
  resolveProgramme(serving.programmes, programme);
  const { ready, reason } = serving.ready();
  if (!ready) throw new Problem("engine-not-ready", reason === undefined ? {} : { detail: reason });
  const { strategy: wished, deadlineMs = serving.config.DEADLINE_MS } = readWishes(c);
  const plan = createPlan(c, wished);
  const results = await readAll(serving, c, plan, deadlineMs);
  const first = results[0]?.problem;
  if (first !== undefined && results.every(isOurs)) throw first;
  const begun = plan.begin(new Map());
  const body = renderBatch(results, { ...begun, clock: serving.clock, startedAt: c.get("startedAt") });
  const kept = plan.save ? await keepResults(serving, c, body) : notKept;
  c.header("X-Programme", programme);
  c.header("X-Model", [...new Set(results.flatMap(({ models }) => models ?? []))].join(", "));
  c.header("Content-Type", "application/json");
  return c.body(JSON.stringify({ ...body, ...kept }));
}

async function readAll(
  serving: Serving,
  c: GatewayContext,
  plan: BatchPlan,
  deadlineMs: number,
): Promise<BatchResult[]> {
  const reception = receive(c);
  const ending = new AbortController();
  const signal = AbortSignal.any([reception.signal, ending.signal]);
  // Every image in work listens to this one signal.
  setMaxListeners(0, signal);
  const concurrency = Math.max(concurrencyMin, serving.config.WORKERS * itemsPerWorker);
  const origin = originOf(c);
  const trace = c.get("trace");
  const results: BatchResult[] = [];
  const running = new Set<Promise<void>>();
  try {
    const { items, fields } = readBatchUpload(reception.upload, serving.limits, {
      imageFields: batchFields,
      budget: serving.budget,
      signal,
    });
    for await (const item of items) {
      const begun = releasing(item, () => plan.begin(fields));
      const work = readOne(serving, item, begun, { deadlineMs, signal, origin, trace })
        .then((result) => {
          results[item.index] = result;
        })
        .finally(() => {
          item.release();
          running.delete(work);
        });
      running.add(work);
      // Awaited below; until then a failure must not count as unhandled.
      work.catch(() => undefined);
      if (running.size >= concurrency) await Promise.race(running);
    }
    plan.end(fields);
    await Promise.all(running);
    return results;
  } catch (error) {
    throw problemOf(error, reception.signal);
  } finally {
    ending.abort();
    await Promise.allSettled(running);
    reception.done();
  }
}

function releasing<T>(item: BatchItem, act: () => T): T {
  try {
    return act();
  } catch (error) {
    item.release();
    throw error;
  }
}

interface ItemOptions {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly origin: Origin;
  readonly trace: TraceContext;
}

/** Never fails for a reason of the item's own: that is its result. */
async function readOne(
  serving: Serving,
  item: BatchItem,
  { model, strategy, consent }: ReturnType<BatchPlan["begin"]>,
  { deadlineMs, signal, origin, trace }: ItemOptions,
): Promise<BatchResult> {
  const { index, filename } = item;
  const named = { index, ...(filename !== undefined && { filename }) };
  try {
    if ("problem" in item) throw item.problem;
    const subject = consent === undefined ? {} : { trainingConsent: consent };
    const request = { programme, image: item.image, subject, strategy, lane, origin, trace };
    const record = await screenPatiently(serving, request, { deadlineMs, signal });
    return { ...named, ...resultOf(record, model) };
  } catch (error) {
    if (signal.aborted) throw error;
    const problem = isProblem(error) ? error : new Problem("internal", { cause: error });
    if (problem.code === "internal")
      serving.log.error({ trace_id: trace.traceId, err: error }, "unexpected error in a batch");
    serving.metrics.rejected.inc({ code: problem.code });
    return { ...named, problem };
  }
}
