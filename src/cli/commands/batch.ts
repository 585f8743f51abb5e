import { randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { defineCommand } from "citty";
import { batchPriorities, disclaimer, strategies } from "../../contracts/index.ts";
import { type BatchAnswer, BatchClient } from "../batch-client.ts";
import { BatchInputError, openBatchInput } from "../batch-input.ts";
import { exitCodes } from "../exit-codes.ts";
import { Progress } from "../progress.ts";
import { ServerRefused } from "../server-link.ts";

/** What is remembered beside the results, so that the same command goes on where this one was. */
interface Remembered {
  readonly input: string;
  readonly url: string;
  readonly query: string;
  readonly key: string;
  readonly batch?: string;
}

export const batch = defineCommand({
  meta: {
    name: "batch",
    description: "Have a server read a folder of images, or a manifest; the same command again goes on with it.",
  },
  args: {
    input: { type: "positional", description: "Folder of images, or NDJSON manifest", required: true },
    programme: { type: "string", description: "Screening programme", required: true },
    url: { type: "string", description: "The server; its key comes from API_KEY", default: "http://127.0.0.1:8000" },
    out: { type: "string", description: "Where the results go, NDJSON", default: "results.ndjson" },
    strategy: { type: "string", description: `One of ${strategies.join(", ")}; default: cascade` },
    priority: { type: "string", description: `One of ${batchPriorities.join(", ")}; default: normal` },
    json: { type: "boolean", description: "The outcome as one JSON document on stdout" },
  },
  run: async ({ args }) => {
    const query = new URLSearchParams({ programme: args.programme });
    if (args.strategy !== undefined) query.set("strategy", args.strategy);
    if (args.priority !== undefined) query.set("priority", args.priority);
    const stop = new AbortController();
    process.once("SIGINT", () => stop.abort());
    try {
      const wanted = { input: resolve(args.input), url: args.url.replace(/\/+$/, ""), query: query.toString() };
      const ended = await runBatch(wanted, args.out, stop.signal);
      const { failed, dead, cancelled } = ended.counts;
      if (args.json) process.stdout.write(`${JSON.stringify({ out: args.out, ...ended, disclaimer })}\n`);
      else {
        const { total, done } = ended.counts;
        process.stdout.write(`${done} of ${total} items decided, ${failed + dead} failed, ${cancelled} cancelled\n`);
        process.stdout.write(`${args.out}\n${disclaimer}\n`);
      }
      process.exitCode = failed + dead + cancelled === 0 ? exitCodes.ok : exitCodes.partlyFailed;
    } catch (error) {
      process.exitCode = explain(error, stop.signal.aborted);
    }
  },
});

function explain(thrown: unknown, isStopped: boolean): number {
  // `fetch` says only that it failed; why lies underneath.
  const error = thrown instanceof TypeError && thrown.cause instanceof Error ? thrown.cause : thrown;
  if (isStopped) {
    process.stderr.write("stopped looking; what was accepted goes on, and the same command looks again\n");
    return exitCodes.interrupted;
  }
  process.stderr.write(`fovea batch: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof BatchInputError || error instanceof ServerRefused) return exitCodes.data;
  process.stderr.write("the same command goes on where this one was\n");
  return exitCodes.unavailable;
}

async function runBatch(
  wanted: Omit<Remembered, "key" | "batch">,
  out: string,
  signal: AbortSignal,
): Promise<BatchAnswer> {
  const progress = new Progress();
  const note = `${out}.batch.json`;
  const client = new BatchClient({ url: wanted.url, apiKey: process.env["API_KEY"] || undefined, signal });
  const held = await recall(note, wanted);
  const remembered = held ?? { ...wanted, key: randomUUID() };
  if (held === undefined) await remember(note, remembered);
  const id = remembered.batch ?? (await send(client, remembered, progress));
  await remember(note, { ...remembered, batch: id });
  const ended = await client.watch(id, ({ counts }) =>
    progress.update("reading", counts.total - counts.queued - counts.leased, counts.total),
  );
  await client.save(ended, out);
  await rm(note, { force: true });
  return ended;
}

async function send(client: BatchClient, { input, query, key }: Remembered, progress: Progress): Promise<string> {
  const { count, lines } = await openBatchInput(input);
  async function* counted(): AsyncGenerator<string> {
    let sent = 0;
    for await (const line of lines()) {
      yield line;
      progress.update("sending", ++sent, count);
    }
  }
  const { id } = await client.post(new URLSearchParams(query), key, counted());
  return id;
}

/** Undefined when nothing is remembered, or something else: that was another command. */
async function recall(note: string, wanted: Omit<Remembered, "key" | "batch">): Promise<Remembered | undefined> {
  const text = await readFile(note, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const held = JSON.parse(text) as Remembered;
  const isSame = held.input === wanted.input && held.url === wanted.url && held.query === wanted.query;
  return isSame ? held : undefined;
}

async function remember(note: string, what: Remembered): Promise<void> {
  await writeFile(`${note}.part`, `${JSON.stringify(what)}\n`, { mode: 0o600 });
  await rename(`${note}.part`, note);
}
