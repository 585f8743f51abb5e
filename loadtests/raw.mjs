// One thread that decodes and runs the encoder as fast as it can: the limit that `throughput.mjs` compares with.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import ort from "onnxruntime-node";
import sharp from "sharp";

sharp.concurrency(1);
sharp.cache(false);
const { seconds, fit = "fill", batch = 1, second } = workerData;
const committed = resolve(import.meta.dirname, "../models/encoders/efficientnet-lite0-int8/encoder.onnx");
const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
const open = (path) => ort.InferenceSession.create(readFileSync(path), options);
const first = await open(workerData.model ?? committed);
const next = second?.share > 0 ? await open(second.model) : undefined;
const images = workerData.images.map((image) => Buffer.from(image));
const size = 224 * 224 * 3;

const decode = (image) =>
  sharp(image).resize(224, 224, { fit, kernel: "cubic", fastShrinkOnLoad: false }).removeAlpha().raw().toBuffer();

const run = (session, pixels) =>
  session.run({ pixels: new ort.Tensor("uint8", pixels, [pixels.length / size, 224, 224, 3]) });

let owed = 0;
let kept = [];
async function some(from) {
  const decoded = await Promise.all(
    Array.from({ length: batch }, (_, i) => decode(images[(from + i) % images.length])),
  );
  await run(first, Buffer.concat(decoded));
  owed += next === undefined ? 0 : batch * second.share;
  // Those that go on are gathered, as a server can do it too.
  for (; owed >= 1; owed--) kept.push(decoded[0]);
  if (kept.length < batch) return;
  await run(next, Buffer.concat(kept));
  kept = [];
}

for (let i = 0; i < 100; i += batch) await some(i);
const started = performance.now();
let done = 0;
for (; performance.now() - started < seconds * 1000; done += batch) await some(done);
parentPort.postMessage((1000 * done) / (performance.now() - started));
