// Images per second over HTTP, as a share of what the silicon allows in the same run.
//
//   node loadtests/throughput.mjs [--images DIR] [--seconds 10] [--connections 32] [--path /predict_lgbm] [--rounds 3]
//
// "Raw" is WORKERS plain threads that do nothing but decode (sharp) and run the encoder (onnxruntime-node): no HTTP,
// no queue, no trees, no record. Raw and server are measured in turn, so that a noisy machine hits both; quote the ratio.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import autocannon from "autocannon";
import sharp from "sharp";

const root = resolve(import.meta.dirname, "..");
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

/** Distinct images: more than the engine keeps decoded, or it would be measured without its decoder. */
const imagesMin = 640;

/** JPEG photographs, 600 to 640 pixels on the longest side, as a screening camera's preview would send them. */
async function photographs() {
  const folder = values.images ?? resolve(root, "../shared/datasets/cataract_eye/images");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(jpe?g|png)$/i.test(name))
    .sort();
  const made = [];
  for (let i = 0; i < imagesMin; i++) {
    const side = 640 - 8 * Math.floor(i / files.length);
    const photograph = sharp(join(folder, files[i % files.length])).resize(side, side, { fit: "inside" });
    made.push(await photograph.jpeg({ quality: 90 }).toBuffer());
  }
  return made;
}

async function rawImagesPerSecond(images) {
  const threads = Array.from(
    { length: workers },
    () => new Worker(join(import.meta.dirname, "raw.mjs"), { workerData: { images, seconds } }),
  );
  const rates = await Promise.all(threads.map(async (thread) => (await once(thread, "message"))[0]));
  return rates.reduce((sum, rate) => sum + rate, 0);
}

async function startServer() {
  const dataDir = mkdtempSync(join(tmpdir(), "fovea-load-"));
  const child = spawn(process.execPath, [join(root, "dist/cli/fovea.js"), "serve"], {
    env: { ...process.env, PORT: "0", DATA_DIR: dataDir, LOG_LEVEL: process.env.LOG_LEVEL ?? "info" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let port;
  const warm = new Promise((resolve) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      const entry = JSON.parse(line);
      if (entry.msg === "listening") port = entry.port;
      if (entry.msg === "models are warm") resolve();
    });
  });
  await warm;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function multipart(image) {
  const boundary = "fovea-load";
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="image"; filename="eye.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`;
  return {
    body: Buffer.concat([Buffer.from(head), image, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  };
}

async function load(url, images, duration) {
  const requests = images.map((image) => ({ method: "POST", path: values.path, ...multipart(image) }));
  const connections = Number(values.connections);
  let opened = 0;
  // Each connection starts elsewhere in the row, so that no two send the same image at about the same time.
  const setupClient = (client) => {
    const start = Math.floor((requests.length * (opened++ % connections)) / connections);
    client.setRequests([...requests.slice(start), ...requests.slice(0, start)]);
  };
  const result = await autocannon({ url, connections, duration, requests, setupClient, timeout: 30 });
  return {
    rate: result["2xx"] / result.duration,
    latency: result.latency,
    failed: result.non2xx + result.errors + result.timeouts,
  };
}

const images = await photographs();
const bytes = images.map((image) => image.length);
console.log(
  `${images.length} JPEG images, ${Math.min(...bytes)} to ${Math.max(...bytes)} bytes; ${workers} workers; ${values.connections} connections; POST ${values.path}`,
);
const server = await startServer();
const ratios = [];
try {
  await load(server.url, images, 3);
  for (let round = 1; round <= Number(values.rounds); round++) {
    const raw = await rawImagesPerSecond(images);
    const { rate, latency, failed } = await load(server.url, images, seconds);
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
