// A batch of very many items: is anything of its size held in memory, on its way in, while it runs, and on its way out?
//
//   npm run --silent build && node loadtests/large-batch.mjs [--items 1000000] [--seconds 20]
//
// Every item names the same stored image, so that rows are what there is much of. With DATABASE_URL the rows are in
// PostgreSQL, in a schema that must be empty or ours; else in PGlite, in a folder that goes with the run.

import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Progress } from "../dist/cli/progress.js";
import { photographs, startServer } from "./load.mjs";

const { values } = parseArgs({
  options: {
    items: { type: "string", default: "1000000" },
    seconds: { type: "string", default: "20" },
    images: { type: "string" },
  },
});
const items = Number(values.items);
/** What a batch may add to the memory of server and engine, whatever its size. */
const growthMax = 256 * 1024 * 1024;
const linesAtOnce = 1000;
const sampleMs = 200;
const lookMs = 500;
const progress = new Progress();

async function run({ url, resident }) {
  const sha256 = await storedImage(url);
  await delay(2000);
  const memory = watch(resident);
  const figures = { items, records: process.env.DATABASE_URL ? "PostgreSQL" : "PGlite" };

  let started = performance.now();
  const taken = await fetch(`${url}/v1/batches?programme=cataract&priority=low`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson", "idempotency-key": `large-${Date.now()}` },
    body: ReadableStream.from(lines(sha256)),
    duplex: "half",
  });
  const batch = await taken.json();
  if (taken.status !== 202) throw new Error(`the batch was refused: ${JSON.stringify(batch)}`);
  figures.intake = { ...seconds(started), ...memory.phase() };

  started = performance.now();
  const self = `${url}${batch.links.self}`;
  const doneBy = async () => (await (await fetch(self)).json()).counts;
  while (performance.now() - started < Number(values.seconds) * 1000) {
    progress.update("reading", items - (await left(doneBy)), items);
    await delay(lookMs);
  }
  const counts = await doneBy();
  figures.running = { ...seconds(started), settled: items - counts.queued - counts.leased, ...memory.phase() };

  started = performance.now();
  await fetch(`${self}/cancel`, { method: "POST" });
  for (;;) {
    const { status } = await (await fetch(self)).json();
    if (status === "cancelled" || status === "done") break;
    await delay(lookMs);
  }
  figures.cancel = { ...seconds(started), ...memory.phase() };

  started = performance.now();
  figures.results = { lines: await countLines(`${self}/results`), ...seconds(started), ...memory.phase() };
  memory.end();

  const grown = Math.max(...["intake", "running", "cancel", "results"].map((phase) => figures[phase].grewMiB));
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.stdout.write(
    `${items} items: in within ${figures.intake.seconds} s, out within ${figures.results.seconds} s, at most ${grown} MiB more memory than before (n = ${memory.samples()} samples)\n`,
  );
  if (figures.results.lines !== items || grown > growthMax / 2 ** 20) process.exitCode = 1;
}

async function left(counts) {
  const { queued, leased } = await counts();
  return queued + leased;
}

/** Lines of the body, made as they are sent. */
async function* lines(sha256) {
  for (let at = 0; at < items; at += linesAtOnce) {
    let text = "";
    for (let i = at; i < Math.min(items, at + linesAtOnce); i++)
      text += `${JSON.stringify({ custom_id: `item-${i}`, object: sha256 })}\n`;
    yield new TextEncoder().encode(text);
    progress.update("sending", at, items);
  }
}

async function storedImage(url) {
  const [image] = await photographs(values.images);
  const form = new FormData();
  form.set("image", new Blob([image]));
  const posted = await fetch(`${url}/v1/programmes/cataract/cases`, { method: "POST", body: form });
  const record = await posted.json();
  if (posted.status !== 201) throw new Error(`the image was refused: ${JSON.stringify(record)}`);
  return record.image.sha256;
}

async function countLines(url) {
  const answer = await fetch(url);
  let many = 0;
  for await (const chunk of answer.body) for (const byte of chunk) if (byte === 10) many++;
  return many;
}

/** Resident memory, sampled; each phase says how much more there was at most than before the first. */
function watch(resident) {
  const before = resident();
  let peak = before;
  let many = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, resident());
    many++;
  }, sampleMs);
  return {
    phase: () => {
      const grewMiB = Math.round((peak - before) / 2 ** 20);
      peak = resident();
      return { grewMiB };
    },
    samples: () => many,
    end: () => clearInterval(timer),
  };
}

const seconds = (since) => ({ seconds: Math.round((performance.now() - since) / 100) / 10 });

const server = await startServer({ DRIFT: "off", PRELOAD: "cataract" });
try {
  await run(server);
} finally {
  await server.stop();
}
