import { BatchNews, type BatchWatch } from "../../batches/index.ts";
import type { BatchRecord } from "../../contracts/index.ts";
import { AnswerStreams } from "../answer-streams.ts";
import { answer, type GatewayApp } from "../documented.ts";
import type { Serving } from "../serving.ts";
import { eventsRoute } from "./batches-document.ts";
import { lookMs } from "./batches-look.ts";
import { idOf, known } from "./batches-lookup.ts";
import { isFinished, renderBatch } from "./batches-render.ts";

/** A line that says nothing, so that nobody on the way takes the connection for dead. */
const heartbeatLooks = 15;
/** When a client that lost us comes back, ms. */
const comeBackMs = 1000;

/** Events have the batch's version as their id: any server can go on where another one stopped. */
export function routeBatchEvents(app: GatewayApp, serving: Serving): void {
  const streams = new AnswerStreams();
  const news = serving.batches.news ?? new BatchNews();
  answer(app, eventsRoute, async (c) => {
    const batch = known(await serving.batches.store.getBatch(idOf(c)));
    const seen = /^\d{1,9}$/.exec(c.req.header("last-event-id") ?? "")?.[0];
    const last = seen === undefined ? -1 : Number(seen);
    if (isFinished(batch) && batch.version <= last) return c.body(null, 204);
    c.header("Content-Type", "text/event-stream");
    c.header("X-Accel-Buffering", "no");
    // What nobody reads would never end.
    if (c.req.method === "HEAD") return c.body(null);
    return c.body(
      streams.open(follow(serving, news.watch(batch.id), { first: batch, seen: last, signal: c.get("signal") })),
    );
  });
}

async function* follow(
  { batches, draining }: Pick<Serving, "batches" | "draining">,
  watch: BatchWatch,
  { first, seen, signal }: { readonly first: BatchRecord; readonly seen: number; readonly signal: AbortSignal },
): AsyncGenerator<string> {
  try {
    yield `retry: ${comeBackMs}\n\n`;
    let batch: BatchRecord | undefined = first;
    let last = seen;
    for (let quiet = 0; batch !== undefined; quiet++) {
      if (batch.version > last || isFinished(batch)) {
        yield eventOf(batch);
        last = batch.version;
        quiet = 0;
      } else if (quiet % heartbeatLooks === heartbeatLooks - 1) yield ": still here\n\n";
      // A server that ends sends its clients to another one, which knows as much.
      if (isFinished(batch) || draining() || !(await watch.changed(lookMs, signal))) return;
      batch = await batches.store.getBatch(first.id);
    }
  } finally {
    watch.end();
  }
}

const eventOf = (batch: BatchRecord): string =>
  `id: ${batch.version}\nevent: ${isFinished(batch) ? "end" : "progress"}\ndata: ${JSON.stringify(renderBatch(batch))}\n\n`;
