// Packs whose networks do next to nothing, so that what is left is the platform's own cost: HTTP, intake, queue, engine,
// record. A programme `null` whose fast reader decides every case.

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { GraphPiece } from "../dist/training/onnx/graph-piece.js";

const side = 16;
const channels = 3;
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const text = (value) => Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
const input = {
  name: "pixels",
  type: "float32",
  layout: "nchw",
  width: side,
  height: side,
  fit: "cover",
  kernel: "cubic",
  mean: [0, 0, 0],
  std: [1, 1, 1],
};
const labels = { labels: ["normal", "cataract"], positive: "cataract" };
const trained = { recipe: "loadtests/null-packs.mjs", createdAt: "2026-11-22" };
const fittedOn = { what: "nothing: made for measuring time", images: 0, positives: 0 };
const calibration = { method: "platt", slope: 1, intercept: 0, fittedOn };

/** The mean of each channel; for a fine reader the mean of those. */
function means(kind) {
  const piece = new GraphPiece();
  piece.input("pixels", [channels, side, side]);
  const mean = piece.add("ReduceMean", ["pixels"], kind === "fine" ? "means" : "embedding", {
    axes: [2, 3],
    keepdims: 0,
  });
  if (kind === "fine") piece.add("ReduceMean", [mean], "logit", { axes: [1], keepdims: 1 });
  piece.output(kind === "fine" ? "logit" : "embedding", [kind === "fine" ? 1 : channels]);
  return Buffer.from(piece.asModel());
}

/** One tree of two leaves, in LightGBM's words. */
function tree() {
  const block = `Tree=0
num_leaves=2
num_cat=0
split_feature=0
split_gain=1
threshold=0.5
decision_type=2
left_child=-1
right_child=-2
leaf_value=-2 2
leaf_weight=1 1
leaf_count=1 1
internal_value=0
internal_weight=2
internal_count=2
is_linear=0
shrinkage=1


`;
  return Buffer.from(`tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=${channels - 1}
objective=binary sigmoid:1
feature_names=Column_0 Column_1 Column_2
feature_infos=[0:1] [0:1] [0:1]
tree_sizes=${block.length}

${block}end of trees
`);
}

function write(to, id, kind, files, parts) {
  const folder = join(to, id);
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  const listed = Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, { sha256: sha256(bytes), bytes: bytes.length }]),
  );
  const manifest = { format: 1, id, kind, version: "1", title: id, licence: "none", files: listed, trained, ...parts };
  writeFileSync(join(folder, "manifest.json"), text(manifest));
}

/** @param {string} to a folder for MODELS_DIR; PRELOAD=null then loads them */
export function writeNullPacks(to) {
  const network = { file: "network.onnx", input, precision: "fp32", batchMax: 8 };
  const encoder = means("encoder");
  write(
    to,
    "encoders/null",
    "encoder",
    { "network.onnx": encoder },
    { network: { ...network, outputs: { embedding: [channels] } } },
  );
  const fast = {
    encoder: "encoders/null",
    encoderSha256: sha256(encoder),
    trees: { file: "trees.txt", features: channels },
  };
  const calibrated = { calibration: { file: "calibration.json" } };
  const fastFiles = { "trees.txt": tree(), "calibration.json": text(calibration) };
  write(to, "null/fast-1", "fast", fastFiles, { ...labels, ...fast, ...calibrated });
  const fineFiles = { "network.onnx": means("fine"), "calibration.json": text(calibration) };
  write(to, "null/fine-1", "fine", fineFiles, {
    ...labels,
    network: { ...network, outputs: { logit: [1] } },
    ...calibrated,
  });
  const counts = { positives: 0, misses: 0, negatives: 0, falsePositives: 0, neededPositives: 59 };
  const rates = { provableMissRate: 1, provableFalsePositiveRate: 1 };
  const certificate = { certified: false, method: "none", ...counts, ...rates, reason: "made for measuring time" };
  const target = { missRate: 0.05, falsePositiveRate: 0.05, confidence: 0.95 };
  const band = { format: 1, lo: 0.5, hi: 0.5, a: 0.5, b: 0.5, fuse: { w0: 0, w1: 0, w2: 1 }, target, certificate };
  write(to, "null/cascade-1", "cascade", { "band.json": text(band) }, labels);
  const anything = { luminanceMin: 0, luminanceMax: 255, contrastMin: 0, sharpnessMin: 0 };
  const programme = {
    format: 1,
    id: "null",
    title: "Nothing",
    description: "Reads nothing: measures what everything around a network costs.",
    ...labels,
    views: ["any"],
    readers: { fast: "null/fast-1", fine: "null/fine-1" },
    cascade: "null/cascade-1",
    quality: { ungradable: anything, usable: anything },
  };
  mkdirSync(dirname(join(to, "null/programme.json")), { recursive: true });
  writeFileSync(join(to, "null/programme.json"), text(programme));
}
