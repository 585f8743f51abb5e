// Images per second over HTTP, as a share of what the silicon allows in the same run.
//
//   node loadtests/throughput.mjs [--images DIR] [--seconds 10] [--connections 32] [--path /predict_lgbm] [--rounds 3]
//
// "Raw" is WORKERS plain threads that do nothing but decode (sharp) and run the encoder (onnxruntime-node): no HTTP,
// no queue, no trees, no record. Raw and server are measured in turn, so that a noisy machine hits both; quote the ratio.

import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { load, photographs, startServer } from "./load.mjs";

const { values } = parseArgs({
  options: {
    images: { type: "string" },
    seconds: { type: "string", default: "10" },
    connections: { type: "string", default: "32" },
    path: { type: "string", default: "/predict_lgbm" },
    rounds: { type: "string", default: "3" },
  },
});
const seconds = Number(values.seconds);
const workers = Number(process.env.WORKERS ?? availableParallelism());

async function rawImagesPerSecond(images) {
  const threads = Array.from(
    { length: workers },
    () => new Worker(join(import.meta.dirname, "raw.mjs"), { workerData: { images, seconds } }),
  );
  const rates = await Promise.all(threads.map(async (thread) => (await once(thread, "message"))[0]));
  return rates.reduce((sum, rate) => sum + rate, 0);
}

const images = await photographs(values.images);
const bytes = images.map((image) => image.length);
console.log(
  `${images.length} JPEG images, ${Math.min(...bytes)} to ${Math.max(...bytes)} bytes; ${workers} workers; ${values.connections} connections; POST ${values.path}`,
);
const loop = { path: values.path, connections: Number(values.connections) };
const server = await startServer();
const ratios = [];
try {
  await load(server.url, images, { ...loop, duration: 3 });
  for (let round = 1; round <= Number(values.rounds); round++) {
    const raw = await rawImagesPerSecond(images);
    const { rate, latency, failed } = await load(server.url, images, { ...loop, duration: seconds });
    ratios.push(rate / raw);
    console.log(
      `round ${round}: raw ${raw.toFixed(0)}/s, over HTTP ${rate.toFixed(0)}/s = ${((100 * rate) / raw).toFixed(0)} % of raw; p50 ${latency.p50} ms, p99 ${latency.p99} ms, ${failed} failed`,
    );
  }
} finally {
  await server.stop();
}
ratios.sort((a, b) => a - b);
console.log(
  `median of ${ratios.length}: ${(100 * ratios[Math.floor(ratios.length / 2)]).toFixed(0)} % of raw (${(100 * ratios[0]).toFixed(0)} to ${(100 * ratios.at(-1)).toFixed(0)})`,
);
