// One thread that decodes and runs the encoder as fast as it can: the limit that `throughput.mjs` compares with.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import ort from "onnxruntime-node";
import sharp from "sharp";

sharp.concurrency(1);
sharp.cache(false);
const model = readFileSync(resolve(import.meta.dirname, "../models/encoders/efficientnet-lite0-int8/encoder.onnx"));
const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const images = workerData.images.map((image) => Buffer.from(image));

async function one(i) {
  const pixels = await sharp(images[i % images.length])
    .resize(224, 224, { fit: "fill", kernel: "cubic" })
    .removeAlpha()
    .raw()
    .toBuffer();
  await session.run({ pixels: new ort.Tensor("uint8", pixels, [1, 224, 224, 3]) }, ["embedding"]);
}

for (let i = 0; i < 100; i++) await one(i);
const started = performance.now();
let done = 0;
while (performance.now() - started < workerData.seconds * 1000) await one(done++);
parentPort.postMessage((1000 * done) / (performance.now() - started));
