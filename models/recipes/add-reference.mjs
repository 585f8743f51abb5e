// Adds to a finished fast pack what the drift monitor compares live pictures with (reference.json, reference.onnx), made
// of the very images that the pack learnt from. Nothing that reads a picture is changed; `fovea train` writes these files
// by itself.
//
//   npm run --silent build && node models/recipes/add-reference.mjs PROGRAMME DATASETS_DIR [MODELS_DIR]
//
// DATASETS_DIR   folder of the data sets that the pack's manifest names
// MODELS_DIR     where the packs are (default: models/ of this repository)
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { readEncoder } from "../../dist/programmes/index.js";
import { jsonText } from "../../dist/training/pack-folder.js";
import { learnReference, projectionFile, referenceFile } from "../../dist/training/picture-reference.js";
import { prepareData } from "../../dist/training/prepare-data.js";

const [id, datasets, models = resolve(import.meta.dirname, "..")] = process.argv.slice(2);
if (id === undefined || datasets === undefined) {
  process.stderr.write("usage: node models/recipes/add-reference.mjs PROGRAMME DATASETS_DIR [MODELS_DIR]\n");
  process.exit(2);
}
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const readJson = async (path) => JSON.parse(await readFile(path, "utf8"));

const programme = await readJson(join(models, id, "programme.json"));
const folder = join(models, programme.readers.fast);
const before = await readFile(join(folder, "manifest.json"));
const manifest = JSON.parse(before);

/** The images that the pack learnt from, as its cascade lists them. */
const table = await readFile(join(models, programme.cascade, "out-of-fold.csv"), "utf8");
const learnt = new Set(
  table
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",")[0]),
);

const encoder = await readEncoder([models], manifest.encoder);
const network = { ...encoder.network, input: { ...encoder.network.input, prepare: manifest.prepare ?? "none" } };
const width = manifest.trees.features;
const { data } = manifest.trained;
const cache = await mkdtemp(join(tmpdir(), "fovea-reference-"));
const job = {
  question: {
    task: manifest.task ?? "binary",
    labels: manifest.labels,
    positive: [manifest.positive].flat(),
  },
  aliases: programme.aliases ?? {},
  data: (data.sets ?? [data.set]).map((set) => join(datasets, set)),
  cache,
  viewsPerImage: 1,
  seed: manifest.trained.seed,
  augmentation: { rotation: 0, areaMin: 1, aspect: 0, mirror: false },
  threads: 1,
  // As when they were made: test images that look like a training image are in neither.
  network: "elsewhere",
};
const emit = ({ kind, text }) => kind === "note" && process.stdout.write(`${text}\n`);
const embedWorker = new URL("../../dist/workers/views/embed.worker.js", import.meta.url);
const { learning } = await prepareData(
  job,
  { network, file: encoder.file },
  embedWorker,
  emit,
  new AbortController().signal,
);
await rm(cache, { recursive: true });

const images = learning.filter((image) => learnt.has(image.sha256));
if (images.length !== learnt.size)
  throw new Error(`${images.length} of the ${learnt.size} images of ${manifest.id} are there`);
const reference = learnReference(images, width, programme.quality);
if (reference === undefined) throw new Error(`${manifest.id}: too few groups for a reference`);

const written = { [referenceFile]: Buffer.from(jsonText(reference.record)), [projectionFile]: reference.model };
for (const [name, bytes] of Object.entries(written)) {
  await writeFile(join(folder, name), bytes);
  manifest.files[name] = { sha256: sha256(bytes), bytes: bytes.length };
}
const { calibration, reference: _, files, ...head } = manifest;
const {
  format,
  id: pack,
  kind,
  version,
  title,
  licence,
  encoder: encoderId,
  encoderSha256,
  prepare,
  trees,
  domain,
  ...rest
} = head;
const after = jsonText({
  ...{ format, id: pack, kind, version, title, licence },
  files: Object.fromEntries(Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1))),
  ...{ encoder: encoderId, encoderSha256, prepare, trees, domain },
  reference: { file: referenceFile, projection: projectionFile },
  calibration,
  ...rest,
});
await writeFile(join(folder, "manifest.json"), after);

// What was measured with the pack stays true of it: encoder, trees, calibration and domain are the same bytes.
const record = join(models, id, "evaluation.json");
const evaluation = await readFile(record, "utf8");
await writeFile(record, evaluation.replaceAll(sha256(before), sha256(after)));
const { fitted, heldLengths, poor } = reference.record;
process.stdout.write(
  `${manifest.id}: ${fitted} + ${heldLengths.length} images, ${poor.length} poor, ${reference.model.length} bytes\n`,
);
process.stdout.write(`digest ${sha256(before)} -> ${sha256(after)}\n`);
