import { z } from "@hono/zod-openapi";
import type { BatchResultPage } from "../../contracts/index.ts";
import { AnswerStreams } from "../answer-streams.ts";
import { readField } from "../case-request.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { originOf, type Serving } from "../serving.ts";
import { resultsRoute } from "./batches-document.ts";
import { pause } from "./batches-look.ts";
import { idOf, known } from "./batches-lookup.ts";
import { csvHead, csvLine, resultLine } from "./batches-render.ts";

/** Items of one page; a page is what is in memory. */
const pageItems = 100;

const formatSchema = z.enum(["ndjson", "csv"]);
const afterSchema = z.coerce.number().int().min(-1).max(2_000_000_000);
const followSchema = z.stringbool();

export function routeBatchResults(app: GatewayApp, serving: Serving): void {
  const streams = new AnswerStreams();
  answer(app, resultsRoute, async (c) => {
    const format = readField("format", formatSchema, c.req.query("format")) ?? "ndjson";
    const after = readField("after", afterSchema, c.req.query("after")) ?? -1;
    const isFollowed = readField("follow", followSchema, c.req.query("follow")) ?? false;
    const { id } = known(await serving.batches.store.getBatch(idOf(c)));
    await serving.cases.recordAccess({ ...originOf(c), action: "results.read", object: `batch/${id}` });
    // Once the answer has begun, a failure can only cut it off: what can be refused is asked for before.
    const first = await serving.batches.store.batchResults(id, after, pageItems);
    c.header("Content-Type", format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson");
    c.header("Content-Disposition", `attachment; filename="batch-${id}.${format}"`);
    // What nobody reads would never end.
    if (c.req.method === "HEAD") return c.body(null);
    return c.body(streams.open(read(serving, { id, after, first, format, isFollowed, signal: c.get("signal") })));
  });
}

interface Reading {
  readonly id: string;
  readonly after: number;
  readonly first: BatchResultPage;
  readonly format: "ndjson" | "csv";
  readonly isFollowed: boolean;
  readonly signal: AbortSignal;
}

async function* read(
  { batches, draining }: Pick<Serving, "batches" | "draining">,
  { id, after, first, format, isFollowed, signal }: Reading,
): AsyncGenerator<string> {
  const line = format === "csv" ? csvLine : resultLine;
  if (format === "csv" && after < 0) yield csvHead;
  for (let from = after, page = first; ; page = await batches.store.batchResults(id, from, pageItems)) {
    const { results, waits } = page;
    if (results.length > 0) yield results.map(line).join("");
    from = results.at(-1)?.seq ?? from;
    if (waits) {
      if (!isFollowed || draining() || !(await pause(signal))) return;
    } else if (results.length < pageItems) return;
  }
}
