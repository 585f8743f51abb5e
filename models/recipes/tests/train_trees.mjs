// Trains trees with the built code: node train_trees.mjs TREES_DIST JOB.json, which names the files and settings.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [dist, jobFile] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(resolve(dist, name)).href);
const { trainTrees } = await load("train.js");
const { lightGbmText } = await load("light-gbm-text.js");
const job = JSON.parse(readFileSync(jobFile, "utf8"));
const floats = (file) => {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};
const started = performance.now();
const model = await trainTrees(
  { features: floats(job.features), width: job.width, truth: job.truth, weight: job.weight },
  job.settings,
);
writeFileSync(job.model, lightGbmText(model));
process.stdout.write(JSON.stringify({ seconds: (performance.now() - started) / 1e3 }));
